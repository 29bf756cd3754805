package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
)

const (
	// lostSessionMs is what is left of a session when its connection breaks.
	lostSessionMs = 1000
	// manyLossesMs is the time within which the loss of more than half of the
	// brokers means that it is this node which lost its network.
	manyLossesMs = 1000
	// maxShortenings of a session within shorteningMs are believed; a connection
	// that breaks more often says nothing about the broker's process.
	maxShortenings = 2
	shorteningMs   = 60_000
)

// loss is a broken connection of a broker's process, until it is heard of again.
// All times are session time.
type loss struct {
	lost bool
	atMs int64
	// fullDeadlineMs is when the session would have ended without the loss.
	fullDeadlineMs int64
	// shortenedMs are the last times when a loss shortened the session.
	shortenedMs []int64
}

// BrokerConnectionLost says that the connection which last carried heartbeats of
// that process was closed or reset by the other side. It never blocks. The session
// is shortened, and Options.Probe is asked for a proof that the process is dead.
func (c *Controller) BrokerConnectionLost(brokerID int32, brokerEpoch int64) {
	c.tell(func(m *machine) { m.connectionLost(brokerID, brokerEpoch) })
}

// BrokerProcessDead says that after a loss two dials, at least 100 ms apart, were
// refused: nothing listens there any more, while a process that only hangs would
// still be dialled. The broker is fenced now, unless it was heard of since.
func (c *Controller) BrokerProcessDead(brokerID int32, brokerEpoch int64) {
	c.tell(func(m *machine) { m.processDead(brokerID, brokerEpoch) })
}

// tell runs fn on the loop if this node is the active controller.
func (c *Controller) tell(fn func(m *machine)) {
	if c.shard == nil {
		return
	}
	c.shard.Submit(func(int64) shard.Result {
		fn(c.machine)
		return shard.Result{}
	}, nil)
}

// remote returns the unfenced broker of another process and its session.
func (m *machine) remote(id int32, epoch int64) (*metadata.Broker, *session) {
	b, s := m.image().Broker(id), m.sessions[id]
	if b == nil || b.Fenced || b.Epoch != epoch || s == nil || s.epoch != epoch || s.local {
		return nil, nil
	}
	return b, s
}

func (m *machine) connectionLost(id int32, epoch int64) {
	b, s := m.remote(id, epoch)
	if b == nil {
		return
	}
	now := m.sessionNow()
	if !s.loss.lost {
		s.loss.lost, s.loss.fullDeadlineMs = true, s.deadlineMs
	}
	s.loss.atMs = now
	switch {
	case m.lostMost(now):
		m.Log.Warn("Connections of most brokers broke at once; their sessions are not shortened", "broker", id)
		m.restoreSessions(now)
	case s.loss.mayShorten(now):
		s.deadlineMs = min(s.deadlineMs, now+lostSessionMs)
		s.loss.shortenedMs = append(s.loss.shortenedMs, now)
	}
	if m.Probe != nil {
		m.Probe(id, epoch, b.Endpoints)
	}
}

// mayShorten tells whether the connection of the process broke rarely enough.
func (l *loss) mayShorten(nowMs int64) bool {
	l.shortenedMs = slices.DeleteFunc(l.shortenedMs, func(at int64) bool { return at <= nowMs-shorteningMs })
	return len(l.shortenedMs) < maxShortenings
}

// lostMost tells whether more than half of the unfenced brokers of other processes
// and ours were lost a moment ago.
func (m *machine) lostMost(nowMs int64) bool {
	unfenced, lost := 0, 0
	for b := range m.image().Brokers() {
		if b.Fenced {
			continue
		}
		unfenced++
		if s := m.sessions[b.ID]; s != nil && s.loss.recent(nowMs) {
			lost++
		}
	}
	return 2*lost > unfenced
}

func (l *loss) recent(nowMs int64) bool { return l.lost && l.atMs > nowMs-manyLossesMs }

// restoreSessions takes the shortening of recent losses back.
func (m *machine) restoreSessions(nowMs int64) {
	for _, s := range m.sessions {
		if s.loss.recent(nowMs) {
			s.deadlineMs = s.loss.fullDeadlineMs
		}
	}
}

// forgetLoss notes that the broker was heard of since.
func (m *machine) forgetLoss(broker int32, s *session) {
	if s.loss.lost {
		s.loss.lost = false
		m.Log.Debug("A broker was heard of again after its connection broke", "broker", broker, "epoch", s.epoch)
	}
}

func (m *machine) processDead(id int32, epoch int64) {
	b, s := m.remote(id, epoch)
	if b == nil || !s.loss.lost {
		return
	}
	m.Log.Warn("The process of a broker is dead: its connection broke and it refuses new ones", "broker", id, "epoch", epoch)
	s.deadlineMs = min(s.deadlineMs, m.sessionNow())
	m.fenceSilent(id, s)
}
