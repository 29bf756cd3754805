package simulator

import (
	"container/heap"
	"time"
)

// event is something that will happen, unless the process it belongs to ends before.
type event struct {
	at    time.Duration
	seq   uint64 // of two at the same time the older one is first
	of    *process
	what  string
	run   func()
	place int // in the queue, -1 if not in it
}

// events is what will happen, ordered by time.
type events struct {
	queue eventHeap
	seq   uint64
}

// after has run happen a while from now. of may be nil: then nothing but the end of the
// world keeps it from happening.
func (w *world) after(d time.Duration, of *process, what string, run func()) *event {
	w.seq++
	e := &event{at: w.now() + max(d, 0), seq: w.seq, of: of, what: what, run: run}
	heap.Push(&w.queue, e)
	return e
}

// cancel keeps an event from happening.
func (w *world) cancel(e *event) {
	if e != nil && e.place >= 0 {
		heap.Remove(&w.queue, e.place)
	}
}

// every has run happen again and again, as long as the process lives.
func (w *world) every(d time.Duration, of *process, what string, run func()) {
	var again func()
	again = func() {
		run()
		if !of.dead {
			w.after(d, of, what, again)
		}
	}
	w.after(d, of, what, again)
}

// pop takes the next event if it is not later than until.
func (e *events) pop(until time.Duration) *event {
	if len(e.queue) == 0 || e.queue[0].at > until {
		return nil
	}
	return heap.Pop(&e.queue).(*event)
}

type eventHeap []*event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h eventHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}
func (h *eventHeap) Push(x any) {
	x.(*event).place = len(*h)
	*h = append(*h, x.(*event))
}
func (h *eventHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	e.place = -1
	return e
}
