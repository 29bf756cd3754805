package shard

import (
	"container/heap"
	"math"
	"time"
)

const noAlarm = math.MaxInt64

// timer is one scheduled decision. Its place in the heap may be earlier than its
// deadline: pushing a deadline back, which every heartbeat does, costs a store
// instead of a heap operation, and the timer goes back into the heap when its old
// time comes.
type timer struct {
	shard *Shard
	key   any
	// Owned by the shard's loop.
	deadlineMs int64
	decide     Decide
	// Guarded by the runtime's mu.
	heapMs int64
	index  int // in the heap, -1 if not in it
}

// Schedule runs decide on the loop after delayMs, unless it is cancelled, replaced
// by another Schedule with the same key, or the shard is unloaded before. Keys are
// compared with ==. Call it on the loop only (in a decision, Done, Replay or
// Loaded) and only while the shard leads or loads.
func (s *Shard) Schedule(key any, delayMs int64, decide Decide) {
	deadlineMs := s.rt.monoMs() + max(delayMs, 0)
	t := s.timers[key]
	if t == nil {
		if s.timers == nil {
			s.timers = make(map[any]*timer)
		}
		t = &timer{shard: s, key: key, index: -1}
		s.timers[key] = t
		t.deadlineMs, t.decide = deadlineMs, decide
		s.rt.arm(t, deadlineMs)
		return
	}
	earlier := deadlineMs < t.deadlineMs
	t.deadlineMs, t.decide = deadlineMs, decide
	if earlier {
		s.rt.arm(t, deadlineMs)
	}
}

// Cancel forgets the timer of that key; it is no error if there is none. Call it
// on the loop only.
func (s *Shard) Cancel(key any) {
	if t := s.timers[key]; t != nil {
		delete(s.timers, key)
		s.rt.disarm(t)
	}
}

// cancelAll forgets every timer of the shard.
func (s *Shard) cancelAll() {
	for _, t := range s.timers {
		s.rt.disarm(t)
	}
	s.timers = nil
}

// fireDue runs a timer whose place in the heap has come.
func (s *Shard) fireDue(t *timer) {
	if s.timers[t.key] != t {
		return
	}
	if t.deadlineMs > s.rt.monoMs() {
		s.rt.arm(t, t.deadlineMs)
		return
	}
	delete(s.timers, t.key)
	s.decide(task{decide: t.decide})
}

// arm puts the timer into the heap at atMs, or moves it there.
func (rt *Runtime) arm(t *timer, atMs int64) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return
	}
	t.heapMs = atMs
	if t.index < 0 {
		heap.Push(&rt.timers, t)
	} else {
		heap.Fix(&rt.timers, t.index)
	}
	rt.setAlarmLocked()
}

// disarm takes the timer out of the heap. The alarm stays: a ring with nothing
// due is cheaper than moving the alarm with each cancelled timer.
func (rt *Runtime) disarm(t *timer) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if t.index >= 0 && !rt.closed {
		heap.Remove(&rt.timers, t.index)
	}
}

// setAlarmLocked sets the clock's timer to the earliest place in the heap, if it
// would ring later than that.
func (rt *Runtime) setAlarmLocked() {
	if len(rt.timers) == 0 || rt.timers[0].heapMs >= rt.alarmMs {
		return
	}
	rt.alarmMs = rt.timers[0].heapMs
	delay := time.Duration(max(rt.alarmMs-rt.monoMs(), 0)) * time.Millisecond
	if rt.alarm == nil {
		rt.alarm = rt.clock.AfterFunc(delay, rt.ring)
		return
	}
	rt.alarm.Reset(delay)
}

// ring hands every due timer to its shard's loop.
func (rt *Runtime) ring() {
	rt.mu.Lock()
	rt.alarmMs = noAlarm
	var due []*timer
	for nowMs := rt.monoMs(); len(rt.timers) > 0 && rt.timers[0].heapMs <= nowMs; {
		due = append(due, heap.Pop(&rt.timers).(*timer))
	}
	if !rt.closed {
		rt.setAlarmLocked()
	}
	rt.mu.Unlock()
	for _, t := range due {
		t.shard.wakeTimer(t)
	}
}

// timerHeap is a heap.Interface ordered by heapMs.
type timerHeap []*timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].heapMs < h[j].heapMs }
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.index = -1
	return t
}
