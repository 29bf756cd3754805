package quorum

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
)

// Batch is one committed batch of the metadata log.
type Batch struct {
	BaseOffset, EndOffset int64 // EndOffset is exclusive
	Epoch                 int32
	TimestampMs           int64
	SizeInBytes           int
	// Records are the values of the data records; none in a control batch. They
	// are valid during the call only.
	Records [][]byte
}

// Observer follows the committed log. The calls come from one goroutine, in the
// order of the log; an error ends the feed.
type Observer interface {
	// Snapshot replaces everything so far by the state at a snapshot. read calls
	// each with the value of every record, which is valid during the call only,
	// and must be called once.
	Snapshot(id SnapshotID, read func(each func(value []byte) error) error) error
	// Batch is the next batch: it begins where the last one, or the snapshot, ended.
	Batch(b Batch) error
	// Failed is told why the feed has ended, unless it was stopped.
	Failed(err error)
}

// observation is one observer's place in the log.
type observation struct {
	observer Observer
	next     int64
	wake     chan struct{} // capacity 1
	stop     chan struct{}
	done     chan struct{}
}

// Observe feeds an observer from an offset on, which is 0 for one that knows
// nothing. Where the log does not reach that far back, or for offset 0, it begins
// with the newest snapshot; the same happens later if this node itself has to
// start over from a snapshot. The feed is woken by commits. It ends by stop, which
// waits for a call that is under way, or by Close.
func (q *Quorum) Observe(from int64, o Observer) (stop func()) {
	ob := &observation{observer: o, next: from, wake: make(chan struct{}, 1),
		stop: make(chan struct{}), done: make(chan struct{})}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stopped {
		close(ob.done)
		return func() {}
	}
	q.observers = append(q.observers, ob)
	q.running.Add(1)
	go q.runObserver(ob)
	return func() {
		q.endObservation(ob)
		<-ob.done
	}
}

// endObservation lets the feed's goroutine end; it may be called twice.
func (q *Quorum) endObservation(ob *observation) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.observers {
		if other == ob {
			q.observers = append(q.observers[:i], q.observers[i+1:]...)
			close(ob.stop)
			return
		}
	}
}

// wakeObserversLocked tells the observers that there is something new.
func (q *Quorum) wakeObserversLocked() {
	if q.commits != nil {
		close(q.commits)
		q.commits = nil
	}
	for _, ob := range q.observers {
		select {
		case ob.wake <- struct{}{}:
		default:
		}
	}
}

func (q *Quorum) runObserver(ob *observation) {
	defer q.running.Done()
	defer close(ob.done)
	for {
		fed, err := q.feed(ob)
		if err != nil {
			q.endObservation(ob)
			ob.observer.Failed(err)
			return
		}
		if fed {
			select {
			case <-ob.stop:
				return
			default:
				continue
			}
		}
		select {
		case <-ob.stop:
			return
		case <-ob.wake:
		}
	}
}

// feed gives the observer the next part of the log, or a snapshot if it needs one;
// fed is false if it has to wait.
func (q *Quorum) feed(ob *observation) (fed bool, err error) {
	q.mu.Lock()
	end := q.high
	snapshot := q.snapshotForLocked(ob.next)
	if snapshot != nil && snapshot.ID.EndOffset <= ob.next {
		snapshot = nil
	}
	// Between the decision to start over from a snapshot and its end on disk, the
	// log has nothing for this observer.
	wait := snapshot == nil && (ob.next >= end || ob.next < q.table.anchor.endOffset)
	q.pins++
	q.mu.Unlock()
	defer q.unpin()
	switch {
	case wait:
		return false, nil
	case snapshot != nil:
		return true, q.feedSnapshot(ob, snapshot)
	}
	raw, err := q.disk.read(ob.next, hopBytes, end)
	if err != nil {
		if q.startedOver(ob.next) {
			return true, nil
		}
		return false, err
	}
	return true, ob.feedBatches(raw)
}

// startedOver says that the log does not hold that offset any more, because this
// node starts over from a snapshot behind it.
func (q *Quorum) startedOver(offset int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return offset < q.table.anchor.endOffset
}

// unpin lets the log be deleted again.
func (q *Quorum) unpin() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pins--
}

func (q *Quorum) feedSnapshot(ob *observation, snapshot *snapshotHeader) error {
	err := ob.observer.Snapshot(snapshot.ID, func(each func(value []byte) error) error {
		_, err := walkSnapshot(q.opts.FS, q.opts.Dir, snapshot.ID, "", each)
		return err
	})
	ob.next = snapshot.ID.EndOffset
	return err
}

func (ob *observation) feedBatches(raw []byte) error {
	return batch.ForEach(raw, func(h batch.Header, b []byte) error {
		if h.BaseOffset != ob.next {
			return fmt.Errorf("the batch at offset %d does not begin at %d", h.BaseOffset, ob.next)
		}
		out := Batch{BaseOffset: h.BaseOffset, EndOffset: h.NextOffset(), Epoch: h.PartitionLeaderEpoch,
			TimestampMs: h.MaxTimestamp, SizeInBytes: len(b)}
		if !h.IsControl() {
			out.Records = make([][]byte, 0, h.Count)
			err := eachValue(b, func(value []byte) error {
				out.Records = append(out.Records, value)
				return nil
			})
			if err != nil {
				return err
			}
		}
		ob.next = out.EndOffset
		return ob.observer.Batch(out)
	})
}
