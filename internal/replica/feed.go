package replica

import (
	"sync"
	"sync/atomic"
	"time"
)

// feed collects which partitions of a follower's fetch session have something to
// tell, so that a fetch looks at those only, however many partitions the follower
// follows. Partitions report to it all the time, also while no fetch is there.
type feed struct {
	heardMs atomic.Int64 // when the follower last fetched, monotonic

	mu     sync.Mutex
	ready  []*watch
	urgent bool // one of ready has more than a new watermark to tell

	// While a fetch waits: wake has room for a sign, timer ends the wait.
	wake    chan struct{}
	timer   *time.Timer
	waiting bool
	hurried bool // timer was set to watermarkDelay
	delay   time.Duration
}

// watermarkDelay is how long a fetch may still wait when only a watermark moved.
// It costs a round trip per follower, so a stream of small appends should not pay
// for one each; the next records carry the watermark anyway.
const watermarkDelay = 10 * time.Millisecond

// watch is a followed partition's place in the list of the leader's replica.
type watch struct {
	feed *feed
	part *FetchPart

	p          *Partition // whose list it is in; nil if in none. Of the fetch's goroutine
	prev, next *watch     // guarded by p.mu

	queued  bool // guarded by feed.mu
	dropped bool // guarded by feed.mu: not in the session any more
	looked  bool // the present fetch has it. Of the fetch's goroutine
}

func newFeed(delay time.Duration) *feed {
	f := &feed{wake: make(chan struct{}, 1), delay: delay, timer: time.NewTimer(time.Hour)}
	f.timer.Stop()
	return f
}

// queue notes that a partition has records, or a new role. It may be called under
// the partition's mutex.
func (f *feed) queue(w *watch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queueLocked(w)
	f.urgent = true
	if f.waiting {
		f.signal()
	}
}

func (f *feed) queueLocked(w *watch) {
	if !w.queued && !w.dropped {
		w.queued = true
		f.ready = append(f.ready, w)
	}
}

func (f *feed) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// queueWatermark notes that a partition has a new watermark, which a waiting fetch
// is answered with soon.
func (f *feed) queueWatermark(w *watch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queueLocked(w)
	if f.waiting && !f.hurried {
		f.hurried = true
		f.timer.Reset(f.delay)
	}
}

// requeue notes that a partition was not read to its end.
func (f *feed) requeue(w *watch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queueLocked(w)
	f.urgent = true
}

// take moves what is ready to the looks of a fetch.
func (f *feed) take(looks []*watch) []*watch {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.ready {
		w.queued = false
		if !w.looked && !w.dropped {
			w.looked = true
			looks = append(looks, w)
		}
	}
	clear(f.ready)
	f.ready, f.urgent = f.ready[:0], false
	return looks
}

// park begins a wait of at most d, or of watermarkDelay if there is news to tell.
// It reports false when there is something to look at.
func (f *feed) park(d time.Duration, news bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.urgent {
		return false
	}
	select {
	case <-f.wake: // of an earlier wait
	default:
	}
	f.hurried = news || len(f.ready) > 0
	if f.hurried {
		d = min(d, f.delay)
	}
	f.timer.Reset(d)
	f.waiting = true
	return true
}

// unpark ends a wait.
func (f *feed) unpark() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = false
	f.timer.Stop()
}

// hurry ends a wait that has no reason to end yet.
func (f *feed) hurry() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting {
		f.timer.Reset(0)
	}
}

// listen enters the watch into the list of a partition, if it is not there.
func (w *watch) listen(p *Partition) {
	if w.p == p {
		return
	}
	w.leave()
	p.mu.Lock()
	defer p.mu.Unlock()
	w.p, w.prev, w.next = p, nil, p.watches
	if w.next != nil {
		w.next.prev = w
	}
	p.watches = w
}

// leave takes the watch out of its list, if it is in one.
func (w *watch) leave() {
	p := w.p
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.next != nil {
		w.next.prev = w.prev
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		p.watches = w.next
	}
	w.p, w.prev, w.next = nil, nil, nil
}

// drop ends the watch: its partition is not in the session any more.
func (w *watch) drop() {
	w.leave()
	w.feed.mu.Lock()
	w.dropped = true
	w.feed.mu.Unlock()
}
