package replica

import "github.com/brolga-io/brolga/internal/wire"

// Completer is told what became of a waiting produce. A connection of the server
// is one. Complete is called without a lock of this room.
type Completer interface {
	Complete(ticket uint64, code int16)
}

// produceWait is one append that waits for the watermark to reach required.
type produceWait struct {
	required int64
	untilMs  int64 // when its client stops waiting
	to       Completer
	ticket   uint64
}

// produceWaits are the waiting produces of one partition by required offset.
type produceWaits struct {
	list []produceWait
}

// add puts w in its place. Appends come in offset order but for races between
// connections, so that is nearly always the end.
func (q *produceWaits) add(w produceWait, nowMs int64) {
	if len(q.list) == cap(q.list) {
		q.dropExpired(nowMs)
	}
	q.list = append(q.list, w)
	for i := len(q.list) - 1; i > 0 && q.list[i-1].required > q.list[i].required; i-- {
		q.list[i-1], q.list[i] = q.list[i], q.list[i-1]
	}
}

// dropExpired forgets waits whose clients were answered long ago, so that a
// watermark that stands still does not collect them.
func (q *produceWaits) dropExpired(nowMs int64) {
	kept := q.list[:0]
	for _, w := range q.list {
		if w.untilMs > nowMs {
			kept = append(kept, w)
		}
	}
	clear(q.list[len(kept):])
	q.list = kept
}

// waitBatch is how many waits are told between two looks at the lock.
const waitBatch = 32

// takeUpTo moves waits whose offset is reached to dst and returns how many.
func (q *produceWaits) takeUpTo(watermark int64, dst *[waitBatch]produceWait) int {
	n := 0
	for n < len(q.list) && n < len(dst) && q.list[n].required <= watermark {
		dst[n] = q.list[n]
		n++
	}
	rest := copy(q.list, q.list[n:])
	clear(q.list[rest:])
	q.list = q.list[:rest]
	return n
}

// finishProduces tells the waiting produces up to an offset what became of them.
func (p *Partition) finishProduces(upTo int64, code wire.ErrorCode) {
	var done [waitBatch]produceWait
	for n := waitBatch; n == waitBatch; {
		p.mu.Lock()
		n = p.produces.takeUpTo(upTo, &done)
		p.mu.Unlock()
		for i := range done[:n] {
			done[i].to.Complete(done[i].ticket, int16(code))
		}
	}
}

// Await arranges for to to be told when everything below required is committed,
// or that it will not be under this leadership. If that is known already it is
// told before Await returns. epoch is the leader epoch of the append; after
// untilMs, wall clock in milliseconds, nobody listens any more.
func (p *Partition) Await(required int64, epoch int32, to Completer, ticket uint64, nowMs, untilMs int64) {
	p.mu.Lock()
	l := p.lead.Load()
	code := wire.None
	switch {
	case l == nil || l.epoch != epoch:
		code = ErrNotLeader
	case p.watermark.Load() < required:
		p.produces.add(produceWait{required: required, untilMs: untilMs, to: to, ticket: ticket}, nowMs)
		p.mu.Unlock()
		return
	default:
		code = l.afterAppend()
	}
	p.mu.Unlock()
	to.Complete(ticket, int16(code))
}
