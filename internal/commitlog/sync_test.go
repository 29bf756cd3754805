package commitlog

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// hookedFS calls a function before a directory is synced.
type hookedFS struct {
	vfs.FS
	before func(dir string)
}

func (h *hookedFS) SyncDir(dir string) error {
	if h.before != nil {
		h.before(dir)
	}
	return h.FS.SyncDir(dir)
}

// A topic may be deleted while its logs are flushed: the flush finds that the
// directory has another name. Nothing failed then, and no data directory may go
// offline for it.
func TestSyncOfDeletedLog(t *testing.T) {
	w := newWorld(t)
	hooked := &hookedFS{FS: w.mem}
	w.env.FS = hooked
	l := w.open()
	w.append(l, 1, records(1, 100, 1))
	hooked.before = func(dir string) {
		hooked.before = nil
		if err := l.Close(false); err != nil {
			t.Error(err)
		}
		if err := w.mem.Rename(dir, dir+"-delete"); err != nil {
			t.Error(err)
		}
	}
	if err := l.Sync(); !errors.Is(err, ErrClosed) || errors.Is(err, ErrStorage) {
		t.Errorf("sync of a log that was deleted: %v", err)
	}
}

// A log that nobody deleted and whose directory is gone has failed.
func TestSyncOfLostDirectory(t *testing.T) {
	w := newWorld(t)
	hooked := &hookedFS{FS: w.mem}
	w.env.FS = hooked
	l := w.open()
	w.append(l, 1, records(1, 100, 1))
	hooked.before = func(dir string) {
		hooked.before = nil
		if err := w.mem.Rename(dir, dir+"-lost"); err != nil {
			t.Error(err)
		}
	}
	if err := l.Sync(); !errors.Is(err, ErrStorage) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("sync of a log without its directory: %v", err)
	}
}
