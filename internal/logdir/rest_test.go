package logdir

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// The limits of what a partition may cost that nobody uses. They are a little
// above what it costs.
const (
	restPartitions = 5000
	restBytes      = 800 // heap per partition
)

// TestPartitionsAtRest: partitions that nobody uses take little memory, no
// descriptors, and nothing from the disk: not while they are created and looked
// after, not after an orderly stop, and after kill -9 one look each.
func TestPartitionsAtRest(t *testing.T) {
	w := newWorld(t)
	var ops atomic.Int64
	w.fs = vfs.NewErrorFS(w.mem, func(_ vfs.Op, name string) error {
		if strings.HasPrefix(name, "data/a-") {
			ops.Add(1)
		}
		return nil
	})
	d := w.open()
	d.maker.wake = nil
	before := heap()
	for i := range int32(restPartitions) {
		w.create(d, tp("a", i), id(1))
	}
	ops.Store(0)
	w.lookAfter(d)
	w.costs(d, "created", before, &ops, 0)
	for d.makeNext() {
	}
	w.close(d, true)

	before = heap()
	ops.Store(0)
	d = w.open()
	w.lookAfter(d)
	w.costs(d, "after an orderly stop", before, &ops, 0)
	w.abandon(d)

	before = heap()
	ops.Store(0)
	d = w.open()
	w.lookAfter(d)
	w.costs(d, "after kill -9", before, &ops, restPartitions)
	w.close(d, true)
}

// lookAfter does what is done to all logs now and then.
func (w *world) lookAfter(d *Dirs) {
	d.SetHighWatermarks(func(p commitlog.TopicPartition) (int64, bool) {
		return w.get(d, p).EndOffset(), true // loads the log, as the owner would
	})
	h := housekeeper{d: d}
	h.pass(w.now())
	h.pass(w.now() + 10_000_000) // retention is due
	d.Flush()
	for _, p := range d.All() {
		if n := w.get(d, p).Size(); n != 0 {
			w.t.Errorf("%s has %d bytes", p, n)
		}
	}
}

func (w *world) costs(d *Dirs, when string, before uint64, ops *atomic.Int64, mostOps int64) {
	w.t.Helper()
	if n := ops.Load(); n > mostOps {
		w.t.Errorf("%s: %d file operations", when, n)
	}
	if each := int64(heap()-before) / restPartitions; each > restBytes {
		w.t.Errorf("%s: %d bytes per partition", when, each)
	} else {
		w.t.Logf("%s: %d bytes per partition", when, each)
	}
	if n := d.env.FDs.Len(); n > 0 {
		w.t.Errorf("%s: %d descriptors", when, n)
	}
	for _, p := range d.All() {
		if w.get(d, p).Loaded() {
			w.t.Fatalf("%s: %s is loaded", when, p)
		}
	}
}
