package commitlog

import (
	"fmt"
	"testing"
)

// TestTruncateInsideCompactionGap: an offset between two batches that compaction
// has taken the records out of is no end that a restart would find again. A log
// cut there ends with the last batch it keeps, and a kill is not taken for the
// loss of flushed data.
func TestTruncateInsideCompactionGap(t *testing.T) {
	for _, tc := range []struct{ to, end int64 }{
		{6, 5}, // behind the last batch of a segment, before the next one
		{4, 2}, // inside the gap before the last batch
		{3, 2},
		{2, 2}, // right behind a batch: nothing to find
		{1, 1},
	} {
		t.Run(fmt.Sprint("to ", tc.to), func(t *testing.T) {
			w := newCompactWorld(t)
			l := w.open()
			for i, key := range []string{"a", "b", "c", "c", "c", "d", "d"} {
				w.append(l, 1, keyed(w.nowMs, put(key, fmt.Sprint(i))))
			}
			w.roll(l)
			w.append(l, 1, keyed(w.nowMs, put("d", "last")))
			w.roll(l)
			w.append(l, 1, keyed(w.nowMs, put("e", "1")))
			w.compact(l, Unknown)
			wantContent(t, l, "0 a=0", "1 b=1", "4 c=4", "7 d=last", "8 e=1")
			if err := l.Sync(); err != nil {
				t.Fatal(err)
			}
			if err := l.TruncateTo(tc.to); err != nil {
				t.Fatal(err)
			}
			if end := l.EndOffset(); end != tc.end {
				t.Fatalf("the log ends at %d, not %d", end, tc.end)
			}
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
			for _, synced := range []bool{false, true} {
				if synced {
					if err := l.Sync(); err != nil {
						t.Fatal(err)
					}
				}
				point := l.RecoveryPoint()
				if err := l.Close(false); err != nil {
					t.Fatal(err)
				}
				l = w.open(recoveryPoint(point))
				if l.EndOffset() != tc.end {
					t.Fatalf("synced %v: after a kill the log ends at %d, not %d", synced, l.EndOffset(), tc.end)
				}
			}
			w.append(l, 2, keyed(w.nowMs, put("new", "1")))
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
