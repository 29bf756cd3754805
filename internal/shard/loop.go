package shard

import (
	"fmt"
	"math"
)

// unlimited is the number of steps of a loop that runs on its own goroutine.
const unlimited = math.MaxInt

// runLoop works until nothing is left. On a borrowed goroutine it takes at most
// the given number of decisions and never loads; what is left goes to a goroutine
// of the runtime. The caller has set running.
func (s *Shard) runLoop(steps int) {
	finished := false
	defer func() {
		if !finished {
			s.die()
		}
	}()
	for {
		s.mu.Lock()
		if s.nothingLocked() {
			s.running = false
			s.mu.Unlock()
			break
		}
		if len(s.queue) > steps || steps != unlimited && s.target.gen != s.readyGen {
			s.mu.Unlock()
			s.rt.spawn(s)
			break
		}
		if steps != unlimited {
			steps -= len(s.queue)
		}
		w := s.takeLocked()
		s.mu.Unlock()
		s.step(w)
	}
	finished = true
}

// nothingLocked says that the loop has nothing to do.
func (s *Shard) nothingLocked() bool {
	return len(s.queue) == 0 && len(s.due) == 0 && !s.moved && s.target.gen == s.readyGen
}

// work is what one round of the loop takes.
type work struct {
	todo    []task
	due     []*timer
	aim     target
	changed bool // the loop has not reached aim yet
}

// takeLocked takes everything that waits for the loop.
func (s *Shard) takeLocked() work {
	w := work{todo: s.queue, due: s.due, aim: s.target, changed: s.target.gen != s.readyGen}
	s.queue, s.spare = s.spare, nil
	s.due, s.moved = nil, false
	return w
}

// step is one round of the loop: leadership first, then answers that a commit
// sets free, then timers, then decisions in the order in which they came.
func (s *Shard) step(w work) {
	s.todo = w.todo
	if w.changed {
		s.follow(w.aim)
	}
	s.settle()
	for _, t := range w.due {
		s.fireDue(t)
	}
	for len(s.todo) > 0 {
		s.decide(s.todo[0])
		s.todo = s.todo[1:]
	}
	s.todo = nil
	if cap(w.todo) <= keptQueue {
		clear(w.todo)
		s.spare = w.todo[:0]
	}
}

// decide runs one decision: append, replay at once, answer at commit.
func (s *Shard) decide(t task) {
	if !s.leading {
		if t.refused != nil {
			t.refused(s.unled)
		}
		return
	}
	res := t.decide(s.rt.wallMs())
	if len(res.Records) == 0 {
		s.awaitRead(res.Done)
		return
	}
	end, err := s.log.Append(s.epoch, res.Records)
	if err != nil {
		if res.Done != nil {
			res.Done(err)
		}
		return
	}
	s.replay(res.Records, end)
	s.awaitWrite(end, res.Done)
}

// replay brings just appended records into the head.
func (s *Shard) replay(recs []Record, end int64) {
	base := end - int64(len(recs))
	if base < s.head {
		panic(fmt.Sprintf("BUG: appended at offset %d, but the head is at %d", base, s.head))
	}
	for i, r := range recs {
		if err := s.machine.Replay(base+int64(i), r); err != nil {
			panic(fmt.Sprintf("BUG: cannot replay a record just decided, offset %d: %v", base+int64(i), err))
		}
	}
	s.head = end
}

// wakeCommit is the log's OnCommit. The log may call it from Append, or from a
// goroutine that has more commits to tell, so the loop never runs on it.
func (s *Shard) wakeCommit() {
	s.mu.Lock()
	s.moved = true
	s.startLocked()
	s.mu.Unlock()
}

// wakeTimer is called by the runtime when the timer's place in the heap has come.
func (s *Shard) wakeTimer(t *timer) {
	s.mu.Lock()
	s.due = append(s.due, t)
	s.startLocked()
	s.mu.Unlock()
}

// startLocked sees to it that the loop runs, on a goroutine of the runtime.
func (s *Shard) startLocked() {
	if !s.running {
		s.running = true
		s.rt.spawn(s)
	}
}

// die keeps a shard whose loop panicked from being used again: whoever recovers
// the panic must not leave callers waiting for a loop that nobody runs. What the
// decision that panicked has appended is not known here.
func (s *Shard) die() {
	s.mu.Lock()
	s.dead = fmt.Errorf("%w: its loop panicked", ErrClosed)
	dead, closing := s.dead, s.closing
	left := append(s.todo, s.queue...)
	s.queue = nil
	s.mu.Unlock()
	if closing != nil {
		close(closing)
	}
	for s.waiting.len() > 0 {
		s.waiting.pop().done(ErrUnknownOutcome)
	}
	for i, t := range left {
		err := dead
		if i == 0 && len(s.todo) > 0 {
			err = ErrUnknownOutcome
		}
		if t.refused != nil {
			t.refused(err)
		}
	}
}
