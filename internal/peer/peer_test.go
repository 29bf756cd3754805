package peer

import (
	"encoding/binary"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// reply answers a request; false closes the connection.
type reply func(nc net.Conn, h wire.RequestHeader, req *wire.FindCoordinatorRequest) bool

// answerer is the other end of a test: it answers FindCoordinator requests, each
// with the key that was asked for as the host.
type answerer struct {
	t     *testing.T
	mu    sync.Mutex
	reply reply
	conns []net.Conn
	came  chan struct{} // one for each connection, as far as there is room
	wg    sync.WaitGroup
}

func newAnswerer(t *testing.T) *answerer {
	a := &answerer{t: t, came: make(chan struct{}, 100)}
	a.on(a.echo)
	t.Cleanup(func() {
		a.breakAll()
		a.wg.Wait()
	})
	return a
}

// on changes how requests are answered.
func (a *answerer) on(fn reply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reply = fn
}

const testVersion = int16(2)

func (a *answerer) echo(nc net.Conn, h wire.RequestHeader, req *wire.FindCoordinatorRequest) bool {
	return send(nc, h.CorrelationID, req.Key)
}

// send writes an answer in one piece.
func send(nc net.Conn, id int32, host string) bool {
	body := wire.AppendResponseHeader([]byte{0, 0, 0, 0}, wire.APIKeyFindCoordinator, testVersion, id)
	body = (&wire.FindCoordinatorResponse{Host: host}).Append(body, testVersion)
	binary.BigEndian.PutUint32(body, uint32(len(body)-4))
	_, err := nc.Write(body)
	return err == nil
}

// dial is a Dial to the answerer through memory.
func (a *answerer) dial(string, time.Duration) (net.Conn, error) {
	near, far := net.Pipe()
	a.accept(far)
	return near, nil
}

func (a *answerer) accept(nc net.Conn) {
	a.mu.Lock()
	a.conns = append(a.conns, nc)
	a.mu.Unlock()
	a.wg.Add(1)
	go a.run(nc)
	select {
	case a.came <- struct{}{}:
	default:
	}
}

func (a *answerer) run(nc net.Conn) {
	defer a.wg.Done()
	defer nc.Close()
	in := frameReader{maxBytes: 1 << 20}
	for {
		frame, err := in.next(nc)
		if err != nil {
			return
		}
		r := wire.NewReader(frame)
		h, err := wire.DecodeRequestHeader(r)
		var req wire.FindCoordinatorRequest
		req.Decode(r, testVersion)
		if err != nil || r.Err() != nil || r.Remaining() != 0 {
			a.t.Errorf("request %+v: %v, %v", h, err, r.Err())
			return
		}
		a.mu.Lock()
		reply := a.reply
		a.mu.Unlock()
		if !reply(nc, h, &req) {
			return
		}
	}
}

// breakAll closes every connection from the far end.
func (a *answerer) breakAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, nc := range a.conns {
		nc.Close()
	}
	a.conns = nil
}

// accepted counts the connections that came in.
func (a *answerer) accepted() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.conns)
}

func ask(c *Conn, key string) (string, error) {
	var resp wire.FindCoordinatorResponse
	err := c.RoundTrip(&wire.FindCoordinatorRequest{Key: key}, testVersion, &resp)
	return resp.Host, err
}

func mustAsk(t *testing.T, c *Conn, key string) {
	t.Helper()
	if got, err := ask(c, key); err != nil || got != key {
		t.Fatalf("asked %q: %q, %v", key, got, err)
	}
}

// at is an address that never changes.
func at(address string) func() (string, bool) {
	return func() (string, bool) { return address, true }
}

// listenLoopback accepts for a on a port of the system's choice.
func listenLoopback(t *testing.T, a *answerer) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			a.accept(nc)
		}
	}()
	stop = func() { l.Close(); <-done }
	t.Cleanup(stop)
	return l.Addr().String(), stop
}

// refuse is a Dial to where nobody listens.
func refuse(string, time.Duration) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}
