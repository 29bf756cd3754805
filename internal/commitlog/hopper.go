package commitlog

import (
	"errors"
	"io"
	"math"
	"sync"

	"github.com/brolga-io/brolga/internal/batch"
)

// hopper walks the batch headers of a part of a file without reading what
// lies between them, unless it fits into the buffer anyway.
type hopper struct {
	r   io.ReaderAt
	pos int64 // of the next header
	end int64

	buf   [4096]byte
	bufAt int64 // position of buf[0]
	bufN  int   // bytes of buf that are filled
}

var hoppers = sync.Pool{New: func() any { return new(hopper) }}

// newHopper returns a hopper over [pos, end) of r; give it back with free.
func newHopper(r io.ReaderAt, pos, end int64) *hopper {
	h := hoppers.Get().(*hopper)
	h.r, h.pos, h.end, h.bufN = r, pos, end, 0
	return h
}

func (p *hopper) free() {
	p.r = nil
	hoppers.Put(p)
}

// errBadHeader says that the bytes at the hopper's position are no batch that
// fits in front of its end.
var errBadHeader = errors.New("no valid batch header")

// next returns the header at pos and moves behind that batch. io.EOF is the
// orderly end; errBadHeader leaves pos at the damage; other errors come from
// reading.
func (p *hopper) next() (batch.Header, error) {
	if p.pos >= p.end {
		return batch.Header{}, io.EOF
	}
	b, err := p.peek()
	if err != nil {
		return batch.Header{}, err
	}
	h, err := batch.ParseHeader(b)
	if err != nil || int64(h.Size()) > p.end-p.pos {
		return h, errBadHeader
	}
	p.pos += int64(h.Size())
	return h, nil
}

// peek returns at least HeaderSize bytes at pos.
func (p *hopper) peek() ([]byte, error) {
	if p.end-p.pos < batch.HeaderSize {
		return nil, errBadHeader
	}
	if off := p.pos - p.bufAt; p.bufN > 0 && off >= 0 && off+batch.HeaderSize <= int64(p.bufN) {
		return p.buf[off:p.bufN], nil
	}
	n := int(min(int64(len(p.buf)), p.end-p.pos))
	p.bufN = 0
	got, err := p.r.ReadAt(p.buf[:n], p.pos)
	if got < batch.HeaderSize {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, errBadHeader // the file is shorter than it should be
		}
		return nil, err
	}
	p.bufAt, p.bufN = p.pos, got
	return p.buf[:got], nil
}

// relative returns offset as the index files store it.
func relative(base, offset int64) (uint32, bool) {
	rel := offset - base
	return uint32(rel), rel >= 0 && rel <= math.MaxInt32
}
