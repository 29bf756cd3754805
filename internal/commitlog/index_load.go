package commitlog

import (
	"errors"
	"io"
	"io/fs"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// indexesOf returns the loaded indexes of s.
func (l *Log) indexesOf(s *segment) (*indexes, error) {
	if ix := s.ix.Load(); ix != nil {
		return ix, nil
	}
	l.indexMu.Lock()
	defer l.indexMu.Unlock()
	if ix := s.ix.Load(); ix != nil {
		return ix, nil
	}
	if s.log.retired() {
		return nil, l.storage("load index in", fs.ErrNotExist)
	}
	ix, _, err := l.loadIndexes(s, s.size.Load())
	if err != nil {
		return nil, err
	}
	// Only the active segment gets more entries, and that one is loaded with
	// the log. A failure to write them down is no reason to refuse the read.
	if werr := l.writeIndexes(s, ix, true); werr != nil && !errors.Is(werr, fs.ErrPermission) {
		return nil, werr
	}
	s.ix.Store(ix)
	return ix, nil
}

// loadIndexes reads the index files of s, keeps of them what is consistent
// with the first size bytes of the log, and adds what is missing by hopping
// over the batches behind the last good entries. It also returns the offset
// after the last batch.
func (l *Log) loadIndexes(s *segment, size int64) (*indexes, int64, error) {
	ix := newIndexes(l.env.Now())
	h, err := l.openLog(s)
	if err != nil {
		return nil, 0, l.storage("open segment in", err)
	}
	defer h.release()
	if err := l.readOffsetIndex(s, ix, size); err != nil {
		return nil, 0, err
	}
	if !entryMatches(h.f, s.base, ix.offsets.last, size) {
		if err := l.resetIndexes(s, ix); err != nil {
			return nil, 0, err
		}
	}
	next, err := l.hopToEnd(s, h.f, int64(ix.offsets.last.pos), size)
	if err != nil {
		return nil, 0, err
	}
	from, err := l.readTimeIndex(s, h.f, ix, next, size)
	if err != nil {
		return nil, 0, err
	}
	ix.max = ix.times.last
	if ix.firstMs, err = firstTimestamp(h.f, size); err != nil {
		return nil, 0, l.storage("read segment in", err)
	}
	if err := l.indexFrom(s, h.f, ix, from, size); err != nil {
		return nil, 0, err
	}
	return ix, next, nil
}

// entryMatches checks an index entry against the batch it points to. Entries
// made by Kafka may name the last offset of several batches appended at once.
func entryMatches(r io.ReaderAt, base int64, e offsetEntry, size int64) bool {
	if e.pos == 0 {
		return true
	}
	p := newHopper(r, int64(e.pos), size)
	defer p.free()
	h, err := p.next()
	return err == nil && h.BaseOffset >= base && h.LastOffset() <= base+int64(e.rel)
}

func firstTimestamp(r io.ReaderAt, size int64) (int64, error) {
	p := newHopper(r, 0, size)
	defer p.free()
	h, err := p.next()
	switch {
	case err == nil:
		return h.MaxTimestamp, nil
	case errors.Is(err, io.EOF), errors.Is(err, errBadHeader):
		return Unknown, nil
	}
	return Unknown, err
}

// hopToEnd returns the offset after the last batch in [from, size), or base
// when there is none.
func (l *Log) hopToEnd(s *segment, r io.ReaderAt, from, size int64) (int64, error) {
	return l.hop(s, r, from, size, func(*batch.Header, int64) {})
}

// indexFrom notes the batches in [from, size).
func (l *Log) indexFrom(s *segment, r io.ReaderAt, ix *indexes, from, size int64) error {
	interval := l.Config().IndexIntervalBytes
	_, err := l.hop(s, r, from, size, func(h *batch.Header, pos int64) { ix.note(s.base, h, pos, interval) })
	return err
}

// hop calls visit for each batch in [from, size) and returns the offset after
// the last one. Anything but a whole batch in order is ErrCorrupt.
func (l *Log) hop(s *segment, r io.ReaderAt, from, size int64, visit func(h *batch.Header, pos int64)) (int64, error) {
	next := s.base
	p := newHopper(r, from, size)
	defer p.free()
	for {
		at := p.pos
		h, err := p.next()
		if errors.Is(err, io.EOF) {
			return next, nil
		}
		if err == nil {
			err = checkOrder(s.base, next, &h)
		}
		if errors.Is(err, errBadHeader) {
			return next, l.corrupt(s, at, next, "no valid batch follows")
		}
		if err != nil {
			return next, l.storage("read segment in", err)
		}
		visit(&h, at)
		next = h.NextOffset()
	}
}

// checkOrder says whether the batch h may stand where next is the first
// offset that is free.
func checkOrder(base, next int64, h *batch.Header) error {
	if _, ok := relative(base, h.LastOffset()); !ok || h.BaseOffset < next {
		return errBadHeader
	}
	return nil
}

func (l *Log) corrupt(s *segment, pos, offset int64, reason string) error {
	return &CorruptError{File: l.path(s.base, logSuffix), Position: pos, Offset: offset, Reason: reason}
}

// resetIndexes throws both indexes away.
func (l *Log) resetIndexes(s *segment, ix *indexes) error {
	for _, suffix := range [...]string{indexSuffix, timeSuffix} {
		if err := l.removeIfExists(l.path(s.base, suffix)); err != nil {
			return l.storage("remove index in", err)
		}
	}
	ix.offsets.file.close(l)
	ix.times.file.close(l)
	ix.offsets.onDisk, ix.offsets.last = 0, offsetEntry{}
	ix.times.onDisk, ix.times.last = 0, timeEntry{timestamp: -1}
	return nil
}

// readOffsetIndex loads the entries that can be right for a segment of size
// bytes and cuts the file behind them.
func (l *Log) readOffsetIndex(s *segment, ix *indexes, size int64) error {
	b, err := l.readIndexFile(&ix.offsets.file, s.base, indexSuffix)
	if err != nil {
		return err
	}
	ix.offsets.onDisk, ix.offsets.last = validOffsetEntries(b, size)
	return l.cutIndex(&ix.offsets.file, s.base, indexSuffix, int64(len(b)), int64(ix.offsets.onDisk)*offsetEntrySize)
}

// readTimeIndex loads the time index of a segment that ends at offset next
// and returns the position from which batches have to be looked at, so that
// no larger timestamp behind the last entry is missed.
func (l *Log) readTimeIndex(s *segment, r io.ReaderAt, ix *indexes, next, size int64) (int64, error) {
	b, err := l.readIndexFile(&ix.times.file, s.base, timeSuffix)
	if err != nil {
		return 0, err
	}
	x := &ix.times
	x.onDisk, x.last = validTimeEntries(b, next-1-s.base)
	from, ok, err := l.checkTimeIndex(s, r, ix, size)
	if err != nil {
		return 0, err
	}
	if !ok {
		x.onDisk, x.last, from = 0, timeEntry{timestamp: -1}, 0
	}
	return from, l.cutIndex(&x.file, s.base, timeSuffix, int64(len(b)), int64(x.onDisk)*timeEntrySize)
}

// checkTimeIndex compares the last entry with the batch it is about and
// returns the position of an indexed batch at or before it.
func (l *Log) checkTimeIndex(s *segment, r io.ReaderAt, ix *indexes, size int64) (int64, bool, error) {
	last := ix.times.last
	if ix.times.onDisk == 0 || last == (timeEntry{}) { // preallocated zeros look like the latter
		return 0, false, nil
	}
	e, _, err := ix.offsets.find(l, s.base, func(e offsetEntry) bool { return e.rel <= last.rel })
	if err != nil {
		return 0, false, l.storage("read index in", err)
	}
	p := newHopper(r, int64(e.pos), size)
	defer p.free()
	for {
		h, err := p.next()
		if err != nil {
			return 0, false, nil // not found; damage shows in the walk that follows
		}
		if h.LastOffset() >= s.base+int64(last.rel) {
			return int64(e.pos), h.MaxTimestamp == last.timestamp, nil
		}
	}
}

// maxIndexFile is the largest index file that is read; Kafka's default size
// is 10 MiB and a 2 GiB segment has no more than this many entries.
const maxIndexFile = 64 << 20

func (l *Log) readIndexFile(c *cell, base int64, suffix string) ([]byte, error) {
	h, err := c.acquire(l, base, suffix, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, l.storage("open index in", err)
	}
	defer h.release()
	size, err := h.f.Size()
	if err != nil {
		return nil, l.storage("read index in", err)
	}
	b := make([]byte, min(size, maxIndexFile))
	if err := vfs.ReadFull(h.f, b, 0); err != nil {
		return nil, l.storage("read index in", err)
	}
	return b, nil
}

// cutIndex removes what is behind the good entries, so that new ones land in
// the right place.
func (l *Log) cutIndex(c *cell, base int64, suffix string, have, want int64) error {
	if have == want {
		return nil
	}
	h, err := c.acquire(l, base, suffix, 0)
	if err != nil {
		return l.storage("open index in", err)
	}
	defer h.release()
	return l.storage("truncate index in", h.f.Truncate(want))
}
