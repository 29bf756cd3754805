package commitlog

import "testing"

// TestOverviewAtRest: what is said without loading is what loading finds.
func TestOverviewAtRest(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 300
	l := w.open()
	empty := l.Overview()
	for range 5 {
		w.append(l, 0, records(2, 80, w.nowMs))
	}
	if err := l.AdvanceStartOffset(3); err != nil {
		t.Fatal(err)
	}
	want := l.Overview()
	if empty.Bytes != 0 || empty.Start != 0 || empty.End != 0 || want.Segments < 3 || want.Start != 3 || want.End != 10 || want.Bytes != l.Size() {
		t.Fatalf("empty %+v, filled %+v", empty, want)
	}
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	l = w.open(cleanAt(10), func(o *Options) { o.LogStartOffset = 3 })
	for range 2 { // listed, and remembered
		if got := l.Overview(); got != want || l.Loaded() {
			t.Errorf("at rest %+v, loaded %v; want %+v", got, l.Loaded(), want)
		}
	}
	if err := l.Load(); err != nil {
		t.Fatal(err)
	}
	if got := l.Overview(); got != want {
		t.Errorf("loaded %+v, want %+v", got, want)
	}
}
