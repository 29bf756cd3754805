package vfs

import (
	"errors"
	"io"
)

// ErrTooLarge says that a file exceeds the limit its reader set.
var ErrTooLarge = errors.New("file too large")

// ErrLocked is returned by FS.Lock when another holder has the lock.
var ErrLocked = errors.New("locked by another process")

// ReadFull fills b from offset off. A file that ends before is
// io.ErrUnexpectedEOF, also when nothing at all could be read.
func ReadFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
