//go:build !linux

package vfs

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

type vecScratch struct{}

// Datasync is a full sync where the system has no fdatasync.
func (o *osFile) Datasync() error { return o.f.Sync() }

type flock struct{ f *os.File }

func (l flock) Close() error { return l.f.Close() }

func lockFile(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if err == syscall.EWOULDBLOCK {
			return nil, fmt.Errorf("%s: %w", path, ErrLocked)
		}
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
	return flock{f}, nil
}
