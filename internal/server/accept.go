package server

import (
	"errors"
	"net"
	"time"
)

// Accepting is retried after these pauses when the process has run out of
// descriptors or memory. The pause grows, so a full process is left alone.
const (
	minAcceptPause = 5 * time.Millisecond
	maxAcceptPause = time.Second
)

// runAccept takes connections from one listener until it is closed.
func (s *Server) runAccept(name string, l net.Listener) {
	defer s.loops.Done()
	pause := minAcceptPause
	for s.waitForRoom() {
		nc, err := l.Accept()
		if err == nil {
			pause = minAcceptPause
			s.start(nc, name)
			if !s.waitForRate() {
				return
			}
			continue
		}
		if errors.Is(err, net.ErrClosed) || s.stopped() {
			return
		}
		s.log.Warn("Accepting a connection failed", "listener", name, "err", err, "pause", pause)
		if !s.sleep(pause) {
			return
		}
		pause = min(2*pause, maxAcceptPause)
	}
}

// start admits a connection and runs it, or closes it.
func (s *Server) start(nc net.Conn, listener string) {
	if tcp, ok := nc.(*net.TCPConn); ok {
		s.tune(tcp)
	}
	c := newConn(s, nc, listener)
	if reason := s.admit(c); reason != "" {
		s.cfg.Metrics.ConnectionsRefused.Inc()
		s.log.Debug("Refused a connection", "listener", listener, "remote", c.remote, "reason", reason)
		if err := nc.Close(); err != nil {
			s.log.Debug("Closing a refused connection failed", "remote", c.remote, "err", err)
		}
		return
	}
	s.cfg.Metrics.ConnectionsAccepted.Inc()
	s.handler.Connected(c)
	go c.runRequests()
}

// tune sets the socket options. A failure leaves the system's default, which
// only costs speed.
func (s *Server) tune(tcp *net.TCPConn) {
	err := errors.Join(
		tcp.SetNoDelay(true),
		tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}),
	)
	if n := s.cfg.SendBufferBytes; n > 0 {
		err = errors.Join(err, tcp.SetWriteBuffer(n))
	}
	if n := s.cfg.ReceiveBufferBytes; n > 0 {
		err = errors.Join(err, tcp.SetReadBuffer(n))
	}
	if err != nil {
		s.log.Debug("Setting socket options failed", "remote", tcp.RemoteAddr(), "err", err)
	}
}

func (s *Server) stopped() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// sleep pauses and reports false when the server stops meanwhile.
func (s *Server) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.stopping:
		return false
	}
}
