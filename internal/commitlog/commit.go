package commitlog

import (
	"math"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Commit writes everything that was staged, by whomever, with one gathered
// write, and makes it readable. An error is final for this log: nothing that
// was staged may be acknowledged.
func (l *Log) Commit() error {
	l.mu.Lock()
	err := l.commitLocked()
	syncNow := err == nil && l.inUse != nil && l.flush.records >= l.Config().FlushMessages
	l.mu.Unlock()
	if syncNow {
		return l.Sync()
	}
	return err
}

// Append is Stage and Commit.
func (l *Log) Append(epoch int32, b []byte, check AppendCheck) (AppendInfo, error) {
	info, err := l.Stage(epoch, b, check)
	if err != nil {
		return info, err
	}
	return info, l.Commit()
}

func (l *Log) commitLocked() error {
	switch {
	case l.failed != nil:
		return l.failed
	case l.inUse == nil || len(l.staged.bufs) == 0:
		return nil
	}
	list := l.segmentList()
	s := list[len(list)-1]
	h, err := l.openLog(s)
	if err != nil {
		return l.failLocked("open segment in", err)
	}
	size := s.size.Load()
	_, err = vfs.WriteAtv(h.f, l.staged.bufs, size)
	h.release()
	if err != nil {
		return l.failLocked("append to", err)
	}
	// Before the end moves, so that a read_committed reader who sees the
	// marker also finds the aborted transaction.
	for i := range l.staged.aborted {
		if err := l.appendTxnLocked(s, &l.staged.aborted[i]); err != nil {
			return err
		}
	}
	if l.flush.bytes == 0 && l.env.Dirty != nil {
		l.env.Dirty(l)
	}
	l.flush.bytes += l.staged.bytes
	l.flush.sinceSnapshot += l.staged.bytes
	size += l.staged.bytes
	l.staged.reset()
	l.publish(l.next, s, size)
	if ix := s.ix.Load(); ix.buffered() {
		if err := l.writeIndexes(s, ix, false); err != nil {
			return l.failLocked("write index in", err)
		}
	}
	return nil
}

// maxSegmentBytes is the largest file that positions of 32 bits can describe.
const maxSegmentBytes = math.MaxInt32

// makeRoomLocked rolls the active segment if the batch h, whose last offset
// will be lastOffset, has to go into a new one.
func (l *Log) makeRoomLocked(cfg *Config, h *batch.Header, lastOffset int64) error {
	s, err := l.activeLocked()
	if err != nil {
		return err
	}
	ix := s.ix.Load()
	size := s.size.Load() + l.staged.bytes
	_, fits := relative(s.base, lastOffset)
	full := size > 0 && (size+int64(h.Size()) > min(cfg.SegmentBytes, maxSegmentBytes) ||
		l.segmentAge(ix, cfg, h.MaxTimestamp) > l.segmentMs(s.base, cfg) || ix.fullLocked(cfg.SegmentIndexBytes))
	if fits && !full {
		return nil
	}
	base := l.next
	if _, ok := relative(base, lastOffset); !ok {
		base = lastOffset - int64(h.LastOffsetDelta) // a follower's gap, left by compaction
	}
	return l.rollLocked(base)
}

// segmentAge is how long the segment has been waiting when a batch with this
// timestamp comes: by the records' own clock where they have one.
func (l *Log) segmentAge(ix *indexes, cfg *Config, timestampMs int64) int64 {
	if cfg.LogAppendTime {
		timestampMs = l.env.Now()
	}
	if ix.firstMs >= 0 {
		return timestampMs - ix.firstMs
	}
	return l.env.Now() - ix.createdMs
}

// segmentMs is segment.ms minus a share of segment.jitter.ms that depends on
// the segment, so that logs created together do not all roll together.
func (l *Log) segmentMs(base int64, cfg *Config) int64 {
	segmentMs := cfg.maxSegmentMs()
	jitter := min(cfg.SegmentJitterMs, segmentMs)
	if jitter <= 0 {
		return segmentMs
	}
	x := uint64(base) * 0x9e3779b97f4a7c15
	for _, c := range []byte(l.Dir()) {
		x = (x ^ uint64(c)) * 0x100000001b3
	}
	return segmentMs - int64(x>>1)%jitter
}
