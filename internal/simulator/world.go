package simulator

import (
	"container/heap"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// world is one run: what will happen, in order, and what did.
type world struct {
	run   Run
	begin time.Time
	events
	hash   uint64
	count  int // of events that happened
	parked []*call

	nodes   []*node
	net     network
	clients *clients
	seen    *record
	stopped bool // no more faults and no new load: the run ends
	found   []string
	planned int            // faults
	bitten  map[string]int // faults that took effect
	struck  []int          // their places in the plan

	sink func(line string) // nil: nobody wants the trace
}

// newWorld returns a world in which nothing has happened. It must be made in a bubble.
func newWorld(r Run) *world {
	w := &world{run: r, begin: time.Now(), hash: fnvOffset}
	w.net.rng = w.rng("network")
	w.seen = newRecord(w)
	return w
}

// rng is a source of its own for each purpose, so that one more random decision here
// leaves those elsewhere as they are.
func (w *world) rng(purpose string) *rand.Rand {
	h := uint64(fnvOffset)
	for i := range len(purpose) {
		h = (h ^ uint64(purpose[i])) * fnvPrime
	}
	return rand.New(rand.NewPCG(w.run.Seed, h))
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// now is the time since the run began.
func (w *world) now() time.Duration { return time.Since(w.begin) }

// note brings something that happened into the hash, and into the trace if there is one.
func (w *world) note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	w.mix(uint64(w.now()))
	for i := range len(line) {
		w.hash = (w.hash ^ uint64(line[i])) * fnvPrime
	}
	if w.sink != nil {
		w.sink(fmt.Sprintf("%12v %s", w.now(), line))
	}
}

func (w *world) mix(v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	for _, x := range b {
		w.hash = (w.hash ^ uint64(x)) * fnvPrime
	}
}

// fail notes that something is wrong.
func (w *world) fail(format string, args ...any) {
	w.found = append(w.found, fmt.Sprintf(format, args...))
	w.note("FOUND "+format, args...)
}

// step lets the next event happen; false when there is none before the end.
func (w *world) step(until time.Duration) bool {
	e := w.pop(until)
	if e == nil {
		if d := until - w.now(); d > 0 {
			time.Sleep(d)
		}
		return false
	}
	if d := e.at - w.now(); d > 0 {
		time.Sleep(d)
	}
	if e.of != nil && e.of.dead {
		return true
	}
	if e.of != nil && e.of.pausedUntil > w.now() {
		e.at = e.of.pausedUntil
		heap.Push(&w.queue, e)
		return true
	}
	w.count++
	w.mix(uint64(e.at) ^ e.seq<<32)
	for i := range len(e.what) {
		w.hash = (w.hash ^ uint64(e.what[i])) * fnvPrime
	}
	if e.of != nil {
		w.mix(uint64(e.of.node.id))
	}
	e.run()
	w.resume()
	return true
}

// runUntil lets everything happen up to a time.
func (w *world) runUntil(t time.Duration) {
	for w.step(t) {
	}
}
