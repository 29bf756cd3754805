package commitlog

import (
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/vfs"
)

// FDCache bounds the number of descriptors that the logs sharing it keep
// open. It closes the ones that were not used lately (CLOCK, an approximation
// of LRU that costs the users of a descriptor no lock); whoever needs a file
// again reopens it.
type FDCache struct {
	max int

	mu   sync.Mutex
	open []*handle
	hand int
}

// NewFDCache returns a cache of at most max descriptors, at least 8. Files
// that are being read, written or sent stay open beyond that.
func NewFDCache(max int) *FDCache {
	if max < 8 {
		max = 8
	}
	return &FDCache{max: max}
}

// Len is the number of descriptors the cache keeps open now.
func (c *FDCache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

// handle is an open file with a reference count. One reference is the
// cache's; the file is closed with the last one.
type handle struct {
	f    vfs.File
	refs atomic.Int32
	used atomic.Bool // since the clock's hand passed
	slot int         // in FDCache.open, guarded by its mu; -1 when evicted
}

// acquire takes a reference, unless the file is closed already.
func (h *handle) acquire() bool {
	for {
		n := h.refs.Load()
		if n == 0 {
			return false
		}
		if h.refs.CompareAndSwap(n, n+1) {
			if !h.used.Load() {
				h.used.Store(true)
			}
			return true
		}
	}
}

// release drops a reference. The error of close is of no use: everything
// promised was fsynced before.
func (h *handle) release() {
	if h.refs.Add(-1) == 0 {
		h.f.Close()
	}
}

// add registers f and returns it with one reference for the caller.
func (c *FDCache) add(f vfs.File) *handle {
	h := &handle{f: f}
	h.refs.Store(2)
	h.used.Store(true)
	c.mu.Lock()
	var victim *handle
	if len(c.open) >= c.max {
		victim = c.evictLocked()
	}
	h.slot = len(c.open)
	c.open = append(c.open, h)
	c.mu.Unlock()
	if victim != nil {
		victim.release()
	}
	return h
}

// evictLocked picks a file that was not used for a turn of the hand.
func (c *FDCache) evictLocked() *handle {
	for range 2*len(c.open) + 1 {
		c.hand = (c.hand + 1) % len(c.open)
		if h := c.open[c.hand]; !h.used.Swap(false) {
			c.dropLocked(h)
			return h
		}
	}
	h := c.open[c.hand]
	c.dropLocked(h)
	return h
}

func (c *FDCache) dropLocked(h *handle) {
	last := len(c.open) - 1
	c.open[h.slot] = c.open[last]
	c.open[h.slot].slot = h.slot
	c.open[last] = nil
	c.open = c.open[:last]
	h.slot = -1
}

// remove gives up the cache's reference, if it still has one.
func (c *FDCache) remove(h *handle) {
	c.mu.Lock()
	had := h.slot >= 0
	if had {
		c.dropLocked(h)
	}
	c.mu.Unlock()
	if had {
		h.release()
	}
}

// cell is where a file's owner keeps its descriptor between uses.
type cell struct{ p atomic.Pointer[handle] }

// acquire returns the open file <offset><suffix> of l with a reference for
// the caller, opening it if need be; flag is added to O_RDWR.
func (c *cell) acquire(l *Log, offset int64, suffix string, flag int) (*handle, error) {
	h := c.p.Load()
	switch {
	case h == retiredHandle:
		return nil, fs.ErrNotExist
	case h != nil && h.acquire():
		return h, nil
	}
	f, err := l.env.FS.Open(l.path(offset, suffix), os.O_RDWR|flag, 0o644)
	if err != nil {
		return nil, err
	}
	h = l.env.FDs.add(f)
	// Of two that open at once, one stays; the other serves its caller and
	// goes.
	for {
		old := c.p.Load()
		if old == retiredHandle {
			// What was opened may be the file that took the name over.
			l.env.FDs.remove(h)
			h.release()
			return nil, fs.ErrNotExist
		}
		if c.p.CompareAndSwap(old, h) {
			if old != nil {
				l.env.FDs.remove(old)
			}
			return h, nil
		}
	}
}

// retiredHandle stands in the cell of a file that another one has replaced
// under the same name. Nobody opens that name for the old file again.
var retiredHandle = &handle{slot: -1}

// retire closes the descriptor for good.
func (c *cell) retire(l *Log) {
	if h := c.p.Swap(retiredHandle); h != nil && h != retiredHandle {
		l.env.FDs.remove(h)
	}
}

func (c *cell) retired() bool { return c.p.Load() == retiredHandle }

// close gives the descriptor up; users of it finish undisturbed.
func (c *cell) close(l *Log) {
	for {
		h := c.p.Load()
		if h == nil || h == retiredHandle {
			return
		}
		if c.p.CompareAndSwap(h, nil) {
			l.env.FDs.remove(h)
			return
		}
	}
}
