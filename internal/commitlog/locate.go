package commitlog

import (
	"errors"
	"io"
	"io/fs"
	"sync"

	"github.com/brolga-io/brolga/internal/batch"
)

// hint is a position that a read ended at.
type hint struct {
	seg    *segment
	offset int64
	pos    int64
}

// hintCount is how many sequential readers of one log are remembered.
const hintCount = 8

// hints remembers where the last reads ended, because the next ones will
// begin there. It is allocated with the first read.
type hints struct {
	mu   sync.Mutex
	ring *[hintCount]hint
	at   int
}

func (x *hints) find(s *segment, offset int64) (int64, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ring == nil {
		return 0, false
	}
	for i := range x.ring {
		if h := &x.ring[i]; h.offset == offset && h.seg == s {
			return h.pos, true
		}
	}
	return 0, false
}

// put replaces the hint the read started from, or the oldest one.
func (x *hints) put(s *segment, from, offset, pos int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ring == nil {
		x.ring = new([hintCount]hint)
	}
	i := x.at
	for k := range x.ring {
		if h := &x.ring[k]; h.seg == s && (h.offset == from || h.offset == offset) {
			i = k
			break
		}
	}
	if i == x.at {
		x.at = (x.at + 1) % hintCount
	}
	x.ring[i] = hint{seg: s, offset: offset, pos: pos}
}

func (x *hints) clear() {
	x.mu.Lock()
	x.ring = nil
	x.mu.Unlock()
}

// indexedPosition returns a batch boundary in s at or before offset.
func (l *Log) indexedPosition(s *segment, offset int64) (int64, error) {
	if offset <= s.base {
		return 0, nil
	}
	ix, err := l.indexesOf(s)
	if err != nil {
		return 0, err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	e, _, err := ix.offsets.find(l, s.base, func(e offsetEntry) bool { return s.base+int64(e.rel) <= offset })
	return int64(e.pos), l.storage("read index in", err)
}

// locate finds the first batch in s that ends at or after offset, among those
// in the first size bytes. ok is false if there is none. The entry an index
// gave is believed only if a batch is really there.
func (l *Log) locate(s *segment, r io.ReaderAt, offset, size int64) (h batch.Header, pos int64, ok bool, err error) {
	if at, found := l.seen.find(s, offset); found {
		h, pos, ok, err = hopTo(r, at, size, offset)
		if err == nil && (!ok || h.BaseOffset <= offset) {
			return h, pos, ok, nil
		}
	}
	at, err := l.indexedPosition(s, offset)
	if err != nil {
		return h, 0, false, err
	}
	h, pos, ok, err = hopTo(r, at, size, offset)
	if errors.Is(err, errBadHeader) && at > 0 {
		h, pos, ok, err = l.locateReindexed(s, r, offset, size)
	}
	if errors.Is(err, errBadHeader) {
		return h, 0, false, l.corrupt(s, pos, offset, "no valid batch follows")
	}
	return h, pos, ok, l.storage("read segment in", err)
}

// locateReindexed looks again from the start of the segment, and replaces the
// indexes, which were wrong.
func (l *Log) locateReindexed(s *segment, r io.ReaderAt, offset, size int64) (batch.Header, int64, bool, error) {
	h, pos, ok, err := hopTo(r, 0, size, offset)
	if err != nil {
		return h, pos, ok, err
	}
	return h, pos, ok, l.reindex(s)
}

// reindex makes the indexes of s again from its batches.
func (l *Log) reindex(s *segment) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.commitLocked(); err != nil {
		return err
	}
	l.indexMu.Lock()
	defer l.indexMu.Unlock()
	if s.log.retired() {
		return fs.ErrNotExist
	}
	if old := s.ix.Load(); old != nil {
		old.offsets.file.close(l)
		old.times.file.close(l)
	}
	if err := l.resetIndexes(s, newIndexes(0)); err != nil {
		return err
	}
	ix, _, err := l.loadIndexes(s, s.size.Load())
	if err != nil {
		return err
	}
	s.ix.Store(ix)
	return nil
}

// hopTo moves from a batch boundary to the first batch that ends at or after
// offset.
func hopTo(r io.ReaderAt, from, size, offset int64) (h batch.Header, pos int64, ok bool, err error) {
	p := newHopper(r, from, size)
	defer p.free()
	for {
		pos = p.pos
		h, err = p.next()
		if errors.Is(err, io.EOF) {
			return h, pos, false, nil
		}
		if err != nil || h.LastOffset() >= offset {
			return h, pos, err == nil, err
		}
	}
}
