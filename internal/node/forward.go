package node

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// maxForwarding bounds the requests that are being forwarded at once.
	maxForwarding = 32
	// maxForwardIdle is how long an unused connection is kept.
	maxForwardIdle = time.Minute
)

// forwarder sends clients' requests on to the active controller (KIP-590). Each
// takes one of a few connections for itself.
type forwarder struct {
	connect func() *peer.Conn
	turns   chan struct{} // one for each request that may be under way
	stop    chan struct{}

	mu     sync.Mutex
	closed bool
	idle   []idleConn
	busy   map[*peer.Conn]struct{}
}

type idleConn struct {
	conn  *peer.Conn
	since time.Time
}

func newForwarder(connect func() *peer.Conn) *forwarder {
	return &forwarder{
		connect: connect, turns: make(chan struct{}, maxForwarding), stop: make(chan struct{}),
		busy: make(map[*peer.Conn]struct{}),
	}
}

// forward is api.Options.Forward. The error is NotController if the request
// certainly was not sent.
func (f *forwarder) forward(req *wire.EnvelopeRequest) (*wire.EnvelopeResponse, error) {
	select {
	case f.turns <- struct{}{}:
	case <-f.stop:
		return nil, fmt.Errorf("%w: %w", wire.NotController, peer.ErrClosed)
	}
	defer func() { <-f.turns }()
	conn, err := f.take()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", wire.NotController, err)
	}
	resp := new(wire.EnvelopeResponse)
	err = conn.RoundTrip(req, newest(req), resp)
	switch {
	case err == nil:
		resp.ResponseData = bytes.Clone(resp.ResponseData) // the connection is another one's next
		f.put(conn)
		return resp, nil
	case peer.NotSent(err):
		err = fmt.Errorf("%w: %w", wire.NotController, err)
	}
	f.drop(conn)
	return nil, err
}

func (f *forwarder) take() (*peer.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, peer.ErrClosed
	}
	var conn *peer.Conn
	for n := len(f.idle); n > 0 && conn == nil; n = len(f.idle) {
		last := f.idle[n-1]
		f.idle = f.idle[:n-1]
		if time.Since(last.since) < maxForwardIdle {
			conn = last.conn
		} else {
			_ = last.conn.Close() // nothing is under way on it
		}
	}
	if conn == nil {
		conn = f.connect()
	}
	f.busy[conn] = struct{}{}
	return conn, nil
}

func (f *forwarder) put(conn *peer.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, conn)
	if !f.closed {
		f.idle = append(f.idle, idleConn{conn, time.Now()})
	}
}

func (f *forwarder) drop(conn *peer.Conn) {
	_ = conn.Close() // it failed already
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, conn)
}

// close ends requests that are under way; their fate is not known.
func (f *forwarder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	close(f.stop)
	for _, i := range f.idle {
		_ = i.conn.Close() // nothing is under way on it
	}
	for conn := range f.busy {
		_ = conn.Close() // whoever waits is told
	}
}
