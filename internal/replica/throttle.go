package replica

import (
	"strconv"
	"sync"
	"time"
)

// throttle limits how many bytes per second of throttled replicas pass, so that a
// reassignment leaves room for clients (KIP-73). Up to one second's worth passes at
// once.
type throttle struct {
	rate func() int64 // bytes per second

	mu   sync.Mutex
	debt float64 // bytes that passed beyond the rate
	at   time.Time
}

// passed notes that bytes were sent or received.
func (t *throttle) passed(bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.payLocked(float64(t.rate()))
	t.debt += float64(bytes)
}

// wait is how long nothing more should pass; 0 if something may.
func (t *throttle) wait() time.Duration {
	rate := float64(max(t.rate(), 1))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.payLocked(rate)
	if t.debt <= rate {
		return 0
	}
	return time.Duration(min((t.debt-rate)/rate, maxThrottleSeconds)*float64(time.Second)) + time.Millisecond
}

// maxThrottleSeconds is how long a throttle waits before it looks at its rate again.
const maxThrottleSeconds = 1

func (t *throttle) payLocked(rate float64) {
	now := time.Now()
	if !t.at.IsZero() {
		t.debt = max(0, t.debt-now.Sub(t.at).Seconds()*rate)
	}
	t.at = now
}

// Bits of Partition.throttled.
const (
	throttledLeader   = 1 << iota // this broker's leader role in it is throttled
	throttledFollower             // its follower role is
)

// takeThrottles finds out whether the topic's settings name this replica.
func (p *Partition) takeThrottles(settings *topicConfig) {
	me := strconv.Itoa(int(p.number)) + ":" + strconv.Itoa(int(p.topic.set.o.BrokerID))
	bits := uint32(0)
	if names(settings.LeaderThrottledReplicas, me) {
		bits |= throttledLeader
	}
	if names(settings.FollowerThrottledReplicas, me) {
		bits |= throttledFollower
	}
	p.throttled.Store(bits)
}

// names tells whether a list of replicas has one, or all.
func names(list []string, replica string) bool {
	for _, s := range list {
		if s == replica || s == "*" {
			return true
		}
	}
	return false
}

// throttles tells whether the leader limits what it gives a replica: never one that
// is in sync, because producers wait for it. Nor does that count.
func (p *Partition) throttles(replica int32) bool {
	if p.throttled.Load()&throttledLeader == 0 {
		return false
	}
	l := p.lead.Load()
	return l != nil && !contains(l.isr, replica)
}
