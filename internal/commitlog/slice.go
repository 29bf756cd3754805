package commitlog

import (
	"io"
	"os"

	"github.com/brolga-io/brolga/internal/vfs"
)

// Slice is a run of whole batches in one segment. It keeps the file open,
// also when the segment is deleted meanwhile, until Release.
type Slice struct {
	h   *handle
	pos int64
	n   int

	// FirstOffset is the base offset of the first batch, or the offset that was
	// asked for where nothing lies between the two; NextOffset is the one after the
	// last batch. An empty slice has the offset that was asked for in both.
	FirstOffset int64
	NextOffset  int64
}

// Len is the number of bytes.
func (s *Slice) Len() int { return s.n }

// ReadAt reads from the slice, off counting from its start.
func (s *Slice) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(s.n) {
		return 0, io.EOF
	}
	short := int64(len(p)) > int64(s.n)-off
	if short {
		p = p[:int64(s.n)-off]
	}
	n, err := s.h.f.ReadAt(p, s.pos+off)
	if err == nil && short {
		err = io.EOF
	}
	return n, err
}

// CopyTo fills dst, which must have Len bytes.
func (s *Slice) CopyTo(dst []byte) error {
	if s.n == 0 {
		return nil
	}
	return vfs.ReadFull(s.h.f, dst[:s.n], s.pos)
}

// Bytes returns a copy of the content.
func (s *Slice) Bytes() ([]byte, error) {
	b := make([]byte, s.n)
	return b, s.CopyTo(b)
}

// File returns the file and the range in it for sendfile; f is nil when there
// is no real file.
func (s *Slice) File() (f *os.File, off int64, n int) {
	if s.h == nil {
		return nil, 0, 0
	}
	return s.h.f.OSFile(), s.pos, s.n
}

// Release lets go of the file. It must be called once for each slice with
// Len > 0, and may be called for empty ones.
func (s *Slice) Release() {
	if s.h != nil {
		s.h.release()
		s.h = nil
	}
}
