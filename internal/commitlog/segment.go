package commitlog

import (
	"fmt"
	"os"
	"sync/atomic"
)

// segment is one file of batches and its indexes. A truncation replaces the
// segment it cuts by a new value, so that what readers remember about
// positions in the old one cannot be mistaken for the new.
type segment struct {
	base int64        // offset in the file's name; no batch starts below it
	size atomic.Int64 // readable bytes

	log cell // descriptor of the .log file
	ix  atomic.Pointer[indexes]
}

func newSegment(base, size int64) *segment {
	s := &segment{base: base}
	s.size.Store(size)
	return s
}

// openLog returns the segment's .log file with a reference.
func (l *Log) openLog(s *segment) (*handle, error) {
	return s.log.acquire(l, s.base, logSuffix, 0)
}

// closeSegment gives up all descriptors of s.
func (l *Log) closeSegment(s *segment) {
	s.log.close(l)
	if ix := s.ix.Load(); ix != nil {
		ix.offsets.file.close(l)
		ix.times.file.close(l)
	}
}

// createSegmentLocked makes the empty segment that starts at base the active
// one. Leftover files of the same base are emptied.
func (l *Log) createSegmentLocked(base int64) (*segment, error) {
	s := newSegment(base, 0)
	h, err := s.log.acquire(l, base, logSuffix, os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, l.failLocked("create segment in", err)
	}
	h.release()
	for _, suffix := range segmentSuffixes[1:] {
		if err := l.removeIfExists(l.path(base, suffix)); err != nil {
			return nil, l.failLocked("remove old index in", err)
		}
	}
	s.ix.Store(newIndexes(l.env.Now()))
	l.flush.dirDirty = true
	old := l.segmentList()
	list := append(append(make([]*segment, 0, len(old)+1), old...), s)
	l.segments.Store(&list)
	l.publish(l.next, s, 0)
	return s, nil
}

// activeLocked returns the segment that is appended to, with its indexes. It
// creates the first one when there is none.
func (l *Log) activeLocked() (*segment, error) {
	list := l.segmentList()
	if len(list) == 0 {
		return l.createSegmentLocked(l.next)
	}
	s := list[len(list)-1]
	if s.ix.Load() != nil {
		return s, nil
	}
	l.indexMu.Lock()
	defer l.indexMu.Unlock()
	ix, next, err := l.loadIndexes(s, s.size.Load())
	if err != nil {
		return nil, err
	}
	// The end of the log was taken from the checkpoint when it was opened.
	if next != l.next {
		return nil, l.corrupt(s, s.size.Load(), next, fmt.Sprintf("the last batch ends there, the log was closed at %d", l.next))
	}
	s.ix.Store(ix)
	return s, nil
}

// segmentFor returns the index in list of the segment whose range contains
// offset: the last one that starts at or below it, or -1.
func segmentFor(list []*segment, offset int64) int {
	lo, hi := 0, len(list)
	for lo < hi {
		mid := (lo + hi) / 2
		if list[mid].base <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}
