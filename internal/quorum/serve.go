package quorum

import (
	"time"
)

// Committed is a part of the committed log as an observer fetches it.
type Committed struct {
	// Batches are whole batches from the asked offset on; empty if there is nothing
	// new.
	Batches []byte
	// HighWatermark and LogStartOffset bound what can be fetched, the first one
	// exclusively.
	HighWatermark, LogStartOffset int64
	// Snapshot, if set, is where to begin: the log does not reach back to the offset.
	Snapshot *SnapshotID
	// Diverged says that the observer has something that was never committed here;
	// Diverging is where its last epoch ends in this log.
	Diverged  bool
	Diverging SnapshotID
}

// FetchCommitted returns at most about maxBytes of the committed log from an offset
// on. lastEpoch is the epoch of the batch that ends there, and does not matter for
// offset 0.
func (q *Quorum) FetchCommitted(offset int64, lastEpoch int32, maxBytes int) (Committed, error) {
	q.mu.Lock()
	c := Committed{HighWatermark: q.high, LogStartOffset: q.table.anchor.endOffset}
	if h := q.snapshotForLocked(offset); h != nil && h.ID.EndOffset > offset {
		c.Snapshot = &h.ID
		q.mu.Unlock()
		return c, nil
	}
	if offset > 0 && offset <= q.high {
		p, ok := q.table.find(offset)
		if !ok || p.term != uint64(lastEpoch) {
			c.Diverged, c.Diverging = true, SnapshotID{EndOffset: p.endOffset, Epoch: int32(p.term)}
		}
	}
	nothing := c.Diverged || offset >= q.high || offset < c.LogStartOffset
	q.pins++
	q.mu.Unlock()
	defer q.unpin()
	if nothing {
		return c, nil
	}
	var err error
	c.Batches, err = q.disk.read(offset, maxBytes, c.HighWatermark)
	return c, err
}

// AwaitCommitted waits until something is committed at or behind an offset, for a
// time at most, or until stop is closed.
func (q *Quorum) AwaitCommitted(offset int64, most time.Duration, stop <-chan struct{}) {
	late := time.NewTimer(most)
	defer late.Stop()
	for {
		q.mu.Lock()
		if q.high > offset || q.stopped || q.failed != nil {
			q.mu.Unlock()
			return
		}
		if q.commits == nil {
			q.commits = make(chan struct{})
		}
		commits := q.commits
		q.mu.Unlock()
		select {
		case <-commits:
		case <-late.C:
			return
		case <-stop:
			return
		}
	}
}
