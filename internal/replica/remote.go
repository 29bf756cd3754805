package replica

import "math"

// remoteReplica is what the leader knows of another replica in its epoch.
type remoteReplica struct {
	id int32
	// endOffset is the exclusive offset up to which the replica has the log, or
	// unknownOffset until it has fetched from this leader.
	endOffset int64
	// ackedOffset is what of it counts: the same, or with log.durability=fsync what
	// its disk has.
	ackedOffset int64
	// logStart is where its log begins, or unknownOffset.
	logStart int64
	// brokerEpoch is that of the process that fetched last (KIP-903).
	brokerEpoch int64

	// caughtUpMs is when the replica is last known to have had everything.
	caughtUpMs int64
	// fetchMs and fetchEnd say when it fetched last, and where the leader's log
	// ended then: what it has in the next fetch, it asked for at that time.
	fetchMs  int64
	fetchEnd int64
	feed     *feed // that it fetched through last
}

// never is a time before all others.
const never = math.MinInt64

func newRemote(id int32) remoteReplica {
	return remoteReplica{id: id, endOffset: unknownOffset, ackedOffset: unknownOffset, logStart: unknownOffset, brokerEpoch: -1,
		caughtUpMs: never, fetchMs: never, fetchEnd: unknownOffset}
}

func find(remotes []remoteReplica, id int32) *remoteReplica {
	for i := range remotes {
		if remotes[i].id == id {
			return &remotes[i]
		}
	}
	return nil
}

// note takes over a fetch from offset, while the leader's log ends at end
// (Kafka's Replica.updateFetchStateOrThrow).
func (r *remoteReplica) note(offset, end, nowMs int64) {
	switch {
	case offset >= end:
		r.caughtUpMs = nowMs
	case offset >= r.fetchEnd:
		r.caughtUpMs = max(r.caughtUpMs, r.fetchMs)
	}
	r.endOffset, r.fetchMs, r.fetchEnd = offset, nowMs, end
}

// caughtUp tells whether the replica has everything up to end, or had everything
// at most lagMs ago.
func (r *remoteReplica) caughtUp(end, nowMs, lagMs int64) bool {
	return r.endOffset >= end || r.caughtUpMs != never && nowMs-r.caughtUpMs <= lagMs
}

// noteEndLocked notes that the leader's log ends at end. A replica that had
// everything until now, and has nothing to say in its fetches since, was caught up
// when its session was last heard of.
func (p *Partition) noteEndLocked(end int64) {
	if end == p.seenEnd {
		return
	}
	for i := range p.remotes {
		if r := &p.remotes[i]; r.feed != nil && r.endOffset >= p.seenEnd {
			r.caughtUpMs = max(r.caughtUpMs, r.feed.heardMs.Load())
		}
	}
	p.seenEnd = end
}

// fetchNote is what a replica's fetch says about itself.
type fetchNote struct {
	replica     int32
	brokerEpoch int64
	endOffset   int64 // what it has, exclusive
	durable     int64 // what its disk has; noHighWatermark if it does not tell
	logStart    int64
	feed        *feed
}

// noteFetch takes over what a replica says it has, which may let it join the ISR
// and the watermark advance. A fetch of another leader epoch or an older process
// counts for nothing (KIP-903).
func (p *Partition) noteFetch(lead *leadership, n *fetchNote) {
	nowMs := p.topic.set.monotonicMs()
	p.mu.Lock()
	l := p.lead.Load()
	r := find(p.remotes, n.replica)
	if l == nil || l.epoch != lead.epoch || r == nil || n.brokerEpoch < r.brokerEpoch {
		p.mu.Unlock()
		return
	}
	// An append may be there whose advance is still to come and will find nothing new:
	// the other followers are told of it now.
	p.feedLocked()
	end := p.seenEnd
	r.note(n.endOffset, end, nowMs)
	r.ackedOffset = n.endOffset
	if p.topic.set.flusher() != nil {
		r.ackedOffset = unknownOffset
		if n.durable != noHighWatermark {
			r.ackedOffset = min(n.durable, n.endOffset)
		}
	}
	if r.logStart != n.logStart {
		p.tellStartMovedLocked()
	}
	r.logStart, r.brokerEpoch, r.feed = n.logStart, n.brokerEpoch, n.feed
	joins := p.proposeJoinLocked(l, r)
	p.mu.Unlock()
	if joins {
		p.topic.set.isr.ask(p)
	}
	p.advance()
}
