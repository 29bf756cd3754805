package vfs

import (
	"io/fs"
	"time"
)

// memInfo is what Mem knows about a name.
type memInfo struct {
	name    string
	size    int64
	dir     bool
	modTime time.Time
}

func infoOf(base string, n *node) memInfo {
	return memInfo{name: base, size: int64(len(n.data)), dir: n.isDir(), modTime: n.modTime}
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) ModTime() time.Time { return i.modTime }
func (i memInfo) IsDir() bool        { return i.dir }
func (i memInfo) Sys() any           { return nil }

func (i memInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
