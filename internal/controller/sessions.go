package controller

import (
	"math"
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
)

// Keys of the configs that say how long a silent broker counts as alive.
const (
	sessionTimeoutKey    = "broker.session.timeout.ms"
	heartbeatIntervalKey = "broker.heartbeat.interval.ms"
)

const (
	// defaultSessionMs is a third of Kafka's default.
	defaultSessionMs = 3000
	// takeoverMs is the session that a controller gives to brokers it has not heard
	// of yet, unless a session is configured.
	takeoverMs = 2000
	// sessionTickMs is how often sessions are looked at.
	sessionTickMs = 100
	// stallMs is how much later than planned a look may be before it counts as a
	// stall of this very process.
	stallMs = 250
)

// session is what the controller knows of a broker's process from its heartbeats.
type session struct {
	epoch int64
	// local is the session of a broker in this process: it ends when we do.
	local bool
	// deadlineMs is when the session ends, in session time; it has ended at 0.
	deadlineMs int64
	// fencing is set while the end of the session makes records.
	fencing bool
	// metadataOffset is the last one that the broker reported, -1 if none.
	metadataOffset int64
	// shutdownOffset is the last of the records that moved the broker's leaderships
	// away; -1 if they are not all moved.
	shutdownOffset int64
	loss           loss
}

// sessionClock counts the time in which this process could have taken heartbeats.
// After a stall the brokers' heartbeats wait in sockets and queues: the time of the
// stall says nothing about them and does not count.
type sessionClock struct {
	seenMs, nowMs int64
}

// advance moves session time on to what the monotonic clock says now.
func (c *sessionClock) advance(monotonicMs int64) (stalledMs int64) {
	passed := monotonicMs - c.seenMs
	c.seenMs = monotonicMs
	if passed > sessionTickMs+stallMs {
		stalledMs = passed - sessionTickMs
		passed = sessionTickMs
	}
	c.nowMs += passed
	return stalledMs
}

// sessionNow is the present in session time.
func (m *machine) sessionNow() int64 {
	m.clock.advance(m.Runtime.MonotonicMs())
	return m.clock.nowMs
}

// sessionTimeoutMs is the session of a broker that was heard of. A configured
// interval of heartbeats that is longer than the default has room for three.
func (m *machine) sessionTimeoutMs() int64 {
	switch {
	case m.Static.IsSet(sessionTimeoutKey):
		return m.Static.Long(sessionTimeoutKey)
	case m.Static.IsSet(heartbeatIntervalKey):
		return max(defaultSessionMs, 3*m.Static.Long(heartbeatIntervalKey))
	}
	return defaultSessionMs
}

// takeoverTimeoutMs is the first session under a new controller.
func (m *machine) takeoverTimeoutMs() int64 {
	timeout := m.sessionTimeoutMs()
	if m.Static.IsSet(sessionTimeoutKey) || timeout > defaultSessionMs {
		return timeout
	}
	return takeoverMs
}

// beginSessions gives each unfenced broker some time to be heard of by a controller
// that has just become active.
func (m *machine) beginSessions() {
	m.clock = sessionClock{seenMs: m.Runtime.MonotonicMs(), nowMs: 1} // 0 is a session that has ended
	for b := range m.image().Brokers() {
		s := m.session(b)
		if !b.Fenced {
			s.deadlineMs = m.sessionNow() + m.takeoverTimeoutMs()
		}
		if b.InControlledShutdown {
			s.shutdownOffset = m.end - 1
		}
	}
	m.watchSessions()
}

// session returns the session of the broker's current process.
func (m *machine) session(b *metadata.Broker) *session {
	s := m.sessions[b.ID]
	if s == nil || s.epoch != b.Epoch {
		s = &session{epoch: b.Epoch, metadataOffset: -1, shutdownOffset: -1}
		m.sessions[b.ID] = s
	}
	return s
}

// heard notes that the broker's process is alive now.
func (m *machine) heard(broker int32, s *session) {
	s.deadlineMs = m.sessionNow() + m.sessionTimeoutMs()
	m.forgetLoss(broker, s)
	m.watchSessions()
}

// sessionAlive tells whether the broker's registered process was heard of lately.
func (m *machine) sessionAlive(b *metadata.Broker) bool {
	s := m.sessions[b.ID]
	return s != nil && s.epoch == b.Epoch && s.alive(m.sessionNow())
}

// alive tells whether the session lasts at that moment of session time.
func (s *session) alive(nowMs int64) bool { return s.local || s.deadlineMs > nowMs }

// sessionTick is the key of the timer that looks at sessions.
type sessionTick struct{}

// watchSessions sees to it that sessions are looked at, if any can end.
func (m *machine) watchSessions() {
	if m.watching || !m.sessionsCanEnd() {
		return
	}
	m.watching = true
	m.clock.advance(m.Runtime.MonotonicMs())
	m.shard.Schedule(sessionTick{}, sessionTickMs, m.lookAtSessions)
}

func (m *machine) sessionsCanEnd() bool {
	for _, s := range m.sessions {
		if !s.local && s.deadlineMs > 0 {
			return true
		}
	}
	return false
}

// lookAtSessions fences brokers whose sessions have ended. What waits in the
// shard's queue is decided before: a heartbeat may be among it.
func (m *machine) lookAtSessions(int64) shard.Result {
	m.watching = false
	if stalled := m.clock.advance(m.Runtime.MonotonicMs()); stalled > 0 {
		m.Log.Warn("The controller was held up; every session lasts that much longer", "stalledMs", stalled)
	}
	var ended []int32
	for id, s := range m.sessions {
		if !s.local && s.deadlineMs > 0 && !s.alive(m.clock.nowMs) {
			ended = append(ended, id)
		}
	}
	slices.Sort(ended)
	for _, id := range ended {
		m.fenceSilent(id, m.sessions[id])
	}
	m.watchSessions()
	return shard.Result{}
}

// lowestActiveOffset returns the lowest metadata offset that an active broker has
// reported: what all of them have seen.
func (d *decision) lowestActiveOffset() int64 {
	lowest := int64(math.MaxInt64)
	for b := range d.image.Brokers() {
		if b.Active() {
			lowest = min(lowest, d.session(b).metadataOffset)
		}
	}
	return lowest
}
