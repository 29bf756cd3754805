package replica

import (
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// remoteReplica is what the leader knows of another replica.
type remoteReplica struct {
	id int32
	// endOffset is the exclusive offset up to which the replica has the log, or
	// unknownOffset until it has fetched from this leader.
	endOffset int64
}

// HighWatermark is the exclusive offset up to which records are committed.
func (p *Partition) HighWatermark() int64 {
	if hw := p.watermark.Load(); hw != unknownOffset {
		return hw
	}
	start := p.log.StartOffset() // loads the log, which must not happen under mu
	p.advance()
	return max(p.watermark.Load(), start)
}

// advance moves the watermark as far as the in-sync replicas allow and tells
// whoever waits for it. It is called after every commit and every sign of life
// of a follower.
func (p *Partition) advance() {
	p.mu.Lock()
	if !p.raiseLocked() {
		p.mu.Unlock()
		return
	}
	p.wakeFetchesLocked()
	watermark := p.watermark.Load()
	waiting := len(p.produces.list) > 0
	code := wire.None
	if l := p.lead.Load(); l != nil {
		code = l.afterAppend()
	}
	listener := p.onCommit
	p.mu.Unlock()
	if waiting {
		p.finishProduces(watermark, code)
	}
	if listener != nil {
		listener()
	}
}

// raiseLocked sets the watermark to the smallest end of the in-sync replicas if
// that is higher, and not while fewer of them than min.insync.replicas are left.
func (p *Partition) raiseLocked() (moved bool) {
	l := p.lead.Load()
	if l == nil || len(l.isr) < l.minISR {
		return false
	}
	hw := p.log.EndOffset()
	if !l.alone {
		for i := range p.remotes {
			if r := &p.remotes[i]; slices.Contains(l.isr, r.id) {
				hw = min(hw, r.endOffset)
			}
		}
	}
	if hw <= p.watermark.Load() {
		return false
	}
	p.watermark.Store(hw)
	return true
}

// followerHas notes that a replica has the log up to endOffset, exclusive.
func (p *Partition) followerHas(id int32, endOffset int64) {
	p.mu.Lock()
	for i := range p.remotes {
		if p.remotes[i].id == id {
			p.remotes[i].endOffset = endOffset
		}
	}
	p.mu.Unlock()
	p.advance()
}
