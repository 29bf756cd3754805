package replica

import (
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// HighWatermark is the exclusive offset up to which records are committed, as far
// as this replica knows.
func (p *Partition) HighWatermark() int64 {
	if hw := p.watermark.Load(); hw != unknownOffset {
		return hw
	}
	return p.settleWatermark()
}

// settleWatermark finds out the watermark of a replica that was not asked for it
// since it was opened: the end of the log for the only replica, else the last
// checkpoint as far as it fits the log. It loads the log.
func (p *Partition) settleWatermark() int64 {
	start, end := p.log.StartOffset(), p.log.EndOffset()
	if l := p.lead.Load(); l != nil && l.alone {
		p.advance()
		p.syncSoon()
		return max(p.watermark.Load(), start)
	}
	hw := min(max(p.topic.set.checkpointed(p), start), end)
	if hw != unknownOffset {
		p.watermark.CompareAndSwap(unknownOffset, hw)
	}
	return max(p.watermark.Load(), start)
}

// advance moves the watermark as far as the in-sync replicas allow and tells
// whoever waits for it or for new records. It is called after every commit and
// every sign of life of a follower.
func (p *Partition) advance() {
	p.mu.Lock()
	l := p.lead.Load()
	if l == nil {
		p.mu.Unlock()
		return
	}
	if !l.alone {
		p.feedLocked()
	}
	if !p.raiseLocked(l) {
		p.mu.Unlock()
		return
	}
	p.wakeFetchesLocked()
	for w := p.watches; w != nil; w = w.next {
		w.feed.queueWatermark(w)
	}
	watermark := p.watermark.Load()
	waiting := len(p.produces.list) > 0
	code := l.afterAppend()
	listener := p.onCommit
	p.mu.Unlock()
	if waiting {
		p.finishProduces(watermark, code)
	}
	if listener != nil {
		listener()
	}
}

// feedLocked tells the sessions of followers that there is something to fetch.
func (p *Partition) feedLocked() {
	end := p.log.EndOffset()
	if end == p.seenEnd {
		return
	}
	p.noteEndLocked(end)
	for w := p.watches; w != nil; w = w.next {
		w.feed.queue(w)
	}
}

// raiseLocked sets the watermark to the least that the replicas have it has to
// wait for if that is higher, and not while fewer of them than
// min.insync.replicas are in sync according to the metadata (KIP-966).
func (p *Partition) raiseLocked(l *leadership) (moved bool) {
	if len(l.isr) < l.minISR && !planted.On(planted.WatermarkBelowMinISR) {
		return false
	}
	hw := p.ackedEnd()
	for i := range p.remotes {
		if planted.On(planted.WatermarkIsLogEnd) {
			break
		}
		if r := &p.remotes[i]; r.ackedOffset < hw && p.waitsForLocked(l, r) {
			hw = r.ackedOffset
		}
	}
	if hw <= p.watermark.Load() {
		return false
	}
	p.watermark.Store(hw)
	return true
}

// waitsForLocked tells whether the watermark must not pass what r has: r is in the
// ISR, or may be already because its joining was proposed, or is about to join
// (Kafka's maximal ISR and shouldWaitForReplicaToJoinIsr).
func (p *Partition) waitsForLocked(l *leadership, r *remoteReplica) bool {
	if planted.On(planted.JoinerNotAwaited) {
		return contains(l.isr, r.id)
	}
	if planted.On(planted.LeaverNotAwaited) && p.pending != nil && p.pending.shrinks {
		return p.pending.has(r.id)
	}
	if contains(l.isr, r.id) || p.pending != nil && p.pending.joining == r.id {
		return true
	}
	s := p.topic.set
	return r.ackedOffset != unknownOffset && r.caughtUp(p.seenEnd, s.monotonicMs(), s.lagMs()) && s.eligible(r)
}

// follow moves the watermark of a follower to what its leader told, but not beyond
// its own log, and never back.
func (p *Partition) followWatermark(role *followership, leaders, end int64) {
	hw := min(leaders, end)
	if planted.On(planted.FollowerWatermarkAhead) {
		hw = leaders
	}
	if hw <= p.watermark.Load() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.follow.Load() != role || hw <= p.watermark.Load() {
		return
	}
	p.watermark.Store(hw)
	p.wakeFetchesLocked()
}

// cutWatermark lowers the watermark of a follower whose log was cut below it, and
// tells whether it had to: that means that committed records are gone, which only
// an unclean election may do.
func (p *Partition) cutWatermark(end int64) (lost bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watermark.Load() <= end {
		return false
	}
	p.watermark.Store(end)
	return true
}

// Committed tells whether everything below required is committed that was appended under
// a leader epoch, and the code that a produce of those records is answered with. In
// another epoch there may be other records: then it is false, and Await says why.
func (p *Partition) Committed(required int64, epoch int32) (code wire.ErrorCode, ok bool) {
	watermark := p.watermark.Load() // first: then it is of this epoch if the role is
	l := p.lead.Load()
	if planted.On(planted.AckBeforeReplication) {
		return wire.None, true
	}
	if l == nil || l.epoch != epoch || watermark < required {
		return wire.None, false
	}
	return l.afterAppend(), true
}

// afterAppend is the code of produces that are committed, but with too few
// replicas (KIP-966 keeps the watermark still then, so this is a race).
func (l *leadership) afterAppend() wire.ErrorCode {
	if len(l.isr) < l.minISR {
		return ErrNotEnoughReplicasAfterAppend
	}
	return wire.None
}
