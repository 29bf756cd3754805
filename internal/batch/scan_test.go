package batch

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// plainRecord encodes a record.
func plainRecord(offsetDelta int64, key, value []byte, headers ...[]byte) []byte {
	lengthAnd := func(b, field []byte) []byte {
		if field == nil {
			return appendVarint(b, -1)
		}
		return append(appendVarint(b, int64(len(field))), field...)
	}
	body := appendVarint(appendVarint([]byte{0}, 5), offsetDelta)
	body = lengthAnd(lengthAnd(body, key), value)
	body = appendVarint(body, int64(len(headers)/2))
	for _, h := range headers {
		body = lengthAnd(body, h)
	}
	return append(appendVarint(nil, int64(len(body))), body...)
}

// TestScanSeesWhatAWalkSees: a record read piece by piece is judged like one that is
// there as a whole, whether it is right or was cut, lengthened or changed.
func TestScanSeesWhatAWalkSees(t *testing.T) {
	big := func(n int) []byte { return bytes.Repeat([]byte("x"), n) }
	seeds := [][]byte{
		plainRecord(0, []byte("k"), big(windowSize)),
		plainRecord(0, big(2*windowSize), nil),
		plainRecord(0, nil, big(3*windowSize), []byte("h"), big(windowSize), []byte{}, nil),
		plainRecord(0, big(windowSize-10), big(windowSize+10), big(windowSize), []byte("v")),
		plainRecord(0, nil, []byte("small"), []byte("h"), nil),
	}
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(rapid.SampledFrom(seeds).Draw(t, "record"))
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			// The lengths are at the front, between the fields and near the end.
			at := rapid.SampledFrom([]int{rapid.IntRange(0, 12).Draw(t, "front"), len(b) - 1 - rapid.IntRange(0, 12).Draw(t, "end"),
				rapid.IntRange(0, len(b)-1).Draw(t, "anywhere")}).Draw(t, "at")
			b[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		}
		b = b[:len(b)-rapid.SampledFrom([]int{0, 0, 0, 1, 7, windowSize}).Draw(t, "cut")%len(b)]
		var want, got recordInfo
		body, _, whole := cutRecord(b)
		wantOK := whole && walkRecord(body, &want)
		w, err := openWindow(Gzip, appendCompressed(nil, b, Gzip, DefaultLevel), 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		defer w.close()
		gotOK, err := w.scan(&got, 0)
		if gotOK && err != nil {
			t.Fatalf("right and wrong: %v", err)
		}
		if gotOK != wantOK || wantOK && got != want {
			t.Fatalf("scan: %v %+v, %v; walk: %v %+v", gotOK, got, err, wantOK, want)
		}
		if cap(w.buf) > 16*windowSize {
			t.Fatalf("the window grew to %d", cap(w.buf))
		}
	})
}

// TestScanTakesNoMemory: a record of 60 MB is checked in a window.
func TestScanTakesNoMemory(t *testing.T) {
	b := packed(Gzip, sample(None, 1, 1), appendCompressed(nil, plainRecord(0, []byte("k"), make([]byte, 60<<20)), Gzip, DefaultLevel))
	if _, err := Validate(b, lenient); err != nil { // the first time fills the pools
		t.Fatal(err)
	}
	before := allocated()
	if _, err := Validate(b, lenient); err != nil {
		t.Fatal(err)
	}
	if used := allocated() - before; used > 1<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

// zstdFrame is a frame of five bytes that asks for a window of 2^log bytes.
func zstdFrame(log int) []byte {
	return []byte{0x28, 0xb5, 0x2f, 0xfd, 0, byte(log-10) << 3, 5<<3 | 1, 0, 0, 1, 2, 3, 4, 5}
}

// TestLargeWindowsOneAtATime: what asks for the memory of zstd's highest level gets
// it, and not many of them at once.
func TestLargeWindowsOneAtATime(t *testing.T) {
	for _, log := range []int{10, 23, 24, 27} {
		if out, err := Decompress(Zstd, zstdFrame(log), 100); err != nil || len(out) != 5 {
			t.Errorf("window of 2^%d: %d bytes, %v", log, len(out), err)
		}
	}
	if _, err := Decompress(Zstd, zstdFrame(28), 100); err == nil {
		t.Error("a window of 256 MB is accepted")
	}
	// A second frame may not ask for more than the first one was given.
	if _, err := Decompress(Zstd, append(zstdFrame(20), zstdFrame(27)...), 100); err == nil {
		t.Error("a large window behind a small one is accepted")
	}
	first, err := openDecompressor(Zstd, zstdFrame(27))
	if err != nil {
		t.Fatal(err)
	}
	if largeWindow.TryLock() {
		t.Fatal("a large window does not hold the lock")
	}
	for range 100 { // others go on meanwhile
		if _, err := Decompress(Zstd, zstdFrame(20), 100); err != nil {
			t.Fatal(err)
		}
	}
	closeDecompressor(first)
	if !largeWindow.TryLock() {
		t.Fatal("the lock is still held")
	}
	largeWindow.Unlock()
}
