package replica

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/shard"
)

// ShardLog returns the partition as the log of a coordinator's shard. A
// partition has one shard at most: the last one that registered is told when
// records are committed. nowMs is the clock for the records' timestamps.
func (p *Partition) ShardLog(nowMs func() int64) shard.Log {
	return &shardLog{p: p, nowMs: nowMs}
}

// shardLog implements shard.Log over a partition of an internal topic.
type shardLog struct {
	p     *Partition
	nowMs func() int64

	// Guarded by p.mu: what was last known to be committed, and under which
	// leader epoch.
	epoch     int32
	committed int64
}

// shardReadBytes is how much of the log is read at once on load.
const shardReadBytes = 1 << 20

// Append implements shard.Log.
func (s *shardLog) Append(epoch int32, recs []shard.Record) (endOffset int64, err error) {
	l := s.p.lead.Load()
	switch {
	case l == nil:
		return 0, shard.ErrNotLeader
	case l.epoch != epoch:
		return 0, shard.ErrStaleEpoch
	case len(l.isr) < l.minISR:
		return 0, ErrNotEnoughReplicas
	}
	b := batch.NewBuilder(batch.NoProducer())
	now := s.nowMs()
	for i := range recs {
		b.Append(now, recs[i].Key, recs[i].Value)
	}
	info, err := s.p.log.Append(epoch, b.Build(nil), commitlog.AppendCheck{Origin: commitlog.Coordinator})
	if err != nil {
		return 0, shardError(s.p.report(err))
	}
	s.p.advance()
	s.p.syncSoon()
	return info.LastOffset + 1, nil
}

// shardError says what the shard has to know about a failed append.
func shardError(err error) error {
	switch {
	case errors.Is(err, commitlog.ErrStaleEpoch):
		return fmt.Errorf("%w: %w", shard.ErrStaleEpoch, err)
	case errors.Is(err, commitlog.ErrStorage), errors.Is(err, commitlog.ErrClosed):
		return fmt.Errorf("%w: %w", shard.ErrStorage, err)
	}
	return err
}

// Committed implements shard.Log.
func (s *shardLog) Committed(epoch int32) int64 {
	s.p.HighWatermark()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if l := s.p.lead.Load(); l != nil && l.epoch == epoch {
		s.epoch, s.committed = epoch, s.p.watermark.Load()
	}
	if s.epoch != epoch {
		return 0
	}
	return s.committed
}

// OnCommit implements shard.Log.
func (s *shardLog) OnCommit(fn func()) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.onCommit = fn
}

// Read implements shard.Log.
func (s *shardLog) Read(from int64, fn func(offset int64, r shard.Record) error) (next int64, err error) {
	log := s.p.log
	if log == nil {
		return from, ErrStorage
	}
	if err := log.Load(); err != nil {
		return from, err
	}
	next = max(from, log.StartOffset())
	for end := log.EndOffset(); next < end; {
		slice, err := log.Read(next, shardReadBytes, end, true)
		if err != nil {
			return next, err
		}
		if slice.Len() == 0 {
			return end, nil // compaction left nothing behind
		}
		b, err := slice.Bytes()
		after := slice.NextOffset
		slice.Release()
		if err != nil {
			return next, err
		}
		if err := eachRecord(b, next, fn); err != nil {
			return next, err
		}
		next = after
	}
	return next, nil
}

// eachRecord calls fn for the records of whole batches from offset from on,
// control records left out.
func eachRecord(b []byte, from int64, fn func(offset int64, r shard.Record) error) error {
	if planted.On(planted.OffsetsInWrongOrder) {
		if _, first, rest, err := batch.Next(b); err == nil && len(rest) > 0 {
			if err := eachRecord(rest, from, fn); err != nil {
				return err
			}
			b = first
		}
	}
	return batch.ForEach(b, func(h batch.Header, raw []byte) error {
		if h.IsControl() {
			return nil
		}
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		for r.Next() {
			rec := r.Record()
			if rec.Offset < from {
				continue
			}
			if err := fn(rec.Offset, shard.Record{Key: rec.Key, Value: rec.Value}); err != nil {
				return err
			}
		}
		return r.Err()
	})
}
