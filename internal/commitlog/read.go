package commitlog

import (
	"errors"
	"io"
	"io/fs"

	"github.com/brolga-io/brolga/internal/batch"
)

// Read returns whole batches from the one that contains offset on, up to
// maxBytes, and none that reaches beyond maxOffset (exclusive; the high
// watermark or last stable offset). With minOneBatch the first batch is
// returned even if it is larger than maxBytes (KIP-74). The slice ends with
// its segment at the latest.
//
// The first batch may begin before offset; readers skip those records. At the
// end of the log, or of maxOffset, the slice is empty. Errors:
// ErrOffsetOutOfRange, ErrCorrupt, ErrStorage, ErrClosed.
func (l *Log) Read(offset int64, maxBytes int, maxOffset int64, minOneBatch bool) (Slice, error) {
	if err := l.Load(); err != nil {
		return Slice{}, err
	}
	q := readQuery{offset: offset, maxBytes: int64(max(maxBytes, 0)), maxOffset: maxOffset, minOne: minOneBatch}
	for attempt := 0; ; attempt++ {
		cuts, list := l.cuts.Load(), l.segments.Load()
		s, err := l.read(&q)
		// A segment that was deleted between being found and being opened is
		// looked for again: the log start has moved by then. So is one that
		// was truncated under the reader, who then sees garbage.
		again := errors.Is(err, fs.ErrNotExist) && list != l.segments.Load() ||
			errors.Is(err, ErrCorrupt) && cuts != l.cuts.Load()
		if again && attempt < maxRereads {
			continue
		}
		return s, err
	}
}

// maxRereads is how often a reader starts over because segments go away under
// it, before it believes that something else is wrong.
const maxRereads = 100

// readQuery is what one Read asks for.
type readQuery struct {
	offset    int64
	maxBytes  int64
	maxOffset int64
	minOne    bool
}

func (l *Log) read(q *readQuery) (Slice, error) {
	end, active, activeSize := l.tail()
	if q.offset > end || q.offset < l.start.Load() {
		return Slice{}, ErrOffsetOutOfRange
	}
	bound := min(q.maxOffset, end)
	empty := Slice{FirstOffset: q.offset, NextOffset: q.offset}
	list := l.segmentList()
	i := segmentFor(list, q.offset)
	if q.offset >= bound || i < 0 {
		return empty, nil
	}
	for ; i < len(list); i++ {
		s := list[i]
		v := view{l: l, s: s, size: s.size.Load(), bound: bound}
		switch {
		case s == active:
			v.size, v.end = activeSize, end
		case i+1 < len(list):
			v.end = list[i+1].base
		}
		slice, found, err := v.read(q)
		if err != nil || found {
			return slice, err
		}
		// Compaction can leave nothing between offset and the next segment.
	}
	return empty, nil
}

// view is the readable part of one segment.
type view struct {
	l     *Log
	s     *segment
	size  int64
	bound int64 // no batch may reach beyond
	end   int64 // offset at which size ends; 0 when not known
}

// read returns found=false if no batch of the segment ends at or after the
// offset.
func (v *view) read(q *readQuery) (_ Slice, found bool, err error) {
	h, err := v.l.openLog(v.s)
	if err != nil {
		return Slice{}, false, v.l.storage("open segment in", err)
	}
	keep := false
	defer func() {
		if !keep {
			h.release()
		}
	}()
	if pos, found := v.l.seen.find(v.s, q.offset); found && v.takesAll(pos, q) {
		// A reader of the tail: where its last read ended, everything follows.
		v.l.seen.put(v.s, q.offset, v.end, v.size)
		keep = true
		return Slice{h: h, pos: pos, n: int(v.size - pos), FirstOffset: q.offset, NextOffset: v.end}, true, nil
	}
	first, pos, ok, err := v.l.locate(v.s, h.f, q.offset, v.size)
	if err != nil || !ok {
		return Slice{}, false, err
	}
	to, next, err := v.cut(h.f, &first, pos, q)
	if err != nil {
		return Slice{}, false, err
	}
	if to == pos {
		return Slice{FirstOffset: q.offset, NextOffset: q.offset}, true, nil
	}
	v.l.seen.put(v.s, q.offset, next, to)
	keep = true
	return Slice{h: h, pos: pos, n: int(to - pos), FirstOffset: first.BaseOffset, NextOffset: next}, true, nil
}

// takesAll tells whether a read from pos may return all that follows, of which
// nothing needs to be looked at then.
func (v *view) takesAll(pos int64, q *readQuery) bool {
	return v.end > 0 && v.bound >= v.end && pos < v.size && v.size-pos <= q.maxBytes
}

// cut returns the position at which a read from pos ends, and the offset
// there.
func (v *view) cut(r io.ReaderAt, first *batch.Header, pos int64, q *readQuery) (to, next int64, err error) {
	if v.takesAll(pos, q) {
		return v.size, v.end, nil
	}
	to, next = pos+int64(first.Size()), first.NextOffset()
	if next > v.bound || to-pos > q.maxBytes && !q.minOne {
		return pos, q.offset, nil
	}
	limit := pos + q.maxBytes
	if to >= limit {
		return to, next, nil
	}
	at, err := v.skipAhead(to, limit)
	if err != nil {
		return 0, 0, err
	}
	if at > to {
		// Believe the index only if batches follow there.
		if to, next, err := v.hop(r, at, limit); !errors.Is(err, ErrCorrupt) {
			return to, next, err
		}
	}
	at, n, err := v.hop(r, to, limit)
	if at > to {
		return at, n, err
	}
	return to, next, err
}

// hop moves from a batch boundary over the batches that end within limit and
// bound, and returns the position and offset after the last. The offset is
// that of the batch there if none fits.
func (v *view) hop(r io.ReaderAt, from, limit int64) (to, next int64, err error) {
	p := newHopper(r, from, v.size)
	defer p.free()
	to = from
	for {
		h, err := p.next()
		switch {
		case errors.Is(err, io.EOF):
			return to, next, nil
		case errors.Is(err, errBadHeader):
			return 0, 0, v.l.corrupt(v.s, p.pos, next, "no valid batch follows")
		case err != nil:
			return 0, 0, v.l.storage("read segment in", err)
		case p.pos > limit || h.NextOffset() > v.bound:
			if to == from {
				next = h.BaseOffset
			}
			return to, next, nil
		}
		to, next = p.pos, h.NextOffset()
	}
}

// skipAhead returns a batch boundary from the index as near to limit as it
// knows one, below the bound, or 0.
func (v *view) skipAhead(pos, limit int64) (int64, error) {
	if limit-pos <= 2*v.l.Config().IndexIntervalBytes {
		return 0, nil
	}
	ix, err := v.l.indexesOf(v.s)
	if err != nil {
		return 0, err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	e, ok, err := ix.offsets.find(v.l, v.s.base, func(e offsetEntry) bool {
		return int64(e.pos) <= limit && v.s.base+int64(e.rel) < v.bound
	})
	if err != nil || !ok || int64(e.pos) <= pos {
		return 0, v.l.storage("read index in", err)
	}
	return int64(e.pos), nil
}
