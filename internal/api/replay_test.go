package api

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"
)

// replayConn gives the server the same requests again and again and swallows
// the answers.
type replayConn struct {
	net.Conn
	in      []byte
	request int // its size
	left    int // requests to come
	once    sync.Once
	done    chan struct{} // closed when all were processed, or the server gave up
}

func (c *replayConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(c.in)/c.request, len(p)/c.request, c.left)
	c.left -= n
	return copy(p, c.in[:n*c.request]), nil
}

func (c *replayConn) Write(p []byte) (int, error)     { return len(p), nil }
func (c *replayConn) Close() error                    { c.once.Do(func() { close(c.done) }); return nil }
func (c *replayConn) RemoteAddr() net.Addr            { return &net.UnixAddr{} }
func (c *replayConn) SetDeadline(time.Time) error     { return nil }
func (c *replayConn) SetReadDeadline(time.Time) error { return nil }

// replay has the broker process a request n times, perRead of them at once.
func (b *dataBroker) replay(request []byte, n, perRead int) {
	c := &replayConn{in: bytes.Repeat(request, perRead), request: len(request), left: n, done: make(chan struct{})}
	b.serveConn(c)
	<-c.done
}
