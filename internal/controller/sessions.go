package controller

import (
	"math"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
)

// sessionTimeoutKey is the config that says how long a silent broker counts as
// alive. Kafka's default of nine seconds is three times as long as ours.
const (
	sessionTimeoutKey       = "broker.session.timeout.ms"
	defaultSessionTimeoutMs = 3000
)

// session is what the controller knows of a broker's process from its heartbeats.
type session struct {
	epoch int64
	// alive until the broker was silent for the whole timeout.
	alive bool
	// metadataOffset is the last one that the broker reported, -1 if none.
	metadataOffset int64
	// shutdownOffset is the end of the records that moved the broker's leaderships
	// away; -1 if it is not shutting down.
	shutdownOffset int64
}

// sessionKey is the key of a session's timer.
type sessionKey struct{ broker int32 }

func (m *machine) sessionTimeoutMs() int64 {
	if m.Static.IsSet(sessionTimeoutKey) {
		return m.Static.Long(sessionTimeoutKey)
	}
	return defaultSessionTimeoutMs
}

// beginSessions gives each unfenced broker a whole timeout to be heard of by a
// controller that has just become active.
func (m *machine) beginSessions() {
	for b := range m.image().Brokers() {
		s := m.session(b)
		if !b.Fenced {
			m.heard(b.ID, s)
		}
		if b.InControlledShutdown {
			s.shutdownOffset = m.end
		}
	}
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
	s.alive = true
	m.shard.Schedule(sessionKey{broker}, m.sessionTimeoutMs(), func(int64) shard.Result {
		s.alive = false
		m.Log.Warn("A broker has been silent for its whole session", "broker", broker, "epoch", s.epoch)
		return shard.Result{}
	})
}

// sessionAlive tells whether the broker's registered process was heard of lately.
func (m *machine) sessionAlive(b *metadata.Broker) bool {
	s := m.sessions[b.ID]
	return s != nil && s.epoch == b.Epoch && s.alive
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
