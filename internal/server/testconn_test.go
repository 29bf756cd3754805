package server

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// pipeListener hands out the server ends of in-memory connections.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// Keys of the test protocol: a frame is key(2) version(2) correlation(4) body.
const (
	keyStaged = 0 // body[0]: what becomes of it, see testRun
	keyEcho   = 1 // answers with the body
	keyBlock  = 2 // answers when testHandler.unblock is closed or the server stops
	keyClose  = 3 // closes without an answer
	keyFile   = 4 // answers with slices of testHandler.file
)

// What a staged request asks for.
const (
	stageOK      = 0
	stageWait    = 1 // one hole, its ticket goes to testHandler.tickets
	stageSilent  = 2 // no answer
	stageClose   = 3 // Stage fails
	stageTwoWait = 4 // two holes
)

type testHandler struct {
	mu       sync.Mutex
	commits  []int // requests per commit
	gone     int
	tickets  chan armedTicket
	unblock  chan struct{}
	file     FileSlice
	fileTail []byte
}

type armedTicket struct {
	conn   *Conn
	ticket uint64
}

func newTestHandler() *testHandler {
	return &testHandler{tickets: make(chan armedTicket, 30_000), unblock: make(chan struct{})}
}

func (h *testHandler) Connected(*Conn)       {}
func (h *testHandler) Stages(key int16) bool { return key == keyStaged }

func (h *testHandler) NewRun(c *Conn, out *Answers) Run {
	return &testRun{h: h, c: c, out: out}
}

func (h *testHandler) Disconnected(*Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone++
}

func (h *testHandler) Serve(c *Conn, frame []byte, out *Response) error {
	out.B = append(out.B, frame[4:8]...)
	switch binary.BigEndian.Uint16(frame) {
	case keyEcho:
		out.B = append(out.B, frame[8:]...)
	case keyBlock:
		select {
		case <-h.unblock:
		case <-c.Stopping():
		}
	case keyFile:
		out.AddFile(len(out.B), h.file)
		out.B = append(out.B, h.fileTail...)
	default:
		return errors.New("asked to close")
	}
	return nil
}

type testRun struct {
	h     *testHandler
	c     *Conn
	out   *Answers
	count int
	holes [][2]int // answer, position
	armed []uint64
}

func (r *testRun) Stage(frame []byte) error {
	if frame[8] == stageClose {
		return errors.New("refused")
	}
	r.count++
	if frame[8] == stageSilent {
		return nil
	}
	b := append(r.out.Begin(), frame[4:8]...)
	var at []int
	for range map[byte]int{stageWait: 1, stageTwoWait: 2}[frame[8]] {
		at = append(at, len(b))
		b = append(b, 0, 0)
	}
	answer := r.out.End(b, 1000, 7)
	for _, pos := range at {
		r.holes = append(r.holes, [2]int{answer, pos})
	}
	return nil
}

func (r *testRun) Commit() error {
	r.h.mu.Lock()
	r.h.commits = append(r.h.commits, r.count)
	r.h.mu.Unlock()
	for _, hole := range r.holes {
		r.armed = append(r.armed, r.out.Hole(hole[0], hole[1]))
	}
	return nil
}

func (r *testRun) Armed() {
	for _, t := range r.armed {
		r.h.tickets <- armedTicket{r.c, t}
	}
}

// frame encodes one request of the test protocol.
func frame(key int16, correlation int32, body ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	b = binary.BigEndian.AppendUint16(b, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(correlation))
	return append(b, body...)
}

// readAnswer reads one answer and splits it.
func readAnswer(t *testing.T, c io.Reader) (correlation int32, body []byte) {
	t.Helper()
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		t.Fatalf("reading the length of an answer: %v", err)
	}
	b := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatalf("reading an answer of %d bytes: %v", len(b), err)
	}
	return int32(binary.BigEndian.Uint32(b)), b[4:]
}

func mustWrite(t *testing.T, c io.Writer, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatalf("writing a request: %v", err)
	}
}

// mustBeClosed checks that the server closes the connection without another byte.
func mustBeClosed(t *testing.T, c io.Reader) {
	t.Helper()
	n, err := c.Read(make([]byte, 1))
	if n != 0 || err == nil {
		t.Fatalf("read %d bytes, err %v; want a closed connection", n, err)
	}
}
