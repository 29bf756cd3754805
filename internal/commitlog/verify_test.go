package commitlog

import (
	"bytes"
	"errors"
	"testing"
)

// TestVerifyFindsEveryFlippedBit of a log that was flushed, whether the CRC covers it or
// not. A leader epoch that grows contradicts nothing but the batches behind it, which
// those of the last epoch do not have.
func TestVerifyFindsEveryFlippedBit(t *testing.T) {
	w := filled(t)
	l := w.open(recoveryPoint(30))
	read := 0
	if err := l.Verify(func(n int) bool { read += n; return true }); err != nil || read != 10*batchBytes {
		t.Fatalf("a good log: %v after %d bytes", err, read)
	}
	l.Close(true)
	name := logFileName(w.bases()[1])
	good := w.get(name)
	missed := 0
	for at := range good {
		for bit := range 8 {
			b := bytes.Clone(good)
			b[at] ^= 1 << bit
			w.put(name, b)
			l, err := w.tryOpen(recoveryPoint(30))
			if err == nil {
				err = l.Verify(func(int) bool { return true })
				l.Close(false)
			}
			inEpoch := at%batchBytes >= 12 && at%batchBytes < 16
			if err == nil && inEpoch {
				missed++
			} else if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("bit %d of byte %d: %v", bit, at, err)
			}
		}
	}
	if batches := len(good) / batchBytes; missed > batches*32 {
		t.Errorf("%d flipped bits of leader epochs in %d batches were missed", missed, batches)
	}
}

// TestVerifyOfALogInUse: what is appended, cut and deleted meanwhile is no damage.
func TestVerifyOfALogInUse(t *testing.T) {
	w := filled(t)
	l := w.open(recoveryPoint(30))
	step := 0
	err := l.Verify(func(int) bool {
		switch step++; step {
		case 1:
			w.append(l, 5, records(3, 60, w.nowMs))
			if _, _, err := l.TruncateForLeader(5, 25); err != nil {
				t.Fatal(err)
			}
		case 2:
			if err := l.AdvanceStartOffset(24); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	if err != nil || step < 2 {
		t.Errorf("%v after %d steps", err, step)
	}
	l.Close(false)
	if err := l.Verify(func(int) bool { return true }); err != nil {
		t.Errorf("a closed log: %v", err)
	}
	l = w.open(recoveryPoint(24))
	if err := l.Verify(func(int) bool { return false }); err != nil {
		t.Errorf("ended at once: %v", err)
	}
}
