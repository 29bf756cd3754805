package testcluster

import (
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
)

// disk is the files of a machine as one process sees them. When the process is dead
// nothing that it still does reaches the files, and they belong to the next one.
type disk struct {
	vfs.FS

	mu      sync.Mutex
	dead    bool
	slow    time.Duration // what each sync takes
	stalled chan struct{} // syncs wait until it is closed; nil: they do not
	held    int           // syncs that waited
	locks   []io.Closer
}

func newDisk(files *vfs.Mem) *disk {
	d := &disk{}
	d.FS = vfs.NewErrorFS(files, d.before)
	return d
}

// before is asked before each operation. It waits here when syncs are slow: those of
// logs and of raft's hard state. Others are rare and some are made under a mutex that
// guards the file itself, for which others wait in a way that stops the bubble's clock.
func (d *disk) before(op vfs.Op, name string) error {
	d.mu.Lock()
	dead, wait, stalled := d.dead, d.slow, d.stalled
	sync := op == vfs.OpSync && (strings.HasSuffix(name, ".log") || strings.Contains(name, "quorum-state"))
	if sync && !dead && (wait > 0 || stalled != nil) {
		d.held++
	}
	d.mu.Unlock()
	if sync && !dead {
		if wait > 0 {
			time.Sleep(wait) // the bubble's time
		}
		if stalled != nil {
			<-stalled
		}
		d.mu.Lock()
		dead = d.dead
		d.mu.Unlock()
	}
	if dead {
		return syscall.EIO
	}
	return nil
}

// Lock implements vfs.FS: a lock ends with its process.
func (d *disk) Lock(path string) (io.Closer, error) {
	c, err := d.FS.Lock(path)
	if err == nil {
		d.mu.Lock()
		d.locks = append(d.locks, c)
		d.mu.Unlock()
	}
	return c, err
}

// setSlow makes each sync take that long.
func (d *disk) setSlow(wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.slow = wait
}

// stall makes syncs wait until the returned func is called.
func (d *disk) stall() (resume func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	stalled := make(chan struct{})
	d.stalled = stalled
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.stalled = nil
		close(stalled)
	})
}

// Held is how many syncs were slow.
func (d *disk) heldSyncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held
}

// die is the end of the process.
func (d *disk) die() {
	d.mu.Lock()
	d.dead = true
	locks := d.locks
	d.locks = nil
	d.mu.Unlock()
	for _, l := range locks {
		_ = l.Close() // of Mem, never fails
	}
}

// losePower returns what a machine finds after a power loss: what was synced, and a
// part of the rest that chance picks. Writes are kept up to any byte.
func losePower(files *vfs.Mem, rng *rand.Rand) *vfs.Mem {
	keep := rng.Float64() // of this loss: nearly nothing up to nearly everything
	return files.CrashClone(vfs.CrashOptions{
		KeepChange: func(vfs.Change) bool { return rng.Float64() < keep },
		KeepWrite: func(_ string, _ int64, n int) int {
			switch r := rng.Float64(); {
			case r < keep*0.9:
				return n
			case r < keep:
				return rng.IntN(n + 1)
			}
			return 0
		},
		KeepTruncate: func(string, int64) bool { return rng.Float64() < keep },
	})
}
