package commitlog

import (
	"fmt"
	"iter"

	"github.com/brolga-io/brolga/internal/vfs"
)

// kills looks, before each operation of a log's life that changes a file, at what the
// end of the process or of the power would leave there.
type kills struct {
	ops     int // so far
	look    func(op int)
	looking bool // what a look does is not part of the life
}

// on returns the file system of the life.
func (k *kills) on(mem *vfs.Mem) vfs.FS {
	return vfs.NewErrorFS(mem, func(op vfs.Op, _ string) error {
		if op.Changes() {
			k.point()
		}
		return nil
	})
}

// point is one operation, or the end of the life.
func (k *kills) point() {
	if k.looking {
		return
	}
	k.ops++
	k.looking = true
	k.look(k.ops)
	k.looking = false
}

// disksAfter are what a disk may hold after the power went at an operation: the three
// extremes, and random ones in which writes are torn at any byte or lack sectors.
func disksAfter(op, random int) iter.Seq2[string, vfs.CrashOptions] {
	all := func(vfs.Change) bool { return true }
	whole := func(_ string, _ int64, n int) int { return n }
	cut := func(string, int64) bool { return true }
	return func(yield func(string, vfs.CrashOptions) bool) {
		at := fmt.Sprintf("operation %d, ", op)
		if !yield(at+"nothing kept", vfs.CrashOptions{}) ||
			!yield(at+"entries kept", vfs.CrashOptions{KeepChange: all}) ||
			!yield(at+"all kept", vfs.CrashOptions{KeepChange: all, KeepWrite: whole, KeepTruncate: cut}) {
			return
		}
		for seed := range random {
			if !yield(fmt.Sprint(at, "seed ", seed), someKept(uint64(op), uint64(seed))) {
				return
			}
		}
	}
}

// someKept keeps a random part of what was not synced.
func someKept(op, seed uint64) vfs.CrashOptions { return vfs.RandomCrash(op<<8 + seed) }
