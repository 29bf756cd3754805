package logdir

import (
	"strings"
	"testing"
)

// TestDeletedSegmentsGoInTime: the files of deleted segments go
// file.delete.delay.ms after their deletion, not with the next retention pass.
func TestDeletedSegmentsGoInTime(t *testing.T) {
	w := newCleanerWorld(t)
	w.log.Compact, w.log.Delete = false, true
	w.log.RetentionMs, w.log.FileDeleteDelayMs, w.log.SegmentBytes = 10_000, 60_000, 10_000
	w.open()
	l := w.create("t")
	w.fill(l, 30_000)
	w.nowMs.Add(10_001)
	w.append(l, "k", "young")
	w.d.Retain(w.nowMs.Load())
	waiting := func() (n int) {
		entries, err := w.mem.ReadDir("data/t-0")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".deleted") {
				n++
			}
		}
		return n
	}
	if waiting() == 0 {
		t.Fatal("nothing was deleted")
	}
	pass(w, 59_999)
	if waiting() == 0 {
		t.Fatal("removed too early")
	}
	pass(w, 1)
	if n := waiting(); n != 0 {
		t.Fatalf("%d files are left when file.delete.delay.ms is over", n)
	}
	if n := len(w.d.doomed); n != 0 {
		t.Fatalf("%d logs are still looked at", n)
	}
	w.fill(l, 30_000)
	w.nowMs.Add(10_001)
	w.d.Retain(w.nowMs.Load())
	if waiting() == 0 {
		t.Fatal("nothing was deleted")
	}
	if err := w.d.Close(true); err != nil {
		t.Fatal(err)
	}
	if n := waiting(); n != 0 {
		t.Fatalf("%d files are left to a log at rest", n)
	}
}
