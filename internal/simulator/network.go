package simulator

import (
	"errors"
	"math/rand/v2"
	"time"
)

// network is what lies between the machines. Clients are machines too, with ids from
// firstClient on.
type network struct {
	rng  *rand.Rand
	cut  map[link]bool
	loss float64       // of all messages
	slow time.Duration // on top of each way, at most
}

type link struct{ from, to int32 }

const firstClient = 100

// Errors that a caller gets instead of an answer. After both nobody knows what happened.
var (
	errRefused = errors.New("connection refused")
	errLost    = errors.New("no answer")
)

// set cuts or mends the way from one machine to another.
func (n *network) set(from, to int32, cut bool) {
	if n.cut == nil {
		n.cut = map[link]bool{}
	}
	n.cut[link{from, to}] = cut
}

func (n *network) heal() { n.cut, n.loss, n.slow = nil, 0, 0 }

// delay is how long a message is on its way.
func (n *network) delay() time.Duration {
	d := 50*time.Microsecond + time.Duration(n.rng.IntN(1000))*time.Microsecond
	if n.rng.IntN(50) == 0 {
		d += time.Duration(n.rng.IntN(30)) * time.Millisecond
	}
	if n.slow > 0 {
		d += time.Duration(n.rng.Int64N(int64(n.slow)))
	}
	return d
}

// lost tells whether a message that sets out now is lost.
func (n *network) lost(from, to int32) bool {
	return n.cut[link{from, to}] || n.loss > 0 && n.rng.Float64() < n.loss
}

// send carries a message to the process that runs on a node when it arrives.
func (w *world) send(from, to int32, what string, deliver func(p *process)) {
	d := w.net.delay()
	if w.net.lost(from, to) {
		return
	}
	w.after(d, nil, what, func() {
		p := w.node(to).proc
		if p == nil || p.dead || w.net.cut[link{from, to}] {
			return
		}
		if p.pausedUntil > w.now() {
			w.after(p.pausedUntil-w.now(), p, what, func() { deliver(p) })
			return
		}
		deliver(p)
	})
}

// exchange is a request that waits for its answer.
type exchange struct {
	w        *world
	from, to int32
	sender   *process // nil for a client
	done     func(answer any, err error)
	limit    *event
	over     bool
}

func (x *exchange) end(answer any, err error) {
	if !x.over && (x.sender == nil || !x.sender.dead) {
		x.over = true
		x.w.cancel(x.limit)
		x.done(answer, err)
	}
}

// ask carries a request to a node and its answer back. handle is called there; done at
// the sender, once: with an answer, or with an error after which nobody knows whether
// handle was called.
func (w *world) ask(from int32, sender *process, to int32, what string, limit time.Duration,
	handle func(p *process, reply func(answer any)), done func(answer any, err error)) {
	x := &exchange{w: w, from: from, to: to, sender: sender, done: done}
	x.limit = w.after(limit, sender, "limit", func() { x.end(nil, errLost) })
	if p := w.node(to).proc; (p == nil || p.dead) && !w.net.lost(from, to) && !w.net.lost(to, from) {
		w.after(2*w.net.delay(), sender, "refused", func() { x.end(nil, errRefused) })
		return
	}
	w.send(from, to, what, func(p *process) {
		p.open = append(p.open, x)
		handle(p, func(answer any) { x.reply(p, answer) })
	})
}

func (x *exchange) reply(p *process, answer any) {
	if p.dead || x.over {
		return
	}
	d := x.w.net.delay()
	if x.w.net.lost(x.to, x.from) {
		return
	}
	x.w.after(d, x.sender, "answer", func() {
		if !x.w.net.cut[link{x.to, x.from}] {
			x.end(answer, nil)
		}
	})
}

// hangUp tells those who wait for a process that was killed; a machine without power
// tells nobody.
func (p *process) hangUp() {
	for _, x := range p.open {
		if !x.over && !p.w.net.lost(x.to, x.from) {
			p.w.after(p.w.net.delay(), x.sender, "reset", func() { x.end(nil, errRefused) })
		}
	}
	p.open = nil
}
