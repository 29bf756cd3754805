package commitlog

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestTailReadLooksAtNothing: a reader that has everything up to the end gets what
// follows without a look into the file, also after the log was cut and grew again.
func TestTailReadLooksAtNothing(t *testing.T) {
	w := newWorld(t)
	var reads atomic.Int64
	w.env.FS = vfs.NewErrorFS(w.mem, func(op vfs.Op, _ string) error {
		if op == vfs.OpRead {
			reads.Add(1)
		}
		return nil
	})
	l := w.open()
	offset := int64(0)
	read := func(looks int64) []byte {
		t.Helper()
		before := reads.Load()
		s, err := l.Read(offset, 1<<20, l.EndOffset(), true)
		if err != nil {
			t.Fatal(err)
		}
		if got := reads.Load() - before; got > looks {
			t.Errorf("read at %d looked %d times into the file, want %d", offset, got, looks)
		}
		defer s.Release()
		offset = s.NextOffset
		b, err := s.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	batchOf := func(size int) []byte {
		b := records(2, size, w.nowMs)
		w.append(l, 0, b)
		return b
	}
	batchOf(10)
	read(1)
	for size := range 5 {
		want := append(batchOf(100+size), batchOf(7)...)
		if got := read(0); !bytes.Equal(got, want) {
			t.Errorf("size %d: %d bytes, want %d", size, len(got), len(want))
		}
	}

	// The same offset, another place: the log was cut and holds other batches.
	if err := l.TruncateTo(2); err != nil {
		t.Fatal(err)
	}
	for l.EndOffset() < offset {
		batchOf(500)
	}
	want := batchOf(60)
	if got := read(1); !bytes.Equal(got, want) {
		t.Errorf("after the cut: %d bytes, want %d", len(got), len(want))
	}
}
