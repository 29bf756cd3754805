package logdir

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestRolledSegmentsCanBeCompactedAtOnce: the sync of a full segment does not wait
// for the flush pass, and the append that filled it does not wait for the sync.
func TestRolledSegmentsCanBeCompactedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t) // whose ticks never come
		d := w.open()
		compacted := commitlog.DefaultConfig()
		compacted.Compact, compacted.SegmentBytes = true, 1000
		deleted := compacted
		deleted.Compact = false
		l, err := d.Create(tp("compacted", 0), id(1), Home{}, &compacted)
		if err != nil {
			t.Fatal(err)
		}
		other, err := d.Create(tp("deleted", 0), id(2), Home{}, &deleted)
		if err != nil {
			t.Fatal(err)
		}
		w.fill(l, 5)
		w.fill(other, 20)
		synctest.Wait()
		if l.RecoveryPoint() != 0 || other.RecoveryPoint() != 0 {
			t.Fatalf("synced up to %d and %d without need", l.RecoveryPoint(), other.RecoveryPoint())
		}
		w.fill(l, 5)
		synctest.Wait()
		dirt, err := l.Dirt(commitlog.Unknown, l.EndOffset(), w.now())
		if err != nil || dirt.DirtyBytes == 0 {
			t.Fatalf("%+v %v", dirt, err)
		}
		if len(d.takeRolled()) != 0 {
			t.Error("the log would be synced again")
		}
		d.flush(nil)
		if got := w.read("data/recovery-point-offset-checkpoint"); got == "0\n0\n" {
			t.Error("the recovery point was forgotten")
		}
		w.close(d, true)
	})
}
