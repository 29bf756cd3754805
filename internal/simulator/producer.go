package simulator

import (
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/wire"
)

// producer sends unique values to one partition. An idempotent one has up to five
// batches under way and sends again what failed, in order; another one sends each batch
// once.
type producer struct {
	client
	c          *clients
	topic      string
	number     int32
	idempotent bool
	all        bool // acks=all

	name     string // in the history; another one for each producer id
	topicID  wire.UUID
	pid      int64
	sequence int32
	queue    []*sentBatch // not settled, oldest first
	flying   int
	retrying bool // one at a time until the queue is empty
	waiting  bool // until it is tried again
	keys     int  // distinct keys, 0 for none
}

// sentBatch is a batch with its records' places in the history.
type sentBatch struct {
	b        []byte
	first, n int
	flying   bool
	tries    int
	giveUp   time.Duration
}

const maxInFlight = 5

// produces is what one batch may wait for its answer, and how long it is tried again.
const (
	produceWait = 700 * time.Millisecond
	produceTry  = 6 * time.Second
)

func (c *clients) addProducer(topic string, number int32, idempotent, all bool, keys int) {
	p := &producer{client: c.client(), c: c, topic: topic, number: number, idempotent: idempotent, all: all, keys: keys}
	p.rename()
	c.producers = append(c.producers, p)
	p.refresh(p.tick)
}

// rename begins anew with another producer id.
func (p *producer) rename() {
	p.pid, p.sequence = p.c.nextPID, 0
	p.c.nextPID++
	kind := "plain"
	if p.idempotent {
		kind = history.Idempotent
	}
	p.name = fmt.Sprintf("%s %d", kind, p.pid)
}

// tick sends a batch now and then.
func (p *producer) tick() {
	limit := 1
	if p.idempotent {
		limit = maxInFlight
	}
	if !p.w.stopped && len(p.queue) < limit && !p.retrying {
		p.make()
	}
	p.pump()
	p.w.after(p.pause(5*time.Millisecond, p.w.run.interval()), nil, "produce", p.tick)
}

// make makes the next batch.
func (p *producer) make() {
	t, mp := p.partition(p.topic, p.number)
	if mp == nil {
		p.refresh(func() {})
		return
	}
	if t.ID != p.topicID {
		if len(p.queue) > 0 {
			return // what is under way belongs to the topic before
		}
		p.topicID = t.ID
		p.rename()
	}
	o := batch.NoProducer()
	if p.idempotent {
		o.ProducerID, o.ProducerEpoch, o.BaseSequence = p.pid, 0, p.sequence
	}
	builder := batch.NewBuilder(o)
	s := &sentBatch{n: 1 + p.rng.IntN(3), first: len(p.w.seen.h.Produces), giveUp: p.w.now() + produceTry}
	for range s.n {
		value := fmt.Sprintf("v%d", p.c.nextValue)
		p.c.nextValue++
		var key []byte
		if p.keys > 0 {
			key = fmt.Appendf(nil, "k%d", p.rng.IntN(p.keys))
			p.c.keys[value] = string(key)
		}
		builder.Append(time.Now().UnixMilli(), key, []byte(value))
		p.w.seen.h.Produces = append(p.w.seen.h.Produces, history.Produce{Partition: p.w.seen.at(p.topic, p.topicID, p.number),
			Producer: p.name, Value: value, Invoked: p.w.now()})
	}
	p.sequence += int32(s.n)
	s.b = builder.Build(nil)
	p.queue = append(p.queue, s)
}

// pump sends what may be under way.
func (p *producer) pump() {
	if p.waiting {
		return
	}
	for i, s := range p.queue {
		if s.flying || p.retrying && i > 0 {
			continue
		}
		if s.tries > 0 && (p.w.now() > s.giveUp || !p.idempotent) {
			p.giveUp()
			return
		}
		p.send(s)
	}
}

// giveUp leaves the fate of everything that is not settled open.
func (p *producer) giveUp() {
	p.queue, p.retrying = nil, false
	p.rename()
}

func (p *producer) send(s *sentBatch) {
	_, mp := p.partition(p.topic, p.number)
	to := p.anyNode()
	if mp != nil && mp.Leader > 0 {
		to = mp.Leader
	}
	s.flying = true
	s.tries++
	req := &produceRequest{topic: p.topicID, number: p.number, batch: s.b, all: p.all, waitMs: produceWait.Milliseconds()}
	p.w.ask(p.id, nil, to, "produce", produceWait+300*time.Millisecond,
		func(node *process, reply func(any)) { node.serveProduce(req, reply) },
		func(answer any, err error) {
			s.flying = false
			got, ok := answer.(produced)
			if !ok {
				got.code = wire.RequestTimedOut
			}
			p.answered(s, got)
		})
}

func (p *producer) answered(s *sentBatch, got produced) {
	place := -1
	for i, q := range p.queue {
		if q == s {
			place = i
		}
	}
	if place < 0 {
		return // given up
	}
	switch {
	case got.code == wire.None:
		p.w.note("acked %s at %d", p.w.seen.h.Produces[s.first].Value, got.offset)
		p.settle(s, history.OK, got.offset)
	case !p.idempotent && got.code == wire.NotEnoughReplicas && s.tries == 1:
		p.settle(s, history.Failed, -1)
	case !p.idempotent:
		p.giveUp()
	default:
		p.retrying = true
		p.tryAgain(s.tries)
		return
	}
	if got.code != wire.None {
		p.refresh(func() {})
	}
	p.pump()
}

// tryAgain asks who leads and goes on after a while.
func (p *producer) tryAgain(tries int) {
	if p.waiting {
		return
	}
	p.waiting = true
	p.refresh(func() {
		p.w.after(p.pause(10*time.Millisecond, time.Duration(min(tries, 10))*40*time.Millisecond), nil, "try again", func() {
			p.waiting = false
			p.pump()
		})
	})
}

// settle notes what became of a batch. Nothing is promised without acks=all.
func (p *producer) settle(s *sentBatch, outcome history.Outcome, offset int64) {
	for i := range s.n {
		r := &p.w.seen.h.Produces[s.first+i]
		r.Ended = p.w.now()
		if outcome == history.OK && p.all {
			r.Outcome, r.Offset = outcome, offset+int64(i)
		}
	}
	for i, q := range p.queue {
		if q == s {
			p.queue = append(p.queue[:i:i], p.queue[i+1:]...)
			break
		}
	}
	if len(p.queue) == 0 {
		p.retrying = false
	}
}
