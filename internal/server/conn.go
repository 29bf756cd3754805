package server

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// Conn is one client connection. Its exported methods may be called by the
// handler during a call for this connection; Complete may be called by anyone
// at any time.
type Conn struct {
	// State belongs to the handler.
	State any

	srv      *Server
	nc       net.Conn
	raw      syscall.RawConn // nil when nc has no descriptor
	listener string
	remote   netip.AddrPort
	ip       netip.Addr // counted under this address

	in      inbox
	readErr error
	onRead  func(fd uintptr) bool // c.readReady, bound once
	nowMs   int64                 // when the bytes being processed were read

	queue atomic.Pointer[answerQueue] // made at the first hole, then stays

	phase        atomic.Int64 // what the goroutine does and since when, see sweep.go
	writingSince atomic.Int64 // milliseconds, 0 when no write is under way
	closing      atomic.Bool
	renewing     atomic.Bool // the goroutine is to be replaced, see renew.go
	used         atomic.Bool // a handler has run on the goroutine

	peerClosed bool // set before Disconnected
}

// Listener is the name of the listener the connection came in on.
func (c *Conn) Listener() string { return c.listener }

// RemoteAddr is the peer's address; the zero AddrPort for connections that do
// not come over TCP.
func (c *Conn) RemoteAddr() netip.AddrPort { return c.remote }

// PeerClosed tells, in Disconnected, whether the other end closed or reset the
// connection, which a process also does by dying. It is false when this end gave
// the connection up.
func (c *Conn) PeerClosed() bool { return c.peerClosed }

// NowMs is the wall clock, in milliseconds, when the bytes being processed were
// read. All requests of one read share it.
func (c *Conn) NowMs() int64 { return c.nowMs }

// Stopping is closed when the server shuts down: a handler that waits in Serve
// must then answer with what it has.
func (c *Conn) Stopping() <-chan struct{} { return c.srv.stopping }

// Complete fills the hole with the given ticket (from Answers.Hole) with an
// error code, 0 for none. Tickets whose answer was sent, timed out or dropped
// are ignored. It never blocks on the socket.
func (c *Conn) Complete(ticket uint64, code int16) {
	if q := c.queue.Load(); q != nil {
		q.complete(ticket, code)
	}
}

func newConn(s *Server, nc net.Conn, listener string) *Conn {
	c := &Conn{srv: s, nc: nc, listener: listener}
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			c.raw = raw
		}
	}
	if tcp, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		c.remote = tcp.AddrPort()
		c.ip = c.remote.Addr().Unmap()
	}
	c.in = inbox{pool: &s.buffers, maxBytes: s.cfg.MaxRequestBytes}
	c.onRead = c.readReady
	c.nowMs = s.now().UnixMilli()
	c.enterPhase(phaseFirst)
	return c
}

// runRequests is the connection's goroutine: it reads, hands whole frames to
// the handler and returns when the connection is over, or another goroutine has
// taken its place.
func (c *Conn) runRequests() {
	for {
		if err := c.fill(); err != nil {
			if c.renewed(err) {
				return
			}
			c.end(err)
			return
		}
		if err := c.dispatch(); err != nil {
			c.end(err)
			return
		}
		c.in.settle()
	}
}

// fill reads at least one byte.
func (c *Conn) fill() error {
	if c.closing.Load() || c.srv.draining.Load() {
		return net.ErrClosed
	}
	before := c.in.pending()
	var err error
	if c.raw != nil {
		err = c.raw.Read(c.onRead)
		if err == nil {
			err, c.readErr = c.readErr, nil
		}
	} else {
		var n int
		n, err = c.nc.Read(c.in.free())
		c.in.received(n)
	}
	if c.in.pending() > before {
		return nil
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// readReady is the body of RawConn.Read: it is called first at once and then
// each time the socket becomes readable. Returning false parks the goroutine in
// the network poller, by then without a buffer.
func (c *Conn) readReady(fd uintptr) bool {
	for {
		n, err := syscall.Read(int(fd), c.in.free())
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			c.in.park()
			return false
		case err != nil:
			c.readErr = os.NewSyscallError("read", err)
		case n == 0:
			c.readErr = io.EOF
		default:
			c.in.received(n)
		}
		return true
	}
}

// abort makes every blocked and later operation on the socket fail. The
// connection's goroutine then closes it; closing it here could block on that
// goroutine.
func (c *Conn) abort() {
	if c.closing.Swap(true) {
		return
	}
	_ = c.nc.SetDeadline(time.Unix(1, 0)) // fails only when the socket is closed already
	if q := c.queue.Load(); q != nil {
		q.fail()
	}
}

// end is the last thing that the connection's goroutine does; err says why.
func (c *Conn) end(err error) {
	defer c.srv.conns.Done()
	c.srv.logClose(c, err)
	c.in.release()
	if q := c.queue.Load(); q != nil {
		if c.srv.stopped() {
			q.waitBelow(1) // ends at the latest when Shutdown aborts the connection
		}
		q.fail()
	}
	c.peerClosed = !c.closing.Swap(true) && !c.srv.stopped() && (errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE))
	c.srv.handler.Disconnected(c)
	if err := c.nc.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		c.srv.log.Debug("Closing a connection failed", "remote", c.remote, "err", err)
	}
	c.srv.forget(c)
}

// write sends b. Not called by two goroutines at the same time. The write
// timeout counts anew for every writeStepBytes, so it is about progress.
func (c *Conn) write(b []byte) error {
	defer c.writingSince.Store(0)
	for len(b) > writeStepBytes {
		c.writeStarts()
		if _, err := c.nc.Write(b[:writeStepBytes]); err != nil {
			return err
		}
		b = b[writeStepBytes:]
	}
	c.writeStarts()
	_, err := c.nc.Write(b)
	return err
}

const writeStepBytes = copyMaxBytes

func (c *Conn) writeStarts() {
	c.writingSince.Store(c.srv.now().UnixMilli())
}

// stopReading wakes the connection if it is parked, for the end of the server.
// Requests that have started go on and their answers are sent.
func (c *Conn) stopReading() {
	_ = c.nc.SetReadDeadline(time.Unix(1, 0)) // fails only when the socket is closed already
}
