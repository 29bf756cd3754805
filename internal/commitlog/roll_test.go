package commitlog

import (
	"path/filepath"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestFirstSegmentOutlivesItsFollowers: no power loss, whichever names of files it takes,
// leaves a log without its first segment and with a later one.
func TestFirstSegmentOutlivesItsFollowers(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 1150
	l := w.open(recoveryPoint(0))
	for i := range 10 {
		w.append(l, 0, records(3, 60, w.nowMs+int64(i)))
	}
	if len(l.segmentList()) < 3 {
		t.Fatal("too few segments")
	}
	for i, base := range w.bases()[:2] {
		disk := w.mem.CrashClone(vfs.CrashOptions{KeepChange: func(c vfs.Change) bool {
			return filepath.Base(c.Name) != logFileName(base)
		}})
		_, gone := disk.Stat(filepath.Join(testDir, logFileName(base)))
		_, later := disk.Stat(filepath.Join(testDir, logFileName(w.bases()[i+1])))
		if gone != nil && later == nil {
			t.Errorf("segment %d is gone and the next one is there", base)
		}
	}
}
