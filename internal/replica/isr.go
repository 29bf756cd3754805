package replica

import (
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// isrChange is a change of the ISR that the controller was asked for. While it is
// under way the partition has no other one. It ends with metadata of a higher
// partition epoch, or with an answer that rules out that it is ever applied
// (KIP-497).
type isrChange struct {
	leaderEpoch, partitionEpoch int32 // what it is a change of
	isr                         []wire.AlterPartitionRequestBrokerState
	// joining is the replica that joins, noReplica if none does: the watermark
	// waits for it from now on. One that leaves is waited for until the metadata
	// says that it left.
	joining int32
	shrinks bool
	// settled says that there is nothing more to ask; the metadata will tell.
	settled bool
}

const noReplica int32 = -1

// has tells whether a replica is in the ISR that is proposed.
func (c *isrChange) has(id int32) bool {
	return slices.ContainsFunc(c.isr, func(s wire.AlterPartitionRequestBrokerState) bool { return s.BrokerId == id })
}

// eligible tells whether a replica may join an ISR: its broker is there, in this
// epoch, neither fenced nor shutting down (KIP-841, KIP-903).
func (s *Set) eligible(r *remoteReplica) bool {
	img := s.image.Load()
	if img == nil {
		return false
	}
	b := img.Broker(r.id)
	return b != nil && b.Active() && b.Epoch == r.brokerEpoch
}

// proposeJoinLocked proposes that r joins the ISR if it may: it has everything
// below the watermark and everything from before this leader epoch.
func (p *Partition) proposeJoinLocked(l *leadership, r *remoteReplica) (proposed bool) {
	s := p.topic.set
	switch {
	case p.pending != nil || contains(l.isr, r.id) || s.o.AlterPartition == nil:
		return false
	case r.ackedOffset < p.watermark.Load() || r.ackedOffset < l.epochStart || !s.eligible(r):
		return false
	case r.logStart != unknownOffset && r.logStart < p.log.StartOffset():
		return false // as a leader it would bring back records that were deleted without it
	}
	c := p.newChangeLocked(l, func(int32) bool { return true })
	c.isr = append(c.isr, wire.AlterPartitionRequestBrokerState{BrokerId: r.id, BrokerEpoch: r.brokerEpoch})
	c.joining = r.id
	p.pending = c
	return true
}

// newChangeLocked begins a change with those members of the ISR that stay.
func (p *Partition) newChangeLocked(l *leadership, stays func(id int32) bool) *isrChange {
	s := p.topic.set
	c := &isrChange{leaderEpoch: l.epoch, partitionEpoch: l.partitionEpoch, joining: noReplica}
	for _, id := range l.isr {
		state := wire.AlterPartitionRequestBrokerState{BrokerId: id, BrokerEpoch: -1}
		switch r := find(p.remotes, id); {
		case id == s.o.BrokerID:
			state.BrokerEpoch = s.o.BrokerEpoch()
		case !stays(id):
			c.shrinks = true
			continue
		case r != nil:
			state.BrokerEpoch = r.brokerEpoch
		}
		c.isr = append(c.isr, state)
	}
	return c
}

// reviewISR proposes that replicas that lag for longer than
// replica.lag.time.max.ms leave, or else that one that may joins.
func (p *Partition) reviewISR() {
	s := p.topic.set
	nowMs, lagMs := s.monotonicMs(), s.lagMs()
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lead.Load()
	if l == nil || l.alone || p.pending != nil || s.o.AlterPartition == nil {
		return
	}
	p.feedLocked() // an append may be there whose advance is still to come
	end := p.seenEnd
	stays := func(id int32) bool {
		r := find(p.remotes, id)
		switch {
		case r == nil:
			return id == s.o.BrokerID
		case r.endOffset == unknownOffset:
			return r.caughtUp(end, nowMs, s.silentMs())
		}
		return r.caughtUp(end, nowMs, lagMs)
	}
	for _, id := range l.isr {
		if !stays(id) {
			p.pending = p.newChangeLocked(l, stays)
			s.isr.ask(p)
			return
		}
	}
	for i := range p.remotes {
		// One that is not heard of would only have to leave again.
		if r := &p.remotes[i]; r.ackedOffset != unknownOffset && r.caughtUp(end, nowMs, lagMs) && p.proposeJoinLocked(l, r) {
			s.isr.ask(p)
			return
		}
	}
}

// recovered tells the controller that the leader of an unclean election goes on
// with what it has (KIP-704). Followers truncate by epoch, so there is nothing to
// repair first.
func (p *Partition) recovered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lead.Load()
	if l == nil || p.pending != nil || p.topic.set.o.AlterPartition == nil {
		return
	}
	p.pending = p.newChangeLocked(l, func(int32) bool { return true })
	p.topic.set.isr.ask(p)
}

// settleChange takes over the controller's answer to a change. It returns true if
// the same has to be asked again.
func (p *Partition) settleChange(c *isrChange, code wire.ErrorCode) (again bool) {
	again, dropped := p.judge(c, code)
	if dropped {
		p.advance() // who was about to join is not waited for
	}
	return again
}

func (p *Partition) judge(c *isrChange, code wire.ErrorCode) (again, dropped bool) {
	s := p.topic.set
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := s.o.ReplicaMetrics; code != wire.None {
		m.FailedIsrUpdates.Inc()
	} else if c.shrinks {
		m.IsrShrinks.Inc()
	} else if c.joining != noReplica {
		m.IsrExpands.Inc()
	}
	if p.pending != c {
		return false, false // the metadata was faster
	}
	switch code {
	case wire.None:
		c.settled = true
		return false, false
	case wire.IneligibleReplica, wire.OperationNotAttempted:
		// The controller knows the partition epoch and has not applied it.
		p.pending = nil
		return false, true
	case wire.UnknownTopicOrPartition, wire.UnknownTopicId, wire.FencedLeaderEpoch, wire.InvalidUpdateVersion,
		wire.InvalidRequest, wire.NewLeaderElected:
		// This broker's idea of the partition is old, perhaps because the change
		// was applied when it was asked before: metadata is on its way.
		c.settled = true
		return false, false
	}
	return true, false
}
