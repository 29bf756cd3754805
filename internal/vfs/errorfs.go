package vfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// Op is a kind of file system operation, for ErrorFS.
type Op uint8

// The operations ErrorFS can fail.
const (
	OpOpen Op = iota
	OpRead
	OpWrite
	OpSync // Sync and Datasync
	OpTruncate
	OpSize
	OpMkdir
	OpRename
	OpRemove // Remove and RemoveAll
	OpReadDir
	OpStat
	OpSyncDir
	OpLock
	OpClose
)

// Changes says whether the operation can change what is on disk.
func (o Op) Changes() bool {
	switch o {
	case OpOpen, OpWrite, OpSync, OpTruncate, OpMkdir, OpRename, OpRemove, OpSyncDir:
		return true
	}
	return false
}

// ErrTorn, returned by an injector for OpWrite, makes the write fail after
// half of its bytes were written.
var ErrTorn = errors.New("torn write")

// Injector is asked before each operation; a non-nil error is returned
// instead of doing the operation. It must be safe for concurrent use.
type Injector func(op Op, name string) error

// ErrorFS passes operations to another FS unless its Injector objects.
type ErrorFS struct {
	base   FS
	inject Injector
}

// NewErrorFS wraps base.
func NewErrorFS(base FS, inject Injector) *ErrorFS { return &ErrorFS{base: base, inject: inject} }

// FailNth returns an Injector that fails the nth (from 1) operation of kind
// op whose name match accepts (nil: every name), and no other.
func FailNth(op Op, nth int64, match func(name string) bool, err error) Injector {
	var seen atomic.Int64
	return func(got Op, name string) error {
		if got == op && (match == nil || match(name)) && seen.Add(1) == nth {
			return err
		}
		return nil
	}
}

func (e *ErrorFS) check(op Op, name string) error {
	if err := e.inject(op, name); err != nil {
		return &fs.PathError{Op: "injected", Path: name, Err: err}
	}
	return nil
}

// Open implements FS.
func (e *ErrorFS) Open(name string, flag int, perm fs.FileMode) (File, error) {
	if err := e.check(OpOpen, name); err != nil {
		return nil, err
	}
	f, err := e.base.Open(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &errorFile{File: f, fs: e}, nil
}

// MkdirAll implements FS.
func (e *ErrorFS) MkdirAll(name string, perm fs.FileMode) error {
	if err := e.check(OpMkdir, name); err != nil {
		return err
	}
	return e.base.MkdirAll(name, perm)
}

// Rename implements FS.
func (e *ErrorFS) Rename(oldName, newName string) error {
	if err := e.check(OpRename, oldName); err != nil {
		return err
	}
	return e.base.Rename(oldName, newName)
}

// Remove implements FS.
func (e *ErrorFS) Remove(name string) error {
	if err := e.check(OpRemove, name); err != nil {
		return err
	}
	return e.base.Remove(name)
}

// RemoveAll implements FS.
func (e *ErrorFS) RemoveAll(name string) error {
	if err := e.check(OpRemove, name); err != nil {
		return err
	}
	return e.base.RemoveAll(name)
}

// ReadDir implements FS.
func (e *ErrorFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := e.check(OpReadDir, name); err != nil {
		return nil, err
	}
	return e.base.ReadDir(name)
}

// Stat implements FS.
func (e *ErrorFS) Stat(name string) (fs.FileInfo, error) {
	if err := e.check(OpStat, name); err != nil {
		return nil, err
	}
	return e.base.Stat(name)
}

// SyncDir implements FS.
func (e *ErrorFS) SyncDir(name string) error {
	if err := e.check(OpSyncDir, name); err != nil {
		return err
	}
	return e.base.SyncDir(name)
}

// Lock implements FS.
func (e *ErrorFS) Lock(name string) (io.Closer, error) {
	if err := e.check(OpLock, name); err != nil {
		return nil, err
	}
	return e.base.Lock(name)
}

// errorFile is a file of an ErrorFS. It is no VectorWriter: the buffers of a
// gathered write are operations of their own here.
type errorFile struct {
	File
	fs *ErrorFS
}

func (f *errorFile) OSFile() *os.File { return f.File.OSFile() }

func (f *errorFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.fs.check(OpRead, f.Name()); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *errorFile) WriteAt(p []byte, off int64) (int, error) {
	err := f.fs.check(OpWrite, f.Name())
	if errors.Is(err, ErrTorn) {
		n, werr := f.File.WriteAt(p[:len(p)/2], off)
		return n, errors.Join(err, werr)
	}
	if err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, off)
}

func (f *errorFile) Sync() error {
	if err := f.fs.check(OpSync, f.Name()); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *errorFile) Datasync() error {
	if err := f.fs.check(OpSync, f.Name()); err != nil {
		return err
	}
	return f.File.Datasync()
}

func (f *errorFile) Truncate(size int64) error {
	if err := f.fs.check(OpTruncate, f.Name()); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *errorFile) Size() (int64, error) {
	if err := f.fs.check(OpSize, f.Name()); err != nil {
		return 0, err
	}
	return f.File.Size()
}

// Close always closes the file below; only its answer can be replaced.
func (f *errorFile) Close() error {
	err := f.fs.check(OpClose, f.Name())
	if cerr := f.File.Close(); err == nil {
		err = cerr
	}
	return err
}
