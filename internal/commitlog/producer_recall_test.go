package commitlog

import (
	"errors"
	"testing"
)

// TestLastFiveSurviveRestart: a retry of any of a producer's last five batches is
// recognised after a restart, though a snapshot holds only the last one.
func TestLastFiveSurviveRestart(t *testing.T) {
	for name, reopen := range map[string]func(w *world, l *Log) *Log{
		"clean": func(w *world, l *Log) *Log {
			if err := l.Close(true); err != nil {
				t.Fatal(err)
			}
			return w.open(cleanAt(l.EndOffset()))
		},
		"killed": func(w *world, l *Log) *Log { return w.open() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			l := w.open()
			const batches = 8
			for i := range int32(batches) {
				w.append(l, 0, produced(7, 0, i*2, 2, w.nowMs))
				w.append(l, 0, produced(8, 0, i, 1, w.nowMs)) // somebody else's in between
			}
			end := l.EndOffset()
			l = reopen(w, l)
			for _, i := range []int32{3, 5, 4, 7, 6} {
				info, err := l.Append(0, produced(7, 0, i*2, 2, w.nowMs), AppendCheck{})
				if want := int64(i) * 3; err != nil || !info.Duplicate || info.BaseOffset != want {
					t.Fatalf("batch %d: %+v, %v, want a duplicate at %d", i, info, err, want)
				}
			}
			if _, err := l.Append(0, produced(7, 0, 2*2, 2, w.nowMs), AppendCheck{}); !errors.Is(err, ErrOutOfOrderSequence) {
				t.Fatalf("the sixth-last batch: %v", err)
			}
			if info := w.append(l, 0, produced(7, 0, batches*2, 1, w.nowMs)); info.BaseOffset != end {
				t.Fatalf("the next batch got offset %d, want %d", info.BaseOffset, end)
			}
			w.checked(l)
		})
	}
}
