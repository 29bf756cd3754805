package server

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// startTCP runs a server on a real socket.
func startTCP(t testing.TB, cfg Config, h Handler) (*Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(cfg, h)
	s.Serve("TCP", l)
	t.Cleanup(func() { s.Shutdown(time.Second) })
	return s, l.Addr().String()
}

func dialTCP(t testing.TB, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// waitFor yields until cond holds.
func waitFor(t testing.TB, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !cond(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within 10s")
		}
	}
}

// fileRange is a FileSlice of a real file.
type fileRange struct {
	f    *os.File
	pos  int64
	n    int
	real bool
}

func (r *fileRange) Len() int { return r.n }

func (r *fileRange) ReadAt(p []byte, off int64) (int, error) { return r.f.ReadAt(p, r.pos+off) }

func (r *fileRange) Region() (uintptr, int64, bool) { return r.f.Fd(), r.pos, r.real }

func testFile(t *testing.T, size int) (*os.File, []byte) {
	t.Helper()
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	name := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, content
}

func TestAnswersWithFiles(t *testing.T) {
	f, content := testFile(t, 5<<20)
	for _, n := range []int{1, 4096, copyMaxBytes - 100, copyMaxBytes + 1, 5<<20 - 3} {
		for _, real := range []bool{true, false} {
			h := newTestHandler()
			h.file, h.fileTail = &fileRange{f: f, pos: 3, n: n, real: real}, []byte("tail")
			_, addr := startTCP(t, Config{}, h)
			c := dialTCP(t, addr)
			for i := range int32(3) {
				mustWrite(t, c, frame(keyFile, i))
				id, body := readAnswer(t, c)
				if id != i || !bytes.Equal(body[:n], content[3:3+n]) || string(body[n:]) != "tail" {
					t.Fatalf("%d bytes, real descriptor %v: answer %d of %d bytes is wrong", n, real, id, len(body))
				}
			}
		}
	}
}

func TestFileToASlowReader(t *testing.T) {
	f, content := testFile(t, 8<<20)
	h := newTestHandler()
	h.file = &fileRange{f: f, n: len(content), real: true}
	_, addr := startTCP(t, Config{SendBufferBytes: 128 << 10}, h)
	c := dialTCP(t, addr)
	mustWrite(t, c, frame(keyFile, 1))
	var got bytes.Buffer
	for got.Len() < len(content)+8 {
		if _, err := io.CopyN(&got, c, int64(min(100_000, len(content)+8-got.Len()))); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got.Bytes()[8:], content) {
		t.Error("the content is wrong")
	}
}

// TestBad16ClientGoesAwayDuringAFile: the slice is let go and nothing else
// suffers.
func TestBad16ClientGoesAwayDuringAFile(t *testing.T) {
	f, content := testFile(t, 8<<20)
	h := newTestHandler()
	h.file = &fileRange{f: f, n: len(content), real: true}
	s, addr := startTCP(t, Config{}, h)
	for range 20 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, c, frame(keyFile, 1))
		if _, err := io.CopyN(io.Discard, c, 1000); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	waitFor(t, func() bool { return s.ConnectionCount() == 0 })
}

// TestBad6ByteByByteOverTCP sends one byte per segment.
func TestBad6ByteByByteOverTCP(t *testing.T) {
	_, addr := startTCP(t, Config{}, newTestHandler())
	c := dialTCP(t, addr)
	in := frame(keyStaged, 1, stageOK)
	in = append(in, frame(keyEcho, 2, []byte("hello")...)...)
	for i := range in {
		mustWrite(t, c, in[i:i+1])
	}
	for want := range int32(2) {
		if id, _ := readAnswer(t, c); id != want+1 {
			t.Errorf("answer %d, want %d", id, want+1)
		}
	}
}

func TestLargeFramesOverTCP(t *testing.T) {
	_, addr := startTCP(t, Config{MaxRequestBytes: 40 << 20}, newTestHandler())
	c := dialTCP(t, addr)
	for _, n := range []int{0, 1, readBufBytes - 12, readBufBytes, 1 << 20, 5<<20 + 1, 30 << 20, 10} {
		body := bytes.Repeat([]byte{byte(n)}, n)
		done := make(chan error, 1)
		go func() {
			_, err := c.Write(frame(keyEcho, int32(n), body...))
			done <- err
		}()
		if id, got := readAnswer(t, c); id != int32(n) || !bytes.Equal(got, body) {
			t.Fatalf("echo of %d bytes: answer %d of %d bytes", n, id, len(got))
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

// TestIdleConnectionIsLean: what a connection that was used and is idle holds.
func TestIdleConnectionIsLean(t *testing.T) {
	s, addr := startTCP(t, Config{}, newTestHandler())
	const n = 1000
	before := heapInUse()
	for i := range n {
		c := dialTCP(t, addr)
		mustWrite(t, c, frame(keyStaged, 1, stageOK))
		readAnswer(t, c)
		mustWrite(t, c, frame(keyEcho, int32(i), make([]byte, 1000)...))
		readAnswer(t, c)
	}
	waitFor(t, func() bool { return s.ConnectionCount() == n })
	// Both ends live in this process; the client's is about 1 KiB.
	if perConn := (heapInUse() - before) / n; perConn > 6<<10 {
		t.Errorf("%d bytes per idle connection", perConn)
	} else {
		t.Logf("%d bytes per idle connection, client end included", perConn)
	}
}
