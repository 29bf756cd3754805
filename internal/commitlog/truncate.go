package commitlog

import (
	"errors"
	"io"
	"math"

	"github.com/brolga-io/brolga/internal/planted"
)

// noCut says that nothing was truncated since the last compaction.
const noCut = math.MaxInt64

// noteCut tells readers and compactions of a truncation to offset. The caller
// holds mu.
func (l *Log) noteCut(offset int64) {
	l.cuts.Add(1)
	l.cutTo.Store(min(l.cutTo.Load(), offset))
}

// TruncateTo removes every batch that contains or follows offset. The log
// ends behind the last batch it keeps, so below offset if that lies inside a
// batch or where compaction has taken records away: an end that no batch tells
// would not outlive a restart (UnifiedLog.truncateTo of Kafka has such an end
// until then). At or above the end no batch goes, only an epoch that began
// there.
func (l *Log) TruncateTo(offset int64) error {
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return err
	}
	return l.truncateToLocked(offset)
}

func (l *Log) truncateToLocked(offset int64) error {
	if err := l.commitLocked(); err != nil {
		return err
	}
	if offset < l.next && offset <= l.start.Load() {
		return l.truncateFullyLocked(offset)
	}
	if err := l.loadEpochsLocked(); err != nil {
		return err
	}
	if offset >= l.next {
		// The newest epoch may have begun at the end without any batch.
		l.epochs.truncateEnd(l.next)
		return nil
	}
	list := l.segmentList()
	i := segmentFor(list, offset)
	s := list[i]
	pos, end, err := l.cutPoint(s, offset)
	if err != nil {
		return err
	}
	if start := l.start.Load(); end <= start {
		return l.truncateFullyLocked(start) // the first batch began below the start
	}
	return l.cutAtLocked(list, i, pos, end)
}

// cutPoint finds the first batch of s that contains or follows offset, and the
// end of a log without it.
func (l *Log) cutPoint(s *segment, offset int64) (pos, end int64, err error) {
	h, err := l.openLog(s)
	if err != nil {
		return 0, 0, l.storage("open segment in", err)
	}
	defer h.release()
	if _, pos, _, err = l.locate(s, h.f, offset, s.size.Load()); err != nil {
		return 0, 0, err
	}
	from, err := l.indexedPosition(s, offset-1)
	if err != nil {
		return 0, 0, err
	}
	end, err = endBefore(s, h.f, from, pos)
	if errors.Is(err, errBadHeader) || from >= pos {
		end, err = endBefore(s, h.f, 0, pos) // the index is wrong
	}
	if errors.Is(err, errBadHeader) {
		return 0, 0, l.corrupt(s, pos, end, "no valid batch follows")
	}
	return pos, end, l.storage("read segment in", err)
}

// endBefore returns the end of the batches of s in front of pos, where a batch
// begins, as one does at from.
func endBefore(s *segment, r io.ReaderAt, from, pos int64) (int64, error) {
	p := newHopper(r, from, pos)
	defer p.free()
	end := s.base
	for {
		h, err := p.next()
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		end = h.NextOffset()
	}
}

// cutAtLocked cuts segment i at position pos, which is the end of the log at
// offset end, and removes the segments after it.
func (l *Log) cutAtLocked(list []*segment, i int, pos, end int64) error {
	if err := l.lowerRecoveryPointLocked(end); err != nil {
		return err
	}
	old := list[i]
	s := newSegment(old.base, pos)
	keep := append(append(make([]*segment, 0, i+1), list[:i]...), s)
	l.noteCut(end)
	l.segments.Store(&keep)
	l.next = end
	l.publish(end, s, pos)
	l.seen.clear()
	l.closeSegment(old)
	if err := l.removeSegments(list[i+1:]); err != nil {
		return l.failLocked("remove segment in", err)
	}
	if err := l.truncateFile(s, pos); err != nil {
		return l.failLocked("truncate", err)
	}
	if err := l.keepIndexes(s, pos); err != nil {
		return l.failLocked("truncate indexes in", err)
	}
	return l.afterCutLocked(s, end)
}

// afterCutLocked makes the state besides the batches fit a log that ends at
// end.
func (l *Log) afterCutLocked(s *segment, end int64) error {
	if !planted.On(planted.EpochsNotCut) {
		l.epochs.truncateEnd(end)
	}
	if err := l.dropSnapshotsLocked(func(off int64) bool { return off > end }); err != nil {
		return l.failLocked("remove snapshot in", err)
	}
	l.producers, l.undecided = nil, nil
	l.noteTxnStateLocked()
	if err := l.cutTxnIndex(s, end); err != nil {
		return l.failLocked("truncate transaction index in", err)
	}
	if err := l.env.FS.SyncDir(l.Dir()); err != nil {
		return l.failLocked("sync", err)
	}
	return nil
}

// removeSegments removes the files of segments that are cut off, newest
// first, so that what a crash leaves has no hole.
func (l *Log) removeSegments(list []*segment) error {
	for i := len(list) - 1; i >= 0; i-- {
		l.closeSegment(list[i])
		for _, suffix := range segmentSuffixes {
			if err := l.removeIfExists(l.path(list[i].base, suffix)); err != nil {
				return err
			}
		}
		l.flush.dirDirty = true
	}
	return nil
}

// TruncateFullyAndStartAt removes all batches and starts the log anew at
// offset.
func (l *Log) TruncateFullyAndStartAt(offset int64) error {
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return err
	}
	return l.truncateFullyLocked(offset)
}

// truncateFullyLocked has the segment that begins the log anew on the disk before the
// others go: a directory without any does not say where its log begins.
func (l *Log) truncateFullyLocked(offset int64) error {
	if err := l.commitLocked(); err != nil {
		return err
	}
	list := l.segmentList()
	from := offset
	if len(list) > 0 {
		from = min(from, list[0].base) // what a crash leaves of it is looked at again
	}
	if err := l.lowerRecoveryPointLocked(from); err != nil {
		return err
	}
	none := []*segment{}
	l.noteCut(offset)
	l.segments.Store(&none)
	l.next = offset
	l.start.Store(offset)
	l.recoveryPoint.Store(offset)
	l.publish(offset, nil, 0)
	l.seen.clear()
	s, err := l.replaceSegmentsLocked(list, offset)
	if err != nil {
		return err
	}
	l.epochs = epochCache{loaded: true, dirty: true, onDisk: true}
	if err := l.dropSnapshotsLocked(func(int64) bool { return true }); err != nil {
		return l.failLocked("remove snapshot in", err)
	}
	if err := l.afterCutLocked(s, offset); err != nil {
		return err
	}
	l.producers = newProducers(l.env.maxProducers())
	l.noteTxnStateLocked()
	return nil
}

// replaceSegmentsLocked puts an empty segment that begins at offset in the place of
// all others.
func (l *Log) replaceSegmentsLocked(list []*segment, offset int64) (*segment, error) {
	others := make([]*segment, 0, len(list))
	for _, s := range list {
		if s.base != offset {
			others = append(others, s)
			continue
		}
		if err := l.truncateFile(s, 0); err != nil {
			return nil, l.failLocked("truncate", err)
		}
		l.closeSegment(s)
	}
	s, err := l.createSegmentLocked(offset)
	if err != nil {
		return nil, err
	}
	if err := l.env.FS.SyncDir(l.Dir()); err != nil {
		return nil, l.failLocked("sync", err)
	}
	if err := l.removeSegments(others); err != nil {
		return nil, l.failLocked("remove segment in", err)
	}
	return s, nil
}
