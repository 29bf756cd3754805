package commitlog

import "slices"

// loadCleanLocked fills in a log that was closed orderly. Nothing is scanned:
// the end is the recovery point if a producer snapshot of that very offset
// confirms it, which every orderly close leaves; otherwise the last few
// batches tell it.
func (l *Log) loadCleanLocked() error {
	list := l.segmentList()
	if len(list) == 0 {
		return l.loadEmptyLocked()
	}
	last := list[len(list)-1]
	end := l.opts.recoveryPoint
	if end < last.base || !slices.Contains(l.snapshots, end) {
		ix, next, err := l.loadIndexes(last, last.size.Load())
		if err != nil {
			return err
		}
		last.ix.Store(ix)
		if next < end {
			return l.corrupt(last, last.size.Load(), next, "the log ends below its recovery point")
		}
		end = next
	}
	if start := l.opts.logStart; start > end {
		return l.startOverLocked(start)
	}
	l.settleLocked(end, end)
	return nil
}

// settleLocked publishes what loading found.
func (l *Log) settleLocked(end, recoveryPoint int64) {
	list := l.segmentList()
	start := max(l.opts.logStart, 0)
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
	l.opts.logStart = start
	l.settleLocked(start, start)
	if start == 0 {
		return nil
	}
	_, err := l.createSegmentLocked(start)
	return err
}
