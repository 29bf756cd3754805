package replica

import (
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// sessionEvictionMs is how long a session is safe from being replaced after its
// last use, and, by a larger one, after its creation (Kafka's
// min.incremental.fetch.session.eviction.ms).
const sessionEvictionMs = 120_000

// Sessions is the cache of fetch sessions (KIP-227).
type Sessions struct {
	max    int          // max.incremental.fetch.session.cache.slots
	random func() int32 // makes session ids

	mu          sync.Mutex
	byID        map[int32]*Session
	ofFollowers int
}

func newSessions(max int, random func() int32) *Sessions {
	return &Sessions{max: max, random: random, byID: make(map[int32]*Session)}
}

// Len is the number of sessions.
func (c *Sessions) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.byID)
}

// continueSession finds the session of an incremental fetch, updates it and
// marks it busy. The error is what the whole fetch is answered with.
func (c *Sessions) continueSession(img *metadata.Image, byID bool, req *wire.FetchRequest, nowMs int64) (*Session, error) {
	c.mu.Lock()
	s := c.byID[req.SessionId]
	switch {
	case s == nil || s.replica != replicaOf(req):
		c.mu.Unlock()
		return nil, wire.FetchSessionIdNotFound
	case s.busy || s.epoch != req.SessionEpoch:
		c.mu.Unlock()
		return nil, wire.InvalidFetchSessionEpoch
	case s.byID != byID:
		c.mu.Unlock()
		return nil, wire.FetchSessionTopicIdError
	}
	s.busy, s.lastUsedMs = true, nowMs
	c.mu.Unlock()
	s.epoch = nextSessionEpoch(s.epoch)
	for i := range req.ForgottenTopicsData {
		s.forget(&req.ForgottenTopicsData[i])
	}
	for i := range req.Topics {
		t := &req.Topics[i]
		for j := range t.Partitions {
			s.put(img, t, &t.Partitions[j])
		}
	}
	return s, nil
}

// create makes a session of size partitions that is busy, or returns nil when
// the cache is full of sessions that are worth more.
func (c *Sessions) create(byID bool, size int, nowMs int64) *Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.consumersLocked() >= c.max && !c.evictLocked(size, nowMs) {
		return nil
	}
	s := &Session{
		id: c.newIDLocked(), byID: byID, epoch: nextSessionEpoch(initialSessionEpoch),
		parts: make(map[partKey]*FetchPart, size), replica: noReplica,
		busy: true, createdMs: nowMs, lastUsedMs: nowMs,
	}
	c.byID[s.id] = s
	return s
}

// maxFollowerSessions is how many sessions one follower may have: more than it has
// fetchers for one leader.
const maxFollowerSessions = 64

// createFollower makes the session of a follower, which no other may replace. Those
// of its earlier processes end, and the one unused for longest if it has too many.
func (c *Sessions) createFollower(replica int32, brokerEpoch int64, delay time.Duration, nowMs int64) *Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	var oldest *Session
	count := 0
	for _, s := range c.byID {
		switch {
		case s.feed == nil || s.replica != replica:
			continue
		case s.brokerEpoch < brokerEpoch:
			c.removeLocked(s)
			continue
		case !s.busy && (oldest == nil || s.lastUsedMs < oldest.lastUsedMs):
			oldest = s
		}
		count++
	}
	if count >= maxFollowerSessions && oldest != nil {
		c.removeLocked(oldest)
	}
	s := newFollowerSession(replica, brokerEpoch, delay)
	s.id, s.createdMs, s.lastUsedMs = c.newIDLocked(), nowMs, nowMs
	c.byID[s.id] = s
	c.ofFollowers++
	return s
}

// newFollowerSession returns a session that is in no cache.
func newFollowerSession(replica int32, brokerEpoch int64, delay time.Duration) *Session {
	return &Session{byID: true, epoch: nextSessionEpoch(initialSessionEpoch), parts: make(map[partKey]*FetchPart),
		feed: newFeed(delay), replica: replica, brokerEpoch: brokerEpoch, busy: true}
}

// consumersLocked is how many sessions are not of followers.
func (c *Sessions) consumersLocked() int { return len(c.byID) - c.ofFollowers }

func (c *Sessions) newIDLocked() int32 {
	for {
		if id := c.random() & (1<<31 - 1); id != 0 && c.byID[id] == nil {
			return id
		}
	}
}

// evictLocked makes room for a session of size partitions: the one unused for
// longest if it has been for sessionEvictionMs, else the smallest that is that
// old and smaller than the new one.
func (c *Sessions) evictLocked(size int, nowMs int64) bool {
	var oldest, smallest *Session
	for _, s := range c.byID {
		if s.busy || s.feed != nil {
			continue
		}
		if oldest == nil || s.lastUsedMs < oldest.lastUsedMs {
			oldest = s
		}
		if nowMs-s.createdMs > sessionEvictionMs && (smallest == nil || s.list.count < smallest.list.count) {
			smallest = s
		}
	}
	switch {
	case oldest != nil && nowMs-oldest.lastUsedMs > sessionEvictionMs:
		c.removeLocked(oldest)
	case smallest != nil && smallest.list.count < size:
		c.removeLocked(smallest)
	default:
		return false
	}
	return true
}

// close ends a session that the client has given up.
func (c *Sessions) close(id int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.byID[id]; s != nil {
		c.removeLocked(s)
	}
}

func (c *Sessions) removeLocked(s *Session) {
	s.removed = true
	delete(c.byID, s.id)
	if s.feed != nil {
		c.ofFollowers--
	}
	if !s.busy {
		s.end()
	}
}

// followers calls fn for the sessions of followers.
func (c *Sessions) followers(fn func(*Session)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.byID {
		if s.feed != nil {
			fn(s)
		}
	}
}

// finish gives a session back after its fetch was answered. An empty session is
// of no use and ends.
func (c *Sessions) finish(s *Session, nowMs int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.busy, s.lastUsedMs = false, nowMs
	switch {
	case s.removed || c.byID[s.id] != s:
		s.end()
	case s.list.count == 0:
		c.removeLocked(s)
	}
}
