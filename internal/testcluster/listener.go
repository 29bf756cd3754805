package testcluster

import "net"

// listener is an open port.
type listener struct {
	n       *Network
	host    string
	address string
	addr    net.Addr
	backlog chan *conn
	closed  chan struct{}
	ended   bool // guarded by n.mu
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-l.backlog:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.n.mu.Lock()
	defer l.n.mu.Unlock()
	if l.n.listeners[l.address] == l {
		delete(l.n.listeners, l.address)
	}
	l.endLocked()
	return nil
}

// endLocked closes the port and the connections that nobody has accepted.
func (l *listener) endLocked() {
	if l.ended {
		return
	}
	l.ended = true
	close(l.closed)
	for {
		select {
		case c := <-l.backlog:
			c.closeLocked()
		default:
			return
		}
	}
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.addr }
