package simulator

import (
	"iter"
	"runtime/debug"
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
)

// call is a call into the product that may block. It runs as a coroutine: when it waits
// the world goes on, and it is resumed when what it waits for is there.
type call struct {
	of    *process
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	ready func() bool
	ended bool
}

// unwound is what a call panics with whose process has ended.
const unwound = "a call ends with its process"

// call runs fn, which may Park.
func (p *process) call(fn func()) {
	c := &call{of: p}
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			c.ended = true
			if r := recover(); r != nil && r != "BUG: "+unwound {
				p.w.fail("panic: %v\n%s", r, debug.Stack())
			}
		}()
		c.yield = yield
		fn()
	})
	p.w.parked = append(p.w.parked, c)
	p.run(c)
}

func (p *process) run(c *call) {
	before := p.calling
	p.calling = c
	c.next()
	p.calling = before
}

// resume lets every call go on that can, until none can.
func (w *world) resume() {
	for again := true; again; {
		again = false
		for i := 0; i < len(w.parked); i++ {
			c := w.parked[i]
			switch {
			case c.ended:
			case c.of.dead:
				c.stop()
				c.ended = true
			case c.ready != nil && c.ready():
				c.ready = nil
				c.of.run(c)
				again = true
			}
		}
		w.parked = slices.DeleteFunc(w.parked, func(c *call) bool { return c.ended })
	}
}

// stepper runs the shards of a process.
type stepper struct{ p *process }

// Go implements shard.Stepper.
func (s stepper) Go(run func()) {
	s.p.w.after(s.p.shortly(), s.p, "loop", run)
}

// Park implements shard.Stepper.
func (s stepper) Park(ready func() bool) {
	if ready() {
		return
	}
	c := s.p.calling
	if c == nil {
		panic("BUG: a call that blocks is not run as one")
	}
	c.ready = ready
	if !c.yield(struct{}{}) {
		panic("BUG: " + unwound)
	}
}

// clock is the time of a process's shards.
type clock struct{ p *process }

// Now implements shard.Clock.
func (c clock) Now() time.Time { return time.Now() }

// AfterFunc implements shard.Clock.
func (c clock) AfterFunc(d time.Duration, f func()) shard.Timer {
	t := &timer{p: c.p, f: f}
	t.Reset(d)
	return t
}

// timer is an event that can be put off.
type timer struct {
	p *process
	f func()
	e *event
}

// Reset implements shard.Timer.
func (t *timer) Reset(d time.Duration) bool {
	t.Stop()
	t.e = t.p.w.after(d, t.p, "timer", t.f)
	return true
}

// Stop implements shard.Timer.
func (t *timer) Stop() bool {
	t.p.w.cancel(t.e)
	t.e = nil
	return true
}
