package quorum

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/shard"
	"go.etcd.io/raft/v3"
)

var (
	_ shard.Log       = (*Quorum)(nil)
	_ shard.Confirmer = (*Quorum)(nil)
)

// Append implements shard.Log: it proposes the records as one raft entry. The
// record's time is the clock's at the call.
func (q *Quorum) Append(epoch int32, recs []shard.Record) (endOffset int64, err error) {
	data, err := q.buildBatch(recs)
	if err != nil {
		return 0, err
	}
	var before uint64
	err = q.drive(func() error {
		before = q.table.lastIndex()
		err := q.proposeLocked(epoch, data)
		if err == nil {
			q.noteProposalLocked(before + 1)
		}
		return err
	})
	if err != nil {
		return 0, appendError(err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.proposedEndLocked(epoch, before+1)
}

// proposedEndLocked is where the entry that was just proposed ends. Leadership may
// be gone already, with the entry replaced: then its fate was decided, and nobody
// who acts on this offset is told that it was committed.
func (q *Quorum) proposedEndLocked(epoch int32, index uint64) (int64, error) {
	if term, ok := q.table.term(index); !ok || term != uint64(epoch) {
		return 0, shard.ErrNotLeader
	}
	return q.table.endOffset(index), nil
}

// buildBatch makes the entry's data: one batch, whose offset and epoch every voter
// fills in itself.
func (q *Quorum) buildBatch(recs []shard.Record) ([]byte, error) {
	if len(recs) == 0 {
		panic("BUG: an append without records")
	}
	b := batch.NewBuilder(batch.NoProducer())
	nowMs := shard.WallMs(q.opts.Clock)
	for _, r := range recs {
		b.Append(nowMs, r.Key, r.Value)
	}
	data := b.Build(nil)
	if len(data) > maxEntryBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", shard.ErrTooLarge, len(data), maxEntryBytes)
	}
	return data, nil
}

func (q *Quorum) proposeLocked(epoch int32, data []byte) error {
	switch active := q.activeLocked(); {
	case active > epoch:
		return shard.ErrStaleEpoch
	case active != epoch || active == 0:
		return shard.ErrNotLeader
	}
	return q.rn.Propose(data)
}

// appendError is the error of a proposal in the words of shard.
func appendError(err error) error {
	switch {
	case errors.Is(err, raft.ErrProposalDropped):
		return shard.ErrOverloaded
	case errors.Is(err, shard.ErrNotLeader), errors.Is(err, shard.ErrStaleEpoch), errors.Is(err, ErrClosed):
		return err
	}
	return fmt.Errorf("%w: %w", shard.ErrStorage, err)
}

// Committed implements shard.Log.
func (q *Quorum) Committed(epoch int32) int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.led {
		if q.led[i].epoch == epoch {
			return q.led[i].committed
		}
	}
	return 0
}

// OnCommit implements shard.Log.
func (q *Quorum) OnCommit(fn func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// A new slice: the old one may be in use without the mutex.
	q.listeners = append(q.listeners[:len(q.listeners):len(q.listeners)], fn)
}

// HighWatermark is the exclusive offset up to which the log is committed and can be
// read here.
func (q *Quorum) HighWatermark() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.high
}

// Read implements shard.Log: the newest snapshot, if it begins behind from, and
// the committed log after it. An active controller has nothing that is not
// committed when it is told to lead.
func (q *Quorum) Read(from int64, fn func(offset int64, r shard.Record) error) (next int64, err error) {
	q.mu.Lock()
	q.pins++
	end := q.high
	snapshot := q.snapshotForLocked(from)
	q.mu.Unlock()
	defer q.unpin()
	if snapshot != nil {
		last := snapshot.ID.EndOffset - 1
		_, err := walkSnapshot(q.opts.FS, q.opts.Dir, snapshot.ID, "", func(value []byte) error {
			return fn(last, shard.Record{Value: value})
		})
		if err != nil {
			return 0, err
		}
		from = snapshot.ID.EndOffset
	}
	for from < end {
		raw, err := q.disk.read(from, hopBytes, end)
		if err != nil {
			return 0, err
		}
		if from, err = eachRecord(raw, from, fn); err != nil {
			return 0, err
		}
	}
	return end, nil
}

// snapshotForLocked is the snapshot from which somebody begins who knows nothing
// or whose offset is not in the log any more; nil if the log has all they need.
func (q *Quorum) snapshotForLocked(from int64) *snapshotHeader {
	n := len(q.snapshots)
	if n == 0 || from > 0 && from >= q.table.anchor.endOffset {
		return nil
	}
	return &q.snapshots[n-1]
}

// eachRecord calls fn for the data records of whole batches and returns the offset
// after the last one.
func eachRecord(raw []byte, from int64, fn func(offset int64, r shard.Record) error) (int64, error) {
	err := batch.ForEach(raw, func(h batch.Header, b []byte) error {
		from = h.NextOffset()
		if h.IsControl() {
			return nil
		}
		r, err := batch.NewReader(b, batch.OutputCap(len(b)))
		if err != nil {
			return err
		}
		for r.Next() {
			rec := r.Record()
			if err := fn(rec.Offset, shard.Record{Key: rec.Key, Value: rec.Value}); err != nil {
				return err
			}
		}
		return r.Err()
	})
	return from, err
}

// Confirm implements shard.Confirmer with raft's ReadIndex: a majority says that
// it knows of no newer leader. A lone voter needs nobody's word.
func (q *Quorum) Confirm(epoch int32, done func(err error)) {
	err := q.drive(func() error {
		if q.activeLocked() != epoch {
			return shard.ErrNotLeader
		}
		q.readSeq++
		q.reads[q.readSeq] = done
		q.rn.ReadIndex(binary.BigEndian.AppendUint64(nil, q.readSeq))
		return nil
	})
	if err != nil {
		done(shard.ErrNotLeader)
	}
}

// confirmedLocked ends one confirmation.
func (q *Quorum) confirmedLocked(ctx []byte) {
	if len(ctx) != 8 {
		return
	}
	q.endReadLocked(binary.BigEndian.Uint64(ctx), nil)
}

func (q *Quorum) endReadLocked(seq uint64, err error) {
	if done := q.reads[seq]; done != nil {
		delete(q.reads, seq)
		q.effects.calls = append(q.effects.calls, call{done, err})
	}
}

// dropReadsLocked ends all confirmations: this node does not lead any more.
func (q *Quorum) dropReadsLocked() {
	for seq := range q.reads {
		q.endReadLocked(seq, shard.ErrNotLeader)
	}
}
