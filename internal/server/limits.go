package server

import (
	"net/netip"
	"time"
)

// Limits bound the number of connections. Zero means no limit. They can be
// changed while the server runs.
type Limits struct {
	MaxConnections      int                // max.connections: accepting waits
	MaxConnectionsPerIP int                // max.connections.per.ip: closed at once
	PerIP               map[netip.Addr]int // max.connections.per.ip.overrides
	MaxCreationRate     int                // max.connection.creation.rate, per second: accepting waits
}

// SetLimits replaces the limits. Connections already open stay.
func (s *Server) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = l
	s.room.Broadcast()
}

// waitForRoom blocks while max.connections are open. It reports false when the
// server stops.
func (s *Server) waitForRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.limits.MaxConnections > 0 && len(s.open) >= s.limits.MaxConnections && !s.stopped() {
		s.room.Wait()
	}
	return !s.stopped()
}

// waitForRate pauses accepting while more connections came in the last second than
// max.connection.creation.rate allows. It reports false when the server stops.
func (s *Server) waitForRate() bool {
	s.mu.Lock()
	now := s.now()
	var pause time.Duration
	if s.limits.MaxCreationRate > 0 {
		interval := time.Second / time.Duration(s.limits.MaxCreationRate)
		if s.nextAccept.Before(now) {
			s.nextAccept = now
		}
		s.nextAccept = s.nextAccept.Add(interval)
		pause = s.nextAccept.Sub(now) - time.Second
	}
	s.mu.Unlock()
	return pause <= 0 || s.sleep(pause)
}

// admit counts a connection, or says why it is refused.
func (s *Server) admit(c *Conn) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped() {
		return "stopping"
	}
	limit, override := s.limits.PerIP[c.ip]
	if !override {
		limit = s.limits.MaxConnectionsPerIP
	}
	if c.ip.IsValid() && (override || limit > 0) && s.perIP[c.ip] >= limit {
		return "max.connections.per.ip"
	}
	s.open[c] = struct{}{}
	s.perIP[c.ip]++
	s.conns.Add(1)
	return ""
}

// WaitingAnswers counts the answers of all connections that wait for something, or
// stand behind one that does.
func (s *Server) WaitingAnswers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for c := range s.open {
		if q := c.queue.Load(); q != nil {
			waiting, _ := q.waiting()
			n += waiting
		}
	}
	return n
}

// ConnectionsByListener counts the open connections of each listener.
func (s *Server) ConnectionsByListener() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[string]int)
	for c := range s.open {
		counts[c.listener]++
	}
	return counts
}
