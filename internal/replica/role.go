package replica

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// setRole takes over what the metadata says about the partition.
func (p *Partition) setRole(mp *metadata.Partition, settings *topicConfig) {
	if len(settings.LeaderThrottledReplicas)+len(settings.FollowerThrottledReplicas) > 0 || p.throttled.Load() != 0 {
		p.takeThrottles(settings)
	}
	switch {
	case p.log == nil:
	case mp.Leader == p.topic.set.o.BrokerID:
		p.takeLead(mp, settings)
	default:
		p.becomeFollower(mp)
	}
}

// takeLead makes this broker the leader, or takes over a change of the ISR or the
// settings.
func (p *Partition) takeLead(mp *metadata.Partition, settings *topicConfig) {
	next := &leadership{
		epoch:          mp.LeaderEpoch,
		partitionEpoch: mp.PartitionEpoch,
		isr:            mp.ISR,
		minISR:         minISR(&settings.TopicSettings, len(mp.Replicas)),
		compression:    compressionOf(&settings.TopicSettings),
		alone:          len(mp.Replicas) == 1,
	}
	old := p.lead.Load()
	sameEpoch := old != nil && old.epoch == next.epoch
	switch {
	case sameEpoch:
		next.epochStart = old.epochStart
		if next.epochStart == unknownOffset && !next.alone {
			next.epochStart = p.log.EndOffset() // it was alone when the epoch began
		}
	case next.alone:
		// The log is not loaded for the only replica of many idle partitions.
		next.epochStart = unknownOffset
		p.log.FenceEpoch(next.epoch)
	default:
		var err error
		if next.epochStart, err = p.log.BeginLeading(next.epoch); err != nil {
			p.topic.set.log.Error("Beginning to lead failed", "topic", p.topic.Name, "partition", p.number,
				"epoch", next.epoch, "err", p.report(err))
		}
	}
	if !next.alone {
		p.settleWatermark()
	}
	p.becomeLeader(next, sameEpoch, mp.Replicas)
	if !next.alone {
		p.topic.set.isr.start()
		if !sameEpoch {
			p.topic.set.hurryFollowers()
		}
		p.advance()
		p.syncSoon()
		switch {
		case mp.LeaderRecoveryState == metadata.Recovering:
			p.recovered()
		case len(mp.ISR) < len(mp.Replicas):
			p.reviewISR() // the next one may join that could not while another did
		}
	}
}

// becomeLeader makes next the partition's role. What the leader knows of the other
// replicas is kept within an epoch and forgotten with it.
func (p *Partition) becomeLeader(next *leadership, sameEpoch bool, replicas []int32) {
	me, nowMs := p.topic.set.o.BrokerID, p.topic.set.monotonicMs()
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.remotes
	p.remotes = nil
	for _, id := range replicas {
		if id == me {
			continue
		}
		r := newRemote(id)
		if contains(next.isr, id) {
			r.caughtUpMs = nowMs // so that it has its time to show that it is there
		}
		if sameEpoch {
			if k := find(known, id); k != nil {
				r = *k
			}
		}
		p.remotes = append(p.remotes, r)
	}
	if c := p.pending; c != nil && (!sameEpoch || c.partitionEpoch < next.partitionEpoch) {
		p.pending = nil
	}
	p.follow.Store(nil)
	p.lead.Store(next)
	p.tellStartMovedLocked() // the replicas may be others
	if !sameEpoch {
		p.wakeAllLocked()
	}
}

// becomeFollower makes this broker follow another one, or nobody while there is
// no leader.
func (p *Partition) becomeFollower(mp *metadata.Partition) {
	next := &followership{epoch: mp.LeaderEpoch, leader: mp.Leader}
	if old := p.follow.Load(); old != nil && *old == *next {
		return
	}
	p.log.FenceEpoch(next.epoch)
	p.endRole(ErrNotLeader, next)
}

// endRole ends the leader role, if this broker has it, and begins the one of a
// follower unless that is nil. Waiting fetches look again; waiting produces are
// told code, because nobody here can promise their records any more.
func (p *Partition) endRole(code wire.ErrorCode, next *followership) {
	p.mu.Lock()
	p.lead.Store(nil)
	p.follow.Store(next)
	p.pending = nil
	p.remotes = nil
	p.wakeAllLocked()
	p.mu.Unlock()
	p.finishProduces(1<<63-1, code)
}

// wakeAllLocked makes all waiting fetches look again, because the partition's
// role changed.
func (p *Partition) wakeAllLocked() {
	p.tellStartMovedLocked()
	for n := p.fetches; n != nil; n = n.next {
		n.w.wake()
	}
	for w := p.watches; w != nil; w = w.next {
		w.feed.queue(w)
	}
}

func contains(ids []int32, id int32) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}
