package commitlog

import (
	"bytes"
	"errors"
	"testing"
)

// TestChangedAfterAnOrderlyEnd: the mark of an orderly end says nothing of what happened
// to the files since. What follows the recovery point is cut, and what is missing or
// damaged before it is refused and can be salvaged.
func TestChangedAfterAnOrderlyEnd(t *testing.T) {
	const end = 30
	for name, c := range map[string]struct {
		damage  func(b []byte) []byte
		cut     int64 // bytes
		salvage int64 // end of what can be salvaged; 0: nothing is wrong with it
	}{
		"nothing":             {func(b []byte) []byte { return b }, 0, 0},
		"garbage":             {func(b []byte) []byte { return append(b, bytes.Repeat([]byte{0xa5}, 300)...) }, 300, 0},
		"zeros":               {func(b []byte) []byte { return append(b, make([]byte, 4096)...) }, 4096, 0},
		"half a header":       {func(b []byte) []byte { return append(b, b[:20]...) }, 20, 0},
		"the last batch anew": {func(b []byte) []byte { return append(b, b[len(b)-batchBytes:]...) }, batchBytes, 0},
		"cut in the records":  {func(b []byte) []byte { return b[:len(b)-1] }, 0, 27},
		"cut at a batch":      {func(b []byte) []byte { return b[:len(b)-batchBytes] }, 0, 27},
		"a flipped bit":       {func(b []byte) []byte { b[len(b)-5] ^= 4; return b }, 0, 27},
		"a flipped length":    {func(b []byte) []byte { b[len(b)-batchBytes+10] ^= 4; return b }, 0, 27},
		"emptied":             {func([]byte) []byte { return nil }, 0, 24},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.cfg.SegmentBytes, w.cfg.IndexIntervalBytes = 1150, 200
			l := w.open(recoveryPoint(0))
			for range end / 3 {
				w.append(l, 1, records(3, 60, w.nowMs))
			}
			if err := l.Close(true); err != nil {
				t.Fatal(err)
			}
			bases := w.bases()
			last := logFileName(bases[len(bases)-1])
			w.put(last, c.damage(w.get(last)))

			l = w.open(cleanAt(end))
			err := l.Load()
			if c.salvage == 0 {
				if err != nil || l.EndOffset() != end || l.Recovered().CutBytes != c.cut {
					t.Fatalf("end %d, %+v, %v", l.EndOffset(), l.Recovered(), err)
				}
			} else {
				if !errors.Is(err, ErrCorrupt) {
					t.Fatalf("loaded up to %d, %v", l.EndOffset(), err)
				}
				l = w.open(recoveryPoint(end), func(o *Options) { o.Salvage = true })
				if l.EndOffset() != c.salvage {
					t.Fatalf("salvaged up to %d, want %d", l.EndOffset(), c.salvage)
				}
			}
			w.append(l, 2, records(2, 5, w.nowMs))
			w.checked(l)
		})
	}
}

// TestOrderlyEndWithoutARecoveryPoint: the checkpoint is gone, the batches tell the end.
func TestOrderlyEndWithoutARecoveryPoint(t *testing.T) {
	w := filled(t)
	if l := w.open(cleanAt(Unknown)); l.EndOffset() != 30 {
		t.Errorf("the end is %d", l.EndOffset())
	}
}
