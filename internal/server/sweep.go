package server

import "time"

// phase is what a connection's goroutine is doing. It shares an int64 with the
// time it began, so that the sweep reads both at once without a lock.
type phase int64

const (
	phaseFirst  phase = iota // waiting for the first whole request
	phaseBusy                // inside a request; never too old
	phaseParked              // waiting for the next request
	phaseBits   = 2
)

// enterPhase records what the connection does from now on. Bytes that are not a
// whole request leave a connection in its first phase.
func (c *Conn) enterPhase(p phase) {
	old := phase(c.phase.Load() & (1<<phaseBits - 1))
	if p == phaseParked && old == phaseFirst {
		return
	}
	if p == old && p == phaseBusy {
		return
	}
	if p == phaseBusy {
		c.used.Store(true)
	}
	c.phase.Store(c.nowMs<<phaseBits | int64(p))
}

// overdue says why the connection should be closed now, or "".
func (c *Conn) overdue(nowMs int64, cfg *Config) string {
	v := c.phase.Load()
	ageMs := nowMs - v>>phaseBits
	switch phase(v & (1<<phaseBits - 1)) {
	case phaseFirst:
		if ageMs > cfg.FirstRequestTimeout.Milliseconds() {
			return "no request after connecting"
		}
	case phaseParked:
		if ageMs > cfg.MaxIdle.Milliseconds() && !c.answersWait() {
			return "idle"
		}
	case phaseBusy:
	}
	if since := c.writingSince.Load(); since != 0 && nowMs-since > cfg.WriteTimeout.Milliseconds() {
		return "peer does not read"
	}
	return ""
}

// answersWait tells whether the client has not been sent all its answers.
func (c *Conn) answersWait() bool {
	q := c.queue.Load()
	if q == nil {
		return false
	}
	return !q.idle()
}

// sweepInterval is fine enough that a connection outlives its limit by a tenth.
func (cfg *Config) sweepInterval() time.Duration {
	shortest := min(cfg.MaxIdle, cfg.FirstRequestTimeout, cfg.WriteTimeout)
	return min(max(shortest/10, 10*time.Millisecond), 5*time.Second)
}

// runSweep aborts connections that are idle or whose peer does not read. One
// goroutine does it for all, so that no connection has a timer.
func (s *Server) runSweep() {
	defer s.loops.Done()
	tick := time.NewTicker(s.cfg.sweepInterval())
	defer tick.Stop()
	var due, grown []*Conn
	var waves renewals
	for {
		select {
		case <-s.stopping:
			return
		case <-tick.C:
		}
		nowMs := s.now().UnixMilli()
		due, grown = due[:0], grown[:0]
		s.mu.Lock()
		for c := range s.open {
			switch {
			case c.overdue(nowMs, &s.cfg) != "":
				due = append(due, c)
			case c.oversized(nowMs):
				grown = append(grown, c)
			}
		}
		s.mu.Unlock()
		for _, c := range due {
			s.log.Debug("Closing a connection", "remote", c.remote, "reason", c.overdue(nowMs, &s.cfg))
			c.abort()
		}
		for _, c := range grown {
			c.renew()
		}
		if waves.due(len(grown), nowMs) && s.cfg.Trim != nil {
			s.cfg.Trim()
		}
		clear(due)
		clear(grown)
	}
}
