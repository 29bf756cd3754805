package peer

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// Conn is a connection to whoever has the address of the moment. It is opened by
// the first request, and opened anew after an error or when the address changes.
type Conn struct {
	o       Options
	address func() (string, bool)

	// turn, of capacity 1, holds a token during a request and guards what follows. It
	// is no mutex: who waits for an answer that somebody else waits for is then told
	// of Close.
	turn chan struct{}
	out  []byte
	in   frameReader
	at   string // the address of nc, or of the last dial
	next int32  // correlation id
	wait backoff

	mu     sync.Mutex // never held during I/O
	nc     net.Conn   // nil: not connected
	closed bool
	done   chan struct{} // closed by Close
}

// NewConn returns a Conn that is not connected yet. address is asked before each
// request; it returns false while nobody knows where to go.
func NewConn(o Options, address func() (string, bool)) *Conn {
	o = o.withDefaults()
	return &Conn{
		o: o, address: address, turn: make(chan struct{}, 1), done: make(chan struct{}),
		in:   frameReader{maxBytes: o.MaxAnswerBytes},
		wait: backoff{min: o.MinBackoff, max: o.MaxBackoff},
	}
}

// RoundTrip sends a request in a version and decodes the answer. Byte slices in
// resp are valid until the next RoundTrip: who shares a Conn must not look at
// them. After ErrNoAddress and ErrConnect the request was not sent; after any
// other error it is unknown whether it was processed.
func (c *Conn) RoundTrip(req wire.Request, version int16, resp wire.Message) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-c.done:
		return ErrClosed
	}
	nc, err := c.connect()
	if err != nil {
		return err
	}
	c.next++
	h := wire.RequestHeader{APIKey: req.APIKey(), APIVersion: version, CorrelationID: c.next, ClientID: &c.o.ClientID}
	c.out = appendRequest(c.out[:0], h, req)
	if err := c.exchange(nc, &h, resp); err != nil {
		return c.fail(nc, err)
	}
	if cap(c.out) > keptBufferBytes {
		c.out = nil
	}
	return nil
}

// exchange writes the request and reads the answer.
func (c *Conn) exchange(nc net.Conn, h *wire.RequestHeader, resp wire.Message) error {
	if err := nc.SetDeadline(time.Now().Add(c.o.RequestTimeout)); err != nil {
		return err
	}
	if _, err := nc.Write(c.out); err != nil {
		return err
	}
	frame, err := c.in.next(nc)
	if err != nil {
		return err
	}
	if c.in.rest() > 0 {
		return fmt.Errorf("%w: nobody asked for what follows it", errAnswer)
	}
	return decodeAnswer(frame, h, resp)
}

// connect returns the open connection, or dials after the pause that is due.
func (c *Conn) connect() (net.Conn, error) {
	address, ok := c.address()
	if !ok {
		return nil, ErrNoAddress
	}
	if address != c.at {
		c.drop()
		c.at = address
		c.wait.reset()
	}
	c.mu.Lock()
	nc, closed := c.nc, c.closed
	c.mu.Unlock()
	if closed {
		return nil, ErrClosed
	}
	if nc != nil {
		if c.o.Repeatable || !stale(nc) {
			return nc, nil
		}
		c.drop()
		c.lost(io.EOF)
	}
	if !c.wait.sleep(c.done) {
		return nil, ErrClosed
	}
	nc, err := c.o.Dial(address, c.o.ConnectTimeout)
	if err != nil {
		c.wait.failed()
		return nil, fmt.Errorf("%w to %s: %w", ErrConnect, address, err)
	}
	c.wait.reset()
	c.in.reset()
	return nc, c.adopt(nc)
}

// adopt makes nc the open connection unless Close came first.
func (c *Conn) adopt(nc net.Conn) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		nc.Close()
		return ErrClosed
	}
	c.nc = nc
	return nil
}

// fail gives the connection up after err.
func (c *Conn) fail(nc net.Conn, err error) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return ErrClosed
	}
	where := c.at
	c.drop()
	if lost(err) {
		c.lost(err)
	}
	return fmt.Errorf("ask %s: %w", where, err)
}

func (c *Conn) lost(err error) {
	if c.o.OnLost != nil {
		c.o.OnLost(err)
	}
}

// drop closes the connection; the next request dials.
func (c *Conn) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.nc != nil {
		c.nc.Close()
		c.nc = nil
	}
}

// Close ends the connection and a request that is under way. A second call does
// nothing.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	close(c.done)
	if c.nc == nil {
		return nil
	}
	return c.nc.Close()
}
