package vfs

import (
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mem is a file system in memory that remembers what was synced, so that a
// test can ask how it would look after a power loss (CrashClone).
type Mem struct {
	now func() time.Time

	mu      sync.Mutex
	root    *node
	pending []Change // directory changes that no SyncDir covered yet, oldest first
	locks   map[string]bool
}

// NewMem returns an empty file system with a root and a working directory.
func NewMem() *Mem {
	return &Mem{now: time.Now, root: newDir(), locks: map[string]bool{}}
}

// node is a file or a directory.
type node struct {
	modTime time.Time

	// A directory: what is there now, and what would be there after a crash.
	entries, durable map[string]*node

	// A file.
	data []byte   // what is there now
	disk []byte   // what the last Sync left
	ops  []dataOp // what happened to data since, oldest first
}

func newDir() *node { return &node{entries: map[string]*node{}, durable: map[string]*node{}} }

func (n *node) isDir() bool { return n.entries != nil }

// clean makes a name a slash-separated path below the root.
func clean(name string) string {
	return strings.Trim(path.Clean("/"+filepath.ToSlash(name)), "/")
}

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// findLocked returns the node of name, or nil.
func (m *Mem) findLocked(name string) *node {
	n := m.root
	for part := range strings.SplitSeq(clean(name), "/") {
		if part == "" {
			continue
		}
		if !n.isDir() {
			return nil
		}
		if n = n.entries[part]; n == nil {
			return nil
		}
	}
	return n
}

// parentLocked returns the directory that holds name and the last element.
func (m *Mem) parentLocked(name string) (*node, string) {
	dir, base := path.Split(clean(name))
	p := m.findLocked(dir)
	if p == nil || !p.isDir() || base == "" {
		return nil, base
	}
	return p, base
}

// Open implements FS.
func (m *Mem) Open(name string, flag int, _ fs.FileMode) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, base := m.parentLocked(name)
	if p == nil {
		return nil, pathError("open", name, fs.ErrNotExist)
	}
	n := p.entries[base]
	switch {
	case n == nil && flag&os.O_CREATE == 0:
		return nil, pathError("open", name, fs.ErrNotExist)
	case n != nil && flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return nil, pathError("open", name, fs.ErrExist)
	case n != nil && n.isDir():
		return nil, pathError("open", name, fs.ErrInvalid)
	case n == nil:
		n = &node{modTime: m.now()}
		m.changeLocked(Change{edits: []edit{{dir: p, name: base, to: n}}, Op: ChangeCreate, Name: clean(name)})
	case flag&os.O_TRUNC != 0:
		n.truncate(0, m.now())
	}
	return &memFile{fs: m, n: n, name: name, writable: flag&(os.O_RDWR|os.O_WRONLY) != 0}, nil
}

// MkdirAll implements FS.
func (m *Mem) MkdirAll(name string, _ fs.FileMode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, at := m.root, ""
	for part := range strings.SplitSeq(clean(name), "/") {
		if part == "" {
			continue
		}
		at = path.Join(at, part)
		next := n.entries[part]
		if next == nil {
			next = newDir()
			next.modTime = m.now()
			m.changeLocked(Change{edits: []edit{{dir: n, name: part, to: next}}, Op: ChangeCreate, Name: at})
		}
		if !next.isDir() {
			return pathError("mkdir", name, fs.ErrExist)
		}
		n = next
	}
	return nil
}

// Rename implements FS. Both entries change together, also across a crash.
func (m *Mem) Rename(oldName, newName string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, fromBase := m.parentLocked(oldName)
	to, toBase := m.parentLocked(newName)
	if from == nil || to == nil || from.entries[fromBase] == nil {
		return pathError("rename", oldName, fs.ErrNotExist)
	}
	n := from.entries[fromBase]
	if from == to && fromBase == toBase {
		return nil
	}
	if old := to.entries[toBase]; old != nil && old.isDir() && len(old.entries) > 0 {
		return pathError("rename", newName, fs.ErrExist)
	}
	m.changeLocked(Change{edits: []edit{{dir: from, name: fromBase}, {dir: to, name: toBase, to: n}},
		Op: ChangeRename, Name: clean(oldName), NewName: clean(newName)})
	return nil
}

// Remove implements FS.
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, base := m.parentLocked(name)
	if p == nil || p.entries[base] == nil {
		return pathError("remove", name, fs.ErrNotExist)
	}
	if n := p.entries[base]; n.isDir() && len(n.entries) > 0 {
		return pathError("remove", name, fs.ErrExist)
	}
	m.changeLocked(Change{edits: []edit{{dir: p, name: base}}, Op: ChangeRemove, Name: clean(name)})
	return nil
}

// RemoveAll implements FS.
func (m *Mem) RemoveAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, base := m.parentLocked(name)
	if p == nil || p.entries[base] == nil {
		return nil
	}
	m.removeTreeLocked(p, base, clean(name))
	return nil
}

// removeTreeLocked removes children before their parent, as the real one does.
func (m *Mem) removeTreeLocked(p *node, base, name string) {
	if n := p.entries[base]; n.isDir() {
		for _, child := range slices.Sorted(maps.Keys(n.entries)) {
			m.removeTreeLocked(n, child, path.Join(name, child))
		}
	}
	m.changeLocked(Change{edits: []edit{{dir: p, name: base}}, Op: ChangeRemove, Name: name})
}

// ReadDir implements FS.
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.findLocked(name)
	if n == nil || !n.isDir() {
		return nil, pathError("readdir", name, fs.ErrNotExist)
	}
	out := make([]fs.DirEntry, 0, len(n.entries))
	for _, base := range slices.Sorted(maps.Keys(n.entries)) {
		out = append(out, fs.FileInfoToDirEntry(infoOf(base, n.entries[base])))
	}
	return out, nil
}

// Stat implements FS.
func (m *Mem) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.findLocked(name)
	if n == nil {
		return nil, pathError("stat", name, fs.ErrNotExist)
	}
	return infoOf(path.Base(clean(name)), n), nil
}

// SyncDir implements FS.
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.findLocked(name)
	if n == nil || !n.isDir() {
		return pathError("sync", name, fs.ErrNotExist)
	}
	m.syncDirLocked(n)
	return nil
}

// Lock implements FS.
func (m *Mem) Lock(name string) (io.Closer, error) {
	f, err := m.Open(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	f.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks[clean(name)] {
		return nil, pathError("lock", name, ErrLocked)
	}
	m.locks[clean(name)] = true
	return &memLock{m: m, name: clean(name)}, nil
}

type memLock struct {
	m    *Mem
	name string
}

func (l *memLock) Close() error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	delete(l.m.locks, l.name)
	return nil
}
