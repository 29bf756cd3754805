package commitlog

import "testing"

func TestSmoke(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 10000
	l := w.open()
	for i := range 200 {
		info := w.append(l, 1, records(3, 100, w.nowMs+int64(i)))
		if info.BaseOffset != int64(3*i) {
			t.Fatal(info)
		}
	}
	b := readAll(t, l, 0, 4096)
	t.Log(len(b), l.EndOffset(), l.Size())
	if int64(len(b)) != l.Size() { t.Fatal("size") }
	f, ok, err := l.OffsetForTime(w.nowMs+100)
	t.Log(f, ok, err)
	f, ok, err = l.MaxTimestamp()
	t.Log(f, ok, err)
	l2 := w.open()
	t.Log(l2.EndOffset(), l2.Recovered())
	if err := l.Close(true); err != nil { t.Fatal(err) }
	l3 := w.open(cleanAt(600))
	t.Log(l3.EndOffset(), l3.Size())
	w.append(l3, 1, records(3, 100, w.nowMs))
	if err := l3.TruncateTo(100); err != nil { t.Fatal(err) }
	t.Log(l3.EndOffset(), l3.Size())
	b = readAll(t, l3, 0, 4096)
	t.Log(len(b))
}
