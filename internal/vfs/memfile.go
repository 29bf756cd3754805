package vfs

import (
	"io"
	"io/fs"
	"os"
	"time"
)

// maxMemFile bounds a file in memory: a test that writes at a wild offset
// gets an error, not an exhausted machine.
const maxMemFile = 1 << 32

// dataOp is one change of a file's content since the last Sync: a write of
// data at off, or (data nil) a truncation to off bytes.
type dataOp struct {
	off  int64
	data []byte
}

// memFile is an open file of Mem.
type memFile struct {
	fs       *Mem
	n        *node
	name     string
	writable bool
	closed   bool // guarded by fs.mu
}

func (f *memFile) Name() string     { return f.name }
func (f *memFile) OSFile() *os.File { return nil }

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	switch {
	case f.closed:
		return 0, pathError("read", f.name, fs.ErrClosed)
	case off < 0:
		return 0, pathError("read", f.name, fs.ErrInvalid)
	case off >= int64(len(f.n.data)):
		return 0, io.EOF
	}
	n := copy(p, f.n.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.writeErrLocked("write", off+int64(len(p))); err != nil {
		return 0, err
	}
	f.n.write(p, off, f.fs.now())
	return len(p), nil
}

// WriteAtv implements VectorWriter, each buffer as a write of its own, so
// that a crash can keep some and lose others.
func (f *memFile) WriteAtv(bufs [][]byte, off int64) (int, error) {
	total := 0
	for _, b := range bufs {
		n, err := f.WriteAt(b, off+int64(total))
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (f *memFile) writeErrLocked(op string, end int64) error {
	switch {
	case f.closed:
		return pathError(op, f.name, fs.ErrClosed)
	case !f.writable:
		return pathError(op, f.name, fs.ErrPermission)
	case end < 0 || end > maxMemFile:
		return pathError(op, f.name, fs.ErrInvalid)
	}
	return nil
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.writeErrLocked("truncate", size); err != nil {
		return err
	}
	f.n.truncate(size, f.fs.now())
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return pathError("sync", f.name, fs.ErrClosed)
	}
	for _, op := range f.n.ops {
		f.n.disk = applyOp(f.n.disk, op, len(op.data))
	}
	f.n.ops = nil
	return nil
}

func (f *memFile) Datasync() error { return f.Sync() }

func (f *memFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return 0, pathError("stat", f.name, fs.ErrClosed)
	}
	return int64(len(f.n.data)), nil
}

func (f *memFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return pathError("close", f.name, fs.ErrClosed)
	}
	f.closed = true
	return nil
}

func (n *node) write(p []byte, off int64, now time.Time) {
	op := dataOp{off: off, data: append([]byte{}, p...)}
	n.ops = append(n.ops, op)
	n.data = applyOp(n.data, op, len(p))
	n.modTime = now
}

func (n *node) truncate(size int64, now time.Time) {
	op := dataOp{off: size}
	n.ops = append(n.ops, op)
	n.data = applyOp(n.data, op, 0)
	n.modTime = now
}

// applyOp applies the first keep bytes of a write, or a truncation, to data.
func applyOp(data []byte, op dataOp, keep int) []byte {
	if op.data == nil {
		return resize(data, op.off)
	}
	if end := op.off + int64(keep); end > int64(len(data)) {
		data = resize(data, end)
	}
	copy(data[op.off:], op.data[:keep])
	return data
}

// resize cuts data or extends it with zeros.
func resize(data []byte, size int64) []byte {
	if size <= int64(len(data)) {
		clear(data[size:])
		return data[:size]
	}
	if size <= int64(cap(data)) {
		return data[:size]
	}
	bigger := make([]byte, size, size+size/2)
	copy(bigger, data)
	return bigger
}
