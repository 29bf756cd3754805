package vfs

import (
	"maps"
	"slices"
	"time"
)

// ChangeOp is the kind of a directory change.
type ChangeOp uint8

// The kinds of directory changes.
const (
	ChangeCreate ChangeOp = iota
	ChangeRename
	ChangeRemove
)

// Change is one change of directory entries that SyncDir has not covered yet.
type Change struct {
	Op      ChangeOp
	Name    string // slash-separated, without a leading slash
	NewName string // of a rename

	edits []edit
}

// edit sets one directory entry; to nil removes it.
type edit struct {
	dir  *node
	name string
	to   *node
}

// CrashOptions decides what of the un-synced state survives a crash. The zero
// value loses all of it.
type CrashOptions struct {
	// KeepChange says whether an un-synced directory change survives. It is
	// asked in the order the changes were made.
	KeepChange func(Change) bool
	// KeepWrite says how many bytes of an un-synced write of n bytes at
	// offset off of the named file survive, 0 to n.
	KeepWrite func(name string, off int64, n int) int
	// KeepSector, if not nil, is asked instead of KeepWrite, for each sector of
	// SectorBytes that an un-synced write touches: whether what was written there
	// survives. The length does in any case: a lost sector holds what it held before,
	// or zeros.
	KeepSector func(name string, sector int64) bool
	// KeepTruncate says whether an un-synced truncation to size survives.
	KeepTruncate func(name string, size int64) bool
}

// SectorBytes is how much a disk writes as a whole.
const SectorBytes = 512

// changeLocked applies a directory change and remembers it as un-synced.
func (m *Mem) changeLocked(c Change) {
	now := m.now()
	for _, e := range c.edits {
		if e.to == nil {
			delete(e.dir.entries, e.name)
		} else {
			e.dir.entries[e.name] = e.to
		}
		e.dir.modTime = now
	}
	m.pending = append(m.pending, c)
}

// syncDirLocked makes the changes that touch dir durable. A rename between
// two directories becomes durable as a whole.
func (m *Mem) syncDirLocked(dir *node) {
	rest := m.pending[:0]
	for _, c := range m.pending {
		if c.touches(dir) {
			c.makeDurable()
		} else {
			rest = append(rest, c)
		}
	}
	clear(m.pending[len(rest):])
	m.pending = rest
}

func (c *Change) touches(dir *node) bool {
	for _, e := range c.edits {
		if e.dir == dir {
			return true
		}
	}
	return false
}

func (c *Change) makeDurable() {
	for _, e := range c.edits {
		if e.to == nil {
			delete(e.dir.durable, e.name)
		} else {
			e.dir.durable[e.name] = e.to
		}
	}
}

// CrashClone returns a new file system that holds what a power loss at this
// moment would leave. The original goes on unharmed; locks are gone in the
// clone.
func (m *Mem) CrashClone(o CrashOptions) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &crasher{opts: o, clones: map[*node]*node{}, overlay: map[*node]map[string]*node{}}
	for _, ch := range m.pending {
		if o.KeepChange == nil || !o.KeepChange(ch) {
			continue
		}
		for _, e := range ch.edits {
			if c.overlay[e.dir] == nil {
				c.overlay[e.dir] = map[string]*node{}
			}
			c.overlay[e.dir][e.name] = e.to
		}
	}
	return &Mem{now: m.now, root: c.clone(m.root, ""), locks: map[string]bool{}}
}

// crasher builds the tree of a crash clone.
type crasher struct {
	opts    CrashOptions
	clones  map[*node]*node            // one clone per node, also if two names survive
	overlay map[*node]map[string]*node // surviving un-synced entries; nil = removed
}

func (c *crasher) clone(n *node, name string) *node {
	if done := c.clones[n]; done != nil {
		return done
	}
	if !n.isDir() {
		f := c.cloneFile(n, name)
		c.clones[n] = f
		return f
	}
	dir := newDir()
	dir.modTime = n.modTime
	c.clones[n] = dir
	// In a fixed order: the answers of the options may come from a seed.
	for _, base := range slices.Sorted(maps.Keys(n.durable)) {
		child := n.durable[base]
		if to, changed := c.overlay[n][base]; !changed || to == child {
			c.add(dir, name, base, child)
		}
	}
	for _, base := range slices.Sorted(maps.Keys(c.overlay[n])) {
		if child := c.overlay[n][base]; child != nil {
			c.add(dir, name, base, child)
		}
	}
	return dir
}

func (c *crasher) add(dir *node, dirName, base string, child *node) {
	name := base
	if dirName != "" {
		name = dirName + "/" + base
	}
	copied := c.clone(child, name)
	dir.entries[base], dir.durable[base] = copied, copied
}

func (c *crasher) cloneFile(n *node, name string) *node {
	data := append([]byte{}, n.disk...)
	for _, op := range n.ops {
		switch {
		case op.data == nil:
			if c.opts.KeepTruncate != nil && c.opts.KeepTruncate(name, op.off) {
				data = applyOp(data, op, 0)
			}
		case c.opts.KeepSector != nil:
			data = c.keepSectors(data, op, name)
		case c.opts.KeepWrite != nil:
			if keep := c.opts.KeepWrite(name, op.off, len(op.data)); keep > 0 {
				data = applyOp(data, op, min(keep, len(op.data)))
			}
		}
	}
	return &node{modTime: n.modTime, data: data, disk: append([]byte{}, data...)}
}

// keepSectors applies those sectors of a write that survive.
func (c *crasher) keepSectors(data []byte, op dataOp, name string) []byte {
	end := op.off + int64(len(op.data))
	if end > int64(len(data)) {
		data = resize(data, end)
	}
	for at := op.off; at < end; {
		sector := at / SectorBytes
		next := min((sector+1)*SectorBytes, end)
		if c.opts.KeepSector(name, sector) {
			copy(data[at:next], op.data[at-op.off:])
		}
		at = next
	}
	return data
}

// SetNow replaces the clock that gives files their modification times.
func (m *Mem) SetNow(now func() time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now
}
