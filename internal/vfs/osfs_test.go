package vfs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestWriteAtv: more buffers than one system call takes, some of them empty.
func TestWriteAtv(t *testing.T) {
	for _, n := range []int{1, 2, 1024, 3000} {
		f, err := OS.Open(filepath.Join(t.TempDir(), "f"), os.O_CREATE|os.O_RDWR, 0o644)
		must(t, err)
		var bufs [][]byte
		var want []byte
		for i := range n {
			b := bytes.Repeat([]byte{byte(i)}, i%5)
			bufs = append(bufs, b)
			want = append(want, b...)
		}
		got, err := WriteAtv(f, bufs, 7)
		must(t, err)
		if got != len(want) {
			t.Errorf("%d buffers: wrote %d of %d", n, got, len(want))
		}
		read := make([]byte, len(want))
		if len(want) > 0 {
			must(t, ReadFull(f, read, 7))
		}
		if !bytes.Equal(read, want) {
			t.Errorf("%d buffers: content differs", n)
		}
		must(t, f.Close())
	}
}

func TestWriteAtvReportsErrors(t *testing.T) {
	f, err := OS.Open("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full")
	}
	defer f.Close()
	if _, err := WriteAtv(f, [][]byte{{1}, {2}}, 0); err == nil {
		t.Error("writing to a full device succeeded")
	}
}

func TestWriteAtvDoesNotAllocate(t *testing.T) {
	f, err := OS.Open(filepath.Join(t.TempDir(), "f"), os.O_CREATE|os.O_RDWR, 0o644)
	must(t, err)
	defer f.Close()
	bufs := make([][]byte, 50)
	for i := range bufs {
		bufs[i] = make([]byte, 100)
	}
	if n := testing.AllocsPerRun(50, func() {
		if _, err := WriteAtv(f, bufs, 0); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestReadFullOfShortFile(t *testing.T) {
	m := NewMem()
	write(t, m, "f", "abc", false)
	f, err := m.Open("f", os.O_RDONLY, 0)
	must(t, err)
	for _, off := range []int64{0, 2, 3, 100} {
		if err := ReadFull(f, make([]byte, 4), off); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("at %d: %v", off, err)
		}
	}
	if _, err := ReadFile(m, "f", 2); !errors.Is(err, ErrTooLarge) {
		t.Errorf("limit: %v", err)
	}
}

func TestErrorFS(t *testing.T) {
	boom := errors.New("boom")
	m := NewMem()
	e := NewErrorFS(m, FailNth(OpWrite, 2, func(name string) bool { return name == "f" }, boom))
	f, err := e.Open("f", os.O_CREATE|os.O_RDWR, 0o644)
	must(t, err)
	if _, err := f.WriteAt([]byte("ab"), 0); err != nil {
		t.Error(err)
	}
	if _, err := f.WriteAt([]byte("cd"), 2); !errors.Is(err, boom) {
		t.Error(err)
	}
	if _, err := f.WriteAt([]byte("ef"), 2); err != nil {
		t.Error(err)
	}
	torn := NewErrorFS(m, FailNth(OpWrite, 1, nil, ErrTorn))
	g, err := torn.Open("g", os.O_CREATE|os.O_RDWR, 0o644)
	must(t, err)
	if n, err := g.WriteAt([]byte("12345678"), 0); n != 4 || !errors.Is(err, ErrTorn) {
		t.Error(n, err)
	}
	if got := content(t, m, "g"); got != "1234" {
		t.Errorf("%q", got)
	}
}
