package logdir

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestCloseUntil: a close that runs out of time syncs no more, gives no mark, and
// loses nothing that the system still has; partitions at rest do not count.
func TestCloseUntil(t *testing.T) {
	const partitions = 6
	for _, c := range []struct {
		name  string
		looks int64 // after so many the time is up
		clean bool
	}{
		{"no time at all", 0, false},
		{"time is up on the way", 5, false},
		{"time enough", 1000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			d := w.open()
			for i := range int32(partitions) {
				w.fill(w.create(d, tp("a", i), id(1)), 3)
			}
			var looks atomic.Int64
			if err := d.CloseUntil(func() bool { return looks.Add(1) > c.looks }); err != nil {
				t.Fatal(err)
			}
			if w.exists("data/"+cleanShutdownName) != c.clean {
				t.Errorf("the mark is there: %v", !c.clean)
			}
			d = w.open()
			for i := range int32(partitions) {
				w.end(d, tp("a", i), 3)
			}
			w.close(d, true)
		})
	}
}

// TestFlushGivesWayToClose: a round of the flusher ends where it is when the logs are
// about to be closed, and Close syncs what is left.
func TestFlushGivesWayToClose(t *testing.T) {
	w := newWorld(t)
	var syncs atomic.Int64
	var d *Dirs
	w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if op == vfs.OpSync && strings.HasPrefix(name, "data/a-") && strings.HasSuffix(name, ".log") && syncs.Add(1) == 1 {
			close(d.stop)
		}
		return nil
	})
	w.cfg.Stepped = true // nothing else runs
	d = w.open()
	for i := range int32(3) {
		w.fill(w.create(d, tp("a", i), id(1)), 3)
	}
	d.Flush()
	if n := syncs.Load(); n != 1 {
		t.Errorf("%d logs were synced", n)
	}
	d.stop = make(chan struct{})
	w.close(d, true)
	if n := syncs.Load(); n < 3 {
		t.Errorf("%d logs were synced in the end", n)
	}
	w.loseUnsynced()
	d = w.open()
	for i := range int32(3) {
		w.end(d, tp("a", i), 3)
	}
	w.close(d, true)
}
