package simulator

import (
	"errors"
	"io"
	"math/rand/v2"

	"github.com/brolga-io/brolga/internal/vfs"
)

var (
	errDead = errors.New("the process has ended")
	errIO   = errors.New("input/output error")
)

// files are a process's view of its machine's files: it ends with the process, and
// fails or ends it at an operation that the seed picks.
type files struct {
	vfs.FS
	p     *process
	locks []io.Closer
	ops   int // that change something
	// dieAt and failAt are the operations at which the process dies, or gets an
	// error; 0 for none.
	dieAt, failAt int
	torn          bool // the write at dieAt goes half-way
}

func newFiles(p *process) *files {
	f := &files{p: p}
	f.FS = vfs.NewErrorFS(p.node.mem, f.inject)
	return f
}

func (f *files) inject(op vfs.Op, name string) error {
	switch {
	case f.p.dead && op != vfs.OpClose:
		return errDead
	case !op.Changes():
		return nil
	}
	f.ops++
	switch f.ops {
	case f.dieAt:
		f.p.w.note("node %d dies in its operation %d on files", f.p.node.id, f.ops)
		f.p.die()
		if f.torn && op == vfs.OpWrite {
			return vfs.ErrTorn
		}
		return errDead
	case f.failAt:
		f.p.w.note("node %d: error in operation %d on files", f.p.node.id, f.ops)
		f.p.failedIO = true
		if f.torn && op == vfs.OpWrite {
			return vfs.ErrTorn
		}
		return errIO
	}
	return nil
}

// Lock implements vfs.FS: a lock ends with its process.
func (f *files) Lock(path string) (io.Closer, error) {
	c, err := f.FS.Lock(path)
	if err == nil {
		f.locks = append(f.locks, c)
	}
	return c, err
}

func (f *files) unlock() {
	for _, l := range f.locks {
		_ = l.Close() // of vfs.Mem, never fails
	}
	f.locks = nil
}

// losePower is what the machine finds after a power loss: what was synced, and of the
// rest what chance picks: nothing, all, any operations by themselves (so that later
// writes survive earlier ones, with zeros between), or writes cut in the middle. The
// choice depends on names and places, not on the order in which they are asked for.
func losePower(mem *vfs.Mem, rng *rand.Rand) *vfs.Mem {
	salt, mode, keep := rng.Uint64(), rng.IntN(4), rng.Float64()
	chance := func(name string, at, n int64) float64 {
		h := salt ^ fnvOffset
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * fnvPrime
		}
		h = (h ^ uint64(at)*31 ^ uint64(n)) * fnvPrime
		h ^= h >> 29
		h *= 0xbf58476d1ce4e5b9
		h ^= h >> 32
		return float64(h%(1<<20)) / (1 << 20)
	}
	kept := func(c float64) bool { return mode == 1 || mode > 1 && c < keep }
	return mem.CrashClone(vfs.CrashOptions{
		KeepChange: func(c vfs.Change) bool { return kept(chance(c.Name+">"+c.NewName, int64(c.Op), 0)) },
		KeepWrite: func(name string, off int64, n int) int {
			c := chance(name, off, int64(n))
			switch {
			case !kept(c):
				return 0
			case mode == 3:
				return int(float64(n) * min(1, c/keep*1.3))
			}
			return n
		},
		KeepTruncate: func(name string, size int64) bool { return kept(chance(name, size, -1)) },
	})
}
