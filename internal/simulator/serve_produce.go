package simulator

import (
	"time"

	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// produceRequest is a produce of one batch to one partition.
type produceRequest struct {
	topic  wire.UUID
	number int32
	batch  []byte
	all    bool // acks=all, else acks=1
	waitMs int64
}

// serveProduce does what package api does with a produce: stage, commit, and answer
// when the watermark is there. Between these steps anything may happen, as there is no
// lock around them.
func (p *process) serveProduce(req *produceRequest, reply func(any)) {
	refuse := func(err error) { reply(produced{code: codeOf(err), offset: -1}) }
	part, err := p.replicas.FindByID(p.feed.image, req.topic, req.number)
	if err != nil {
		refuse(err)
		return
	}
	at := new(replica.Staged)
	b := append([]byte(nil), req.batch...)
	if err := part.Stage(b, replica.StageOptions{NowMs: p.wallMs(), AllAcks: req.all}, at); err != nil {
		refuse(err)
		return
	}
	p.between("commit", func() {
		if err := part.Commit(); err != nil {
			refuse(err)
			return
		}
		p.news()
		if !req.all {
			reply(produced{offset: at.BaseOffset})
			return
		}
		p.between("committed?", func() { p.settleProduce(part, at, req.waitMs, reply) })
	})
}

// settleProduce answers when everything up to the batch is committed.
func (p *process) settleProduce(part *replica.Partition, at *replica.Staged, waitMs int64, reply func(any)) {
	if code, known := part.Committed(at.Required(), at.Epoch); known {
		reply(produced{code: code, offset: at.BaseOffset})
		return
	}
	p.between("await", func() {
		p.lastTicket++
		ticket := p.lastTicket
		late := p.w.after(time.Duration(waitMs)*time.Millisecond, p, "produce timed out", func() { p.Complete(ticket, int16(wire.RequestTimedOut)) })
		p.tickets[ticket] = func(code int16) {
			p.w.cancel(late)
			reply(produced{code: wire.ErrorCode(code), offset: at.BaseOffset})
		}
		part.Await(at.Required(), at.Epoch, p, ticket, p.wallMs(), p.wallMs()+waitMs)
	})
}

// between goes on at once, or, as a goroutine that lost its processor, a little later.
func (p *process) between(what string, then func()) {
	if p.rng.IntN(12) > 0 {
		then()
		return
	}
	p.w.after(time.Duration(p.rng.IntN(3000))*time.Microsecond, p, what, then)
}

// Complete implements replica.Completer.
func (p *process) Complete(ticket uint64, code int16) {
	if done := p.tickets[ticket]; done != nil {
		delete(p.tickets, ticket)
		done(code)
	}
}
