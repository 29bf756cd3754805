package testcluster

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// windowBytes is what may be under way in one direction before a write waits.
const windowBytes = 512 << 10

// stream is one direction of a connection. Everything in it is guarded by the
// network's mutex.
type stream struct {
	n       *Network
	link    link
	chunks  []chunk
	bytes   int
	last    time.Time // when the newest chunk arrives
	err     error     // after the last chunk: io.EOF, a reset, or net.ErrClosed at once
	errAt   time.Time
	changed chan struct{} // closed and replaced at every change
	counted bool          // a fault keeps its reader waiting, and that was counted
}

type chunk struct {
	b  []byte
	at time.Time // when it arrives
}

// conn is one end of a connection.
type conn struct {
	n                     *Network
	local                 string
	localAddr, remoteAddr net.Addr
	in, out               *stream

	mu            sync.Mutex
	read, written time.Time // deadlines
	moved         chan struct{}
}

func (n *Network) pairLocked(l link, near, far net.Addr) (*conn, *conn) {
	there := &stream{n: n, link: l, changed: make(chan struct{})}
	back := &stream{n: n, link: link{l.to, l.from}, changed: make(chan struct{})}
	a := &conn{n: n, local: l.from, localAddr: near, remoteAddr: far, in: back, out: there, moved: make(chan struct{})}
	b := &conn{n: n, local: l.to, localAddr: far, remoteAddr: near, in: there, out: back, moved: make(chan struct{})}
	n.conns[a], n.conns[b] = struct{}{}, struct{}{}
	return a, b
}

func (s *stream) alterLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// endLocked ends the stream with err. io.EOF comes after what was sent, a reset
// instead of it.
func (s *stream) endLocked(err error) {
	if s.err == net.ErrClosed {
		return
	}
	if s.err == nil || err == net.ErrClosed {
		s.err, s.errAt = err, s.arrivalLocked()
	}
	if err != io.EOF {
		s.chunks, s.bytes = nil, 0
	}
	s.alterLocked()
}

// arrivalLocked is when what is sent now arrives; nothing overtakes.
func (s *stream) arrivalLocked() time.Time {
	at := time.Now().Add(s.n.base + s.n.delay[s.link] + time.Duration(s.n.rng.Int64N(int64(s.n.base)+1)))
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	return at
}

// takeLocked reads what has arrived. Without anything it says how long to wait;
// negative if only a change helps.
func (s *stream) takeLocked(p []byte) (n int, wait time.Duration, err error) {
	if s.err == net.ErrClosed {
		return 0, 0, s.err
	}
	if s.n.blockedLocked(s.link) {
		if !s.counted && len(s.chunks) > 0 {
			s.n.held, s.counted = s.n.held+1, true
		}
		return 0, -1, nil
	}
	s.counted = false
	if len(s.chunks) == 0 {
		if s.err == nil {
			return 0, -1, nil
		}
		if d := time.Until(s.errAt); d > 0 {
			return 0, d, nil
		}
		return 0, 0, s.err
	}
	if d := time.Until(s.chunks[0].at); d > 0 {
		return 0, d, nil
	}
	for n < len(p) && len(s.chunks) > 0 && time.Until(s.chunks[0].at) <= 0 {
		c := &s.chunks[0]
		m := copy(p[n:], c.b)
		n += m
		if c.b = c.b[m:]; len(c.b) == 0 {
			s.chunks = s.chunks[1:]
		}
	}
	s.bytes -= n
	s.alterLocked()
	return n, 0, nil
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		c.n.mu.Lock()
		n, wait, err := c.in.takeLocked(p)
		mine, all := c.in.changed, c.n.changed
		c.n.mu.Unlock()
		if n > 0 || err != nil {
			return n, wrap("read", err)
		}
		if !c.await(mine, all, wait, &c.read) {
			return 0, wrap("read", os.ErrDeadlineExceeded)
		}
	}
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	for done := 0; ; {
		c.n.mu.Lock()
		s := c.out
		if err := c.writeErrLocked(); err != nil {
			c.n.mu.Unlock()
			return done, wrap("write", err)
		}
		if room := windowBytes - s.bytes; room > 0 && len(p) > 0 {
			m := min(room, len(p))
			s.chunks = append(s.chunks, chunk{append([]byte{}, p[:m]...), s.arrivalLocked()})
			s.bytes += m
			done, p = done+m, p[m:]
			s.alterLocked()
		}
		mine, all := s.changed, c.n.changed
		c.n.mu.Unlock()
		if len(p) == 0 {
			return done, nil
		}
		if !c.await(mine, all, -1, &c.written) {
			return done, wrap("write", os.ErrDeadlineExceeded)
		}
	}
}

// writeErrLocked is why nothing can be sent: this end is closed, or the other end
// is and has said so.
func (c *conn) writeErrLocked() error {
	switch {
	case c.out.err != nil:
		return net.ErrClosed
	case c.in.err != nil && c.in.err != io.EOF && !c.n.blockedLocked(c.in.link) && time.Until(c.in.errAt) <= 0:
		return c.in.err
	}
	return nil
}

// await waits for a change or for a time, and returns false at the deadline.
func (c *conn) await(mine, all <-chan struct{}, wait time.Duration, deadline *time.Time) bool {
	c.mu.Lock()
	until, moved := *deadline, c.moved
	c.mu.Unlock()
	if !until.IsZero() {
		left := time.Until(until)
		if left <= 0 {
			return false
		}
		if wait < 0 || left < wait {
			wait = left
		}
	}
	var due <-chan time.Time
	if wait >= 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		due = t.C
	}
	select {
	case <-mine:
	case <-all:
	case <-moved:
	case <-due:
	}
	return true
}

func wrap(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Err: err}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	if _, open := c.n.conns[c]; !open {
		return wrap("close", net.ErrClosed)
	}
	c.closeLocked()
	return nil
}

func (c *conn) closeLocked() {
	delete(c.n.conns, c)
	c.out.endLocked(io.EOF)
	c.in.endLocked(net.ErrClosed)
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return c.localAddr }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.remoteAddr }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error { return c.setDeadlines(&t, &t) }

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(&t, nil) }

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(nil, &t) }

func (c *conn) setDeadlines(read, written *time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if read != nil {
		c.read = *read
	}
	if written != nil {
		c.written = *written
	}
	close(c.moved)
	c.moved = make(chan struct{})
	return nil
}
