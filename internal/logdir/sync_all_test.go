package logdir

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestSyncAll: what a process that died had only written survives a power failure
// after SyncAll, files that it had just made included.
func TestSyncAll(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	for i := range int32(20) {
		w.fill(w.create(d, tp("t", i), id(1)), 3)
	}
	w.create(d, tp("empty", 0), id(2))
	w.abandon(d)
	d = w.open()
	if err := d.SyncAll(); err != nil {
		t.Fatal(err)
	}
	w.abandon(d)
	w.loseUnsynced()
	d = w.open()
	for i := range int32(20) {
		w.end(d, tp("t", i), 3)
	}
	w.close(d, true)
}

func TestSyncAllFails(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	w.fill(w.create(d, tp("t", 0), id(1)), 3)
	w.abandon(d)
	w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if op == vfs.OpSync && parentOf(name) == "data/t-0" {
			return errDisk
		}
		return nil
	})
	d = w.open()
	if err := d.SyncAll(); !errors.Is(err, errDisk) || len(w.fails) != 1 {
		t.Errorf("%v, %d failures", err, len(w.fails))
	}
	_ = d.Close(false) // the logs of a failed directory do not close well
}
