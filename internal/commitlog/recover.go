package commitlog

import (
	"errors"
	"io"
	"io/fs"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Recovery says what loading had to repair.
type Recovery struct {
	ScannedBytes int64  // read and checked, from the recovery point on
	CutBytes     int64  // torn tail above the recovery point
	CutReason    string // why the first byte of it is no batch
	// Torn: what was cut is the beginning of one batch, as a write leaves it that
	// never ended.
	Torn bool
	// LostFrom and LostTo bound the flushed offsets that are gone; only a
	// salvaged log has them (LostTo > LostFrom).
	LostFrom, LostTo int64
}

// Recovered says what loading had to repair.
func (l *Log) Recovered() Recovery {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inUse == nil {
		return Recovery{}
	}
	return l.damage
}

// recoverLocked brings a log in order that was not closed. Below the recovery
// point nothing is read but what leads to it; from there on every batch is
// checked, and what does not continue the log is cut. A log to be salvaged is
// checked from its start.
func (l *Log) recoverLocked() error {
	list := l.segmentList()
	if len(list) == 0 {
		return l.loadEmptyLocked()
	}
	point := list[0].base
	if !l.opts.salvage {
		point = max(l.opts.recoveryPoint, point)
	}
	if err := l.checkFlushed(list, point); err != nil {
		return err
	}
	sc := &scan{l: l, epoch: batch.NoLeaderEpoch}
	i := segmentFor(list, point)
	from, err := l.recoveryStart(sc, list, i, point)
	if err != nil {
		return err
	}
	if err := l.readEpochsLocked(sc.next); err != nil {
		return err
	}
	if err := sc.run(list, i, from); err != nil {
		return err
	}
	// Snapshots above the recovery point are good if their CRC is: truncations
	// remove them durably before anything else takes their place.
	if err := l.dropSnapshotsLocked(func(off int64) bool { return off > sc.next }); err != nil {
		return err
	}
	if l.flush.dirDirty {
		if err := l.env.FS.SyncDir(l.Dir()); err != nil {
			return l.storage("sync", err)
		}
	}
	// A process that was killed has left files whose names may not be on the disk.
	last := list[len(list)-1].base
	l.flush.dirDirty = max(sc.next, last+1) > l.opts.recoveryPoint
	l.flush.parentDirty = l.flush.dirDirty
	l.damage.ScannedBytes = sc.scanned
	if lost := l.opts.recoveryPoint; l.opts.salvage && sc.next < lost {
		l.damage.LostFrom, l.damage.LostTo = sc.next, lost
	}
	if sc.next < l.opts.logStart {
		return l.startOverLocked(l.opts.logStart)
	}
	l.settleLocked(sc.next, max(l.opts.recoveryPoint, 0))
	return l.recoverTxnIndexes(sc, i)
}

// checkFlushed finds flushed segments that lost all of their content.
func (l *Log) checkFlushed(list []*segment, point int64) error {
	for i := 0; i+1 < len(list) && list[i+1].base <= point; i++ {
		if list[i].size.Load() == 0 {
			return l.corrupt(list[i], 0, list[i].base, "the segment is empty")
		}
	}
	return nil
}

// recoveryStart finds where in segment i the recovery point lies. What is
// missing or damaged before it was flushed once, so it is corruption.
func (l *Log) recoveryStart(sc *scan, list []*segment, i int, point int64) (int64, error) {
	s := list[i]
	sc.next = s.base
	if point == s.base {
		return 0, l.keepIndexes(s, 0)
	}
	h, err := l.openLog(s)
	if err != nil {
		return 0, l.storage("open segment in", err)
	}
	defer h.release()
	from, err := l.indexedStart(s, h.f, point)
	if err != nil {
		return 0, err
	}
	end, err := sc.hopUntil(s, h.f, from, point)
	if err != nil {
		return 0, err
	}
	if sc.next < point && (i == len(list)-1 || !looksCompacted(s, h.f)) {
		return 0, l.corrupt(s, s.size.Load(), sc.next, "the log ends below its recovery point")
	}
	return end, l.keepIndexes(s, end)
}

// indexedStart returns a position at or before the batch that contains the
// offset before point, if the index file has a credible one, or 0.
func (l *Log) indexedStart(s *segment, r io.ReaderAt, point int64) (int64, error) {
	ix := newIndexes(0)
	if err := l.readOffsetIndex(s, ix, s.size.Load()); err != nil {
		return 0, err
	}
	e, ok, err := ix.offsets.find(l, s.base, func(e offsetEntry) bool { return s.base+int64(e.rel) < point })
	ix.offsets.file.close(l)
	if err != nil || !ok {
		return 0, l.storage("read index in", err)
	}
	if !entryMatches(r, s.base, e, s.size.Load()) {
		return 0, nil
	}
	return int64(e.pos), nil
}

// hopUntil moves over the batches below point and returns the position of the
// first one that is not.
func (sc *scan) hopUntil(s *segment, r io.ReaderAt, from, point int64) (int64, error) {
	p := newHopper(r, from, s.size.Load())
	defer p.free()
	last, base := int64(-1), int64(0)
	for sc.next < point && p.pos < p.end {
		at := p.pos
		h, err := p.next()
		if err == nil {
			err = checkOrder(s.base, sc.next, &h)
		}
		if errors.Is(err, errBadHeader) {
			return at, sc.l.corrupt(s, at, sc.next, "no valid batch follows, below the recovery point")
		}
		if err != nil {
			return at, sc.l.storage("read segment in", err)
		}
		last, base = at, h.BaseOffset
		sc.next = h.NextOffset()
		sc.epoch = h.PartitionLeaderEpoch
	}
	if last < 0 {
		return p.pos, nil
	}
	// Of a wrong length before it the next header tells; of its own nothing does.
	raw := make([]byte, p.pos-last)
	if err := vfs.ReadFull(r, raw, last); err != nil {
		return last, sc.l.storage("read segment in", err)
	}
	if !batch.CheckCRC(raw) {
		return last, sc.l.corrupt(s, last, base, "CRC mismatch in the last batch below the recovery point")
	}
	return p.pos, nil
}

// looksCompacted says whether records are missing from s, which only
// compaction does. Then its end may be missing too.
func looksCompacted(s *segment, r io.ReaderAt) bool {
	p := newHopper(r, 0, s.size.Load())
	defer p.free()
	for next := s.base; ; {
		h, err := p.next()
		if err != nil {
			return false
		}
		if h.BaseOffset != next || h.Count != h.LastOffsetDelta+1 {
			return true
		}
		next = h.NextOffset()
	}
}

// keepIndexes loads the indexes of the first size bytes of s and drops what
// the files say about the rest, which the scan adds again.
func (l *Log) keepIndexes(s *segment, size int64) error {
	if size == 0 {
		ix := newIndexes(l.env.Now())
		s.ix.Store(ix)
		return l.resetIndexes(s, ix)
	}
	ix, _, err := l.loadIndexes(s, size)
	if err != nil {
		return err
	}
	s.ix.Store(ix)
	return nil
}

// recoverTxnIndexes makes the transaction indexes from segment i on say what
// the batches say.
func (l *Log) recoverTxnIndexes(sc *scan, i int) error {
	list := l.segmentList()
	for ; i < len(list); i++ {
		_, err := l.env.FS.Stat(l.path(list[i].base, txnSuffix))
		if errors.Is(err, fs.ErrNotExist) && !sc.marked {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return l.storage("read transaction index in", err)
		}
		if _, err := l.rebuildTxnIndex(list[i]); err != nil {
			return err
		}
	}
	return nil
}
