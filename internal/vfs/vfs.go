package vfs

import (
	"io"
	"io/fs"
	"os"
)

// FS is the set of file system operations the storage rooms use. Errors of
// the underlying system are returned as they are, so errors.Is works with
// fs.ErrNotExist and fs.ErrExist.
type FS interface {
	// Open opens name with the os.O_ flags of flag; perm is used for files
	// that O_CREATE makes.
	Open(name string, flag int, perm fs.FileMode) (File, error)
	// MkdirAll creates path and its missing parents.
	MkdirAll(path string, perm fs.FileMode) error
	// Rename replaces newName if it exists. It is durable only after SyncDir
	// of the parent.
	Rename(oldName, newName string) error
	// Remove deletes one file or one empty directory.
	Remove(name string) error
	// RemoveAll deletes a tree; a missing one is no error.
	RemoveAll(path string) error
	// ReadDir lists dir sorted by name.
	ReadDir(dir string) ([]fs.DirEntry, error)
	// Stat describes name.
	Stat(name string) (fs.FileInfo, error)
	// SyncDir makes the entries of dir (creations, renames, removals) durable.
	SyncDir(dir string) error
	// Lock takes an exclusive lock on path, creating the file, and fails at
	// once if another holder exists. Closing the result releases it.
	Lock(path string) (io.Closer, error)
}

// File is one open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Sync makes content and metadata durable (fsync).
	Sync() error
	// Datasync makes content and length durable (fdatasync).
	Datasync() error
	// Truncate sets the length in bytes.
	Truncate(size int64) error
	// Size returns the current length in bytes.
	Size() (int64, error)
	// Name returns the name the file was opened by.
	Name() string
	// OSFile returns the real file, or nil when there is none; without it
	// sendfile is not possible.
	OSFile() *os.File
}

// VectorWriter is implemented by files that can write several buffers with
// one system call.
type VectorWriter interface {
	// WriteAtv writes all of bufs one after the other from offset off. A
	// result shorter than the sum comes with an error.
	WriteAtv(bufs [][]byte, off int64) (int, error)
}

// WriteAtv writes bufs one after the other from offset off, with one system
// call where the file can.
func WriteAtv(f File, bufs [][]byte, off int64) (int, error) {
	if len(bufs) == 1 {
		return f.WriteAt(bufs[0], off)
	}
	if v, ok := f.(VectorWriter); ok {
		return v.WriteAtv(bufs, off)
	}
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
