package commitlog

import (
	"errors"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// loadCleanLocked fills in a log that was closed orderly. Only its end is looked at: the
// batches behind the last entry of the index must lead to the recovery point and to the
// end of the file, and the last of them must be whole. A log that ends elsewhere was
// changed since, and is recovered like one that was not closed.
func (l *Log) loadCleanLocked() error {
	list := l.segmentList()
	if len(list) == 0 {
		return l.loadEmptyLocked()
	}
	last := list[len(list)-1]
	ix, end, err := l.loadIndexes(last, last.size.Load())
	if point := l.opts.recoveryPoint; errors.Is(err, ErrCorrupt) && point != Unknown || err == nil && point > end {
		return l.recoverLocked()
	}
	if err != nil {
		return err
	}
	if err := l.checkLastBatch(last, ix); err != nil {
		return err
	}
	last.ix.Store(ix)
	if start := l.opts.logStart; start > end {
		return l.startOverLocked(start)
	}
	l.settleLocked(end, end)
	return nil
}

// checkLastBatch compares the last batch of a segment with its CRC.
func (l *Log) checkLastBatch(s *segment, ix *indexes) error {
	h, err := l.openLog(s)
	if err != nil {
		return l.storage("open segment in", err)
	}
	defer h.release()
	size, at, base := s.size.Load(), int64(-1), s.base
	_, err = l.hop(s, h.f, int64(ix.offsets.last.pos), size, func(b *batch.Header, pos int64) { at, base = pos, b.BaseOffset })
	if err != nil || at < 0 {
		return err
	}
	raw := make([]byte, size-at)
	if err := vfs.ReadFull(h.f, raw, at); err != nil {
		return l.storage("read segment in", err)
	}
	if !batch.CheckCRC(raw) {
		return l.corrupt(s, at, base, "CRC mismatch in the last batch of a log that was closed orderly")
	}
	return nil
}

// settleLocked publishes what loading found.
func (l *Log) settleLocked(end, recoveryPoint int64) {
	l.settleFromLocked(max(l.opts.logStart, 0), end, recoveryPoint)
}

// settleFromLocked does it for a log that begins at start. While a log is loaded its
// options stay as they are: Checkpoints reads them.
func (l *Log) settleFromLocked(start, end, recoveryPoint int64) {
	list := l.segmentList()
	var tail *segment
	var size int64
	if len(list) > 0 {
		start = max(start, list[0].base)
		tail = list[len(list)-1]
		size = tail.size.Load()
	}
	l.start.Store(start)
	l.epochs.truncateStart(start)
	l.next = end
	l.recoveryPoint.Store(min(recoveryPoint, end))
	l.publish(end, tail, size)
}

// loadEmptyLocked is for a directory without segments: a log that never had
// any, or one that lost all.
func (l *Log) loadEmptyLocked() error {
	start := max(l.opts.logStart, 0)
	if point := l.opts.recoveryPoint; point > start {
		if !l.opts.salvage {
			return &CorruptError{File: l.Dir(), Offset: start, Reason: "all segments below the recovery point are missing"}
		}
		l.damage.LostFrom, l.damage.LostTo = start, point
		start = point // no offset may get a second content
	}
	return l.startOverLocked(start)
}

// startOverLocked makes the log empty at offset start. The segment that says
// so is created with the first append, unless offsets before it were used.
func (l *Log) startOverLocked(start int64) error {
	if err := l.dropSegmentsLocked(0); err != nil {
		return err
	}
	if err := l.dropSnapshotsLocked(func(int64) bool { return true }); err != nil {
		return err
	}
	l.epochs = epochCache{loaded: true, dirty: true, onDisk: true}
	l.producers = newProducers(l.env.maxProducers())
	l.noteTxnStateLocked()
	if l.loaded.Load() {
		l.opts.logStart = start
	}
	l.settleFromLocked(start, start, start)
	if start == 0 {
		return nil
	}
	_, err := l.createSegmentLocked(start)
	return err
}
