package group

import (
	"errors"
	"slices"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// errTimedOut is why an answer is given up that waits too long for a commit.
var errTimedOut = errors.New("not committed in time")

// turn is one decision on the loop of a shard: what it appends, whom it answers
// and what happens when everything it saw is committed.
type turn struct {
	m       *machine
	nowMs   int64
	records []shard.Record
	answers []answer
	// after run once the fate of the records is known, before the answers leave;
	// they may add answers.
	after []func(err error)
	// waiting is a request that one of after will answer; it is only told of failure.
	waiting failer
	given   bool // the answers left or were given up
	settled bool
}

// answer is a response that leaves when its turn is committed.
type answer interface {
	failer
	send()
}

// failer is a request that can be told why it gets no proper response. Whatever it
// is told after its first answer is ignored.
type failer interface {
	fail(code wire.ErrorCode)
}

func (t *turn) append(r shard.Record) { t.records = append(t.records, r) }

func (t *turn) answer(a answer) { t.answers = append(t.answers, a) }

// then runs fn once the fate of the records is known.
func (t *turn) then(fn func(err error)) { t.after = append(t.after, fn) }

// giveUp tells every request of the turn that the answer is code.
func (t *turn) giveUp(code wire.ErrorCode) {
	if t.given {
		return
	}
	t.given = true
	for _, a := range t.answers {
		a.fail(code)
	}
	if t.waiting != nil {
		t.waiting.fail(code)
	}
}

// settle is the shard's Done.
func (t *turn) settle(err error) {
	t.settled = true
	t.m.unsettled--
	if err != nil {
		t.giveUp(codeOf(err))
	}
	own := t.answers
	if t.given {
		own = nil // they were told already
	}
	t.given, t.answers = true, nil
	for _, fn := range t.after {
		fn(err)
	}
	for _, a := range slices.Concat(own, t.answers) {
		a.send()
	}
}

// maxUnsettled bounds the turns that wait for commits, in case they do not come
// for long: clients give up, come again and would each leave one behind.
const maxUnsettled = 1 << 16

// decision makes a Decide of fn, for Submit and Schedule. If f is not nil it is the
// request that fn answers, and it is refused when too many turns wait already.
func (m *machine) decision(f failer, fn func(t *turn)) shard.Decide {
	return func(nowMs int64) shard.Result {
		if f != nil && m.unsettled >= maxUnsettled {
			f.fail(wire.CoordinatorNotAvailable)
			return shard.Result{}
		}
		t := &turn{m: m, nowMs: nowMs}
		fn(t)
		if len(t.records) == 0 && len(t.answers) == 0 && len(t.after) == 0 && t.waiting == nil {
			return shard.Result{}
		}
		m.unsettled++
		m.pending.push(m, t)
		return shard.Result{Records: t.records, Done: t.settle}
	}
}

// submit queues a decision from the loop itself.
func (m *machine) submit(f failer, fn func(t *turn)) {
	m.shard.Submit(m.decision(f, fn), func(err error) {
		if f != nil {
			f.fail(codeOf(err))
		}
	})
}

// pendingTurns are the turns whose answers wait, oldest first. All of them wait
// equally long, so one timer, for the oldest, is enough.
type pendingTurns struct {
	turns []*turn
	armed bool
}

// timeoutKey is the key of the timer of the pending turns.
type timeoutKey struct{}

func (p *pendingTurns) push(m *machine, t *turn) {
	p.drop(func(t *turn) bool { return t.settled })
	p.turns = append(p.turns, t)
	p.arm(m, m.config.OffsetCommitTimeoutMs)
}

// drop forgets the oldest turns as far as over says. With one replica a turn is
// settled before the next one is pushed, so the slice does not grow.
func (p *pendingTurns) drop(over func(t *turn) bool) {
	n := 0
	for n < len(p.turns) && over(p.turns[n]) {
		p.turns[n] = nil
		n++
	}
	if n == len(p.turns) {
		p.turns = p.turns[:0]
		return
	}
	p.turns = p.turns[n:]
}

func (p *pendingTurns) arm(m *machine, delayMs int64) {
	if p.armed {
		return
	}
	p.armed = true
	m.shard.Schedule(timeoutKey{}, delayMs, func(nowMs int64) shard.Result {
		p.expire(m, nowMs)
		return shard.Result{}
	})
}

// expire gives up the turns that have waited too long and waits for the next one.
// A wall clock that jumped makes it early or late, which a client's retry mends.
func (p *pendingTurns) expire(m *machine, nowMs int64) {
	p.armed = false
	p.drop(func(t *turn) bool {
		late := nowMs-t.nowMs >= m.config.OffsetCommitTimeoutMs
		if late {
			t.giveUp(codeOf(errTimedOut))
		}
		return late || t.settled
	})
	if len(p.turns) > 0 {
		p.arm(m, p.turns[0].nowMs+m.config.OffsetCommitTimeoutMs-nowMs)
	}
}
