package server

import "net/netip"

// Limits bound the number of connections. Zero means no limit. They can be
// changed while the server runs.
type Limits struct {
	MaxConnections      int                // max.connections: accepting waits
	MaxConnectionsPerIP int                // max.connections.per.ip: closed at once
	PerIP               map[netip.Addr]int // max.connections.per.ip.overrides
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
