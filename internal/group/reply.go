package group

import (
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// reply carries the answer of one request from the loop to the goroutine that
// waits for it. The first answer counts. It is an answer of a turn: value is what
// send sends.
type reply[T any] struct {
	ch    chan outcome[T]
	rt    *shard.Runtime
	given bool // owned by the loop, or by the caller's goroutine before Submit
	value T
}

type outcome[T any] struct {
	value T
	code  wire.ErrorCode
}

func newReply[T any](rt *shard.Runtime) *reply[T] {
	return &reply[T]{ch: make(chan outcome[T], 1), rt: rt}
}

func (r *reply[T]) give(o outcome[T]) {
	if !r.given {
		r.given = true
		r.ch <- o
	}
}

// send implements answer.
func (r *reply[T]) send() { r.give(outcome[T]{value: r.value}) }

// fail implements failer.
func (r *reply[T]) fail(code wire.ErrorCode) { r.give(outcome[T]{code: code}) }

// start runs decide on the loop of the group's partition; it must see to it that
// the reply is answered, now or later.
func start[T any](c *Coordinator, groupID string, decide func(m *machine, t *turn, r *reply[T])) *reply[T] {
	p, code := c.lookup(groupID)
	r := newReply[T](c.opts.Runtime)
	if code != wire.None {
		r.fail(code)
		return r
	}
	p.run(r, func(t *turn) { decide(p.machine, t, r) })
	return r
}

// run queues a decision that answers f.
func (p *partition) run(f failer, fn func(t *turn)) {
	p.shard.Submit(p.machine.decision(f, fn), func(err error) { f.fail(codeOf(err)) })
}

// wait returns the answer, or the code that stands for one.
func (r *reply[T]) wait() (T, wire.ErrorCode) {
	shard.Await(r.rt, r.ch)
	o := <-r.ch
	return o.value, o.code
}

// ask runs decide on the loop of the group's partition and returns its value when
// everything it saw and appended is committed.
func ask[T any](c *Coordinator, groupID string, decide func(m *machine, t *turn) T) (T, wire.ErrorCode) {
	return start(c, groupID, func(m *machine, t *turn, r *reply[T]) {
		r.value = decide(m, t)
		t.answer(r)
	}).wait()
}
