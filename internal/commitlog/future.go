package commitlog

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Future is a copy of a log in another directory that is to take the log's place
// (the future replica of KIP-113). Appends, reads, compaction and truncation of the
// log go on while it is made: a segment that was replaced meanwhile is copied anew.
//
// Copy and TakeOver are called by one goroutine; End and Bytes by anybody.
type Future struct {
	l    *Log
	dir  string
	pace func(bytes int) error

	copies map[*segment]*segmentCopy
	buf    []byte
	end    atomic.Int64
	bytes  atomic.Int64
}

// segmentCopy is how far a segment was copied.
type segmentCopy struct {
	size  int64 // bytes
	next  int64 // position of the first batch that was not seen
	end   int64 // offset there
	whole bool  // with its indexes, and durable
}

// ErrBehind: TakeOver found too much to copy while appends wait.
var ErrBehind = errors.New("the copy is too far behind")

// ErrTarget wraps what went wrong in the directory of a Future.
var ErrTarget = errors.New("target directory")

const (
	futureChunk = 1 << 20
	// futureLate is how much TakeOver copies while appends wait.
	futureLate = 4 << 20
)

// NewFuture begins a copy of l in dir, which is there and holds nothing but
// partition.metadata. pace is told of each piece that was copied, and may wait; its
// error ends Copy.
func NewFuture(l *Log, dir string, pace func(bytes int) error) *Future {
	return &Future{l: l, dir: dir, pace: pace, copies: map[*segment]*segmentCopy{}}
}

// Dir is where the copy is.
func (f *Future) Dir() string { return f.dir }

// End is the offset up to which the log was copied.
func (f *Future) End() int64 { return f.end.Load() }

// Bytes is how much was copied of the segments that the log has.
func (f *Future) Bytes() int64 { return f.bytes.Load() }

// Copy copies until little is missing. Errors are those of the log, of pace, or
// wrap ErrTarget.
func (f *Future) Copy() error {
	if err := f.l.Load(); err != nil {
		return err
	}
	for {
		before := f.l.segments.Load()
		n, err := f.round(f.l.segmentList())
		switch {
		case err != nil && (f.l.segments.Load() == before || errors.Is(err, ErrTarget)):
			return err
		case err == nil && n < futureChunk:
			return nil
		}
	}
}

// round copies what the segments have by now and returns how much that was.
func (f *Future) round(list []*segment) (copied int64, err error) {
	if err := f.forget(list); err != nil {
		return 0, err
	}
	for i, s := range list {
		n, err := f.copySegment(s, i < len(list)-1)
		copied += n
		if err != nil {
			return copied, err
		}
		f.note(list)
	}
	f.note(list)
	return copied, nil
}

// note counts for End and Bytes.
func (f *Future) note(list []*segment) {
	var bytes int64
	end := f.l.StartOffset()
	going := true
	for i, s := range list {
		c := f.copies[s]
		if c == nil {
			break
		}
		bytes += c.size
		if going {
			end = max(end, c.end)
			if c.size >= s.size.Load() && i+1 < len(list) {
				end = max(end, list[i+1].base) // compaction leaves gaps
			}
		}
		going = going && c.size >= s.size.Load()
	}
	f.end.Store(end)
	f.bytes.Store(bytes)
}

// forget drops the copies of segments that the log does not have any more.
func (f *Future) forget(list []*segment) error {
	have := make(map[*segment]bool, len(list))
	for _, s := range list {
		have[s] = true
	}
	for s := range f.copies {
		if have[s] {
			continue
		}
		delete(f.copies, s)
		for _, suffix := range segmentSuffixes {
			if err := f.l.removeIfExists(f.path(offsetName(s.base, suffix))); err != nil {
				return f.failed(err)
			}
		}
	}
	return nil
}

func (f *Future) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrTarget, err)
}

// copySegment copies what s has and its copy has not. A sealed one is complete then.
func (f *Future) copySegment(s *segment, sealed bool) (copied int64, err error) {
	c := f.copies[s]
	if c == nil {
		c = &segmentCopy{end: s.base}
		f.copies[s] = c
	}
	if c.whole {
		return 0, nil
	}
	size := s.size.Load()
	if c.size < size || c.size == 0 {
		if copied, err = f.copyBytes(s, c, size); err != nil {
			return copied, err
		}
	}
	if !sealed {
		return copied, nil
	}
	f.l.indexMu.Lock()
	defer f.l.indexMu.Unlock()
	for _, suffix := range segmentSuffixes[1:] {
		if _, err := f.copyFile(offsetName(s.base, suffix)); err != nil {
			return copied, err
		}
	}
	c.whole = true
	return copied, nil
}

// copyBytes copies the batches of s up to size and makes them durable.
func (f *Future) copyBytes(s *segment, c *segmentCopy, size int64) (copied int64, err error) {
	src, err := f.l.openLog(s)
	if err != nil {
		return 0, f.l.storage("open segment in", err)
	}
	defer src.release()
	dst, err := f.create(offsetName(s.base, logSuffix), c.size == 0)
	if err != nil {
		return 0, err
	}
	defer dst.Close()
	if f.buf == nil {
		f.buf = make([]byte, futureChunk)
	}
	for c.size < size {
		b := f.buf[:min(futureChunk, size-c.size)]
		if err := vfs.ReadFull(src.f, b, c.size); err != nil {
			return copied, f.l.storage("read segment in", err)
		}
		if err := c.hop(b); err != nil {
			return copied, err
		}
		if cut := c.next - c.size; cut > 0 && cut < int64(len(b)) {
			b = b[:cut] // within a header
		}
		if _, err := dst.WriteAt(b, c.size); err != nil {
			return copied, f.failed(err)
		}
		c.size += int64(len(b))
		copied += int64(len(b))
		if err := f.pace(len(b)); err != nil {
			return copied, err
		}
	}
	return copied, f.failed(dst.Datasync())
}

// hop finds the offset up to which the copy has whole batches. b follows what was
// copied. A header that b cuts in two is left for the next piece.
func (c *segmentCopy) hop(b []byte) error {
	for {
		at := c.next - c.size
		if at < 0 || at+batch.HeaderSize > int64(len(b)) {
			return nil
		}
		h, err := batch.ParseHeader(b[at:])
		if err != nil || h.BaseOffset < c.end || h.BaseOffset > math.MaxInt64-math.MaxInt32-1 {
			return fmt.Errorf("%w: no batch at position %d", ErrCorrupt, c.next)
		}
		c.next += int64(h.Size())
		c.end = h.NextOffset()
	}
}
