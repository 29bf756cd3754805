package vfs

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxIOVec is the kernel's limit of buffers per pwritev (IOV_MAX).
const maxIOVec = 1024

type vecScratch []unix.Iovec

// Datasync retries EINTR only: any other failure of fdatasync leaves the
// state of the pages unknown, so the caller must treat it as final.
func (o *osFile) Datasync() error {
	for {
		err := unix.Fdatasync(int(o.f.Fd()))
		if err == unix.EINTR {
			continue
		}
		runtime.KeepAlive(o.f)
		if err != nil {
			return &os.PathError{Op: "fdatasync", Path: o.f.Name(), Err: err}
		}
		return nil
	}
}

// WriteAtv implements VectorWriter. unix.Pwritev would allocate its vector
// for each call with more than eight buffers.
func (o *osFile) WriteAtv(bufs [][]byte, off int64) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	total := 0
	for len(bufs) > 0 {
		n := min(len(bufs), maxIOVec)
		w, err := o.pwritev(bufs[:n], off+int64(total))
		total += w
		if err != nil {
			return total, err
		}
		bufs = bufs[n:]
	}
	return total, nil
}

// pwritev writes at most maxIOVec buffers and finishes short writes.
func (o *osFile) pwritev(bufs [][]byte, off int64) (int, error) {
	o.vec = o.vec[:0]
	want := 0
	for _, b := range bufs {
		if len(b) > 0 {
			o.vec = append(o.vec, unix.Iovec{Base: unsafe.SliceData(b), Len: uint64(len(b))})
			want += len(b)
		}
	}
	if want == 0 {
		return 0, nil
	}
	n, _, errno := unix.Syscall6(unix.SYS_PWRITEV, o.f.Fd(), uintptr(unsafe.Pointer(&o.vec[0])),
		uintptr(len(o.vec)), uintptr(off), 0, 0)
	runtime.KeepAlive(bufs)
	clear(o.vec)
	if errno == unix.EINTR {
		errno, n = 0, 0
	}
	if errno != 0 {
		return 0, &os.PathError{Op: "pwritev", Path: o.f.Name(), Err: errno}
	}
	if int(n) == want {
		return want, nil
	}
	return o.finishShort(bufs, int(n), off)
}

// finishShort writes what pwritev left, buffer by buffer; the disk being full
// then shows as the error it is.
func (o *osFile) finishShort(bufs [][]byte, done int, off int64) (int, error) {
	skip := done
	for _, b := range bufs {
		if skip >= len(b) {
			skip -= len(b)
			continue
		}
		n, err := o.f.WriteAt(b[skip:], off+int64(done))
		done += n
		if err != nil {
			return done, err
		}
		skip = 0
	}
	return done, nil
}

type flock struct{ f *os.File }

func (l flock) Close() error { return l.f.Close() }

// lockFile uses flock, which the kernel drops when the process dies, however
// it dies.
func lockFile(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if err == unix.EWOULDBLOCK {
			return nil, fmt.Errorf("%s: %w", path, ErrLocked)
		}
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
	return flock{f}, nil
}
