package simulator

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Run is what a run is made of: a seed, and what of its faults is left when it was
// shrunk. The same Run and the same code give the same Result.
type Run struct {
	Seed uint64
	// Only are the faults that happen, by their places in the seed's plan; nil for all.
	Only []int
	// Span is how long faults and load last; 0 for as long as the seed says.
	Span time.Duration

	Nodes      int  // 3 to 5
	Fsync      bool // log.durability=fsync
	DieInStart bool // processes may die while they start
	traits     traits
}

// traits are what the seed says of how the product is set up.
type traits struct {
	lag        time.Duration
	interval   time.Duration // between batches of a producer, at most
	fetchBytes int32
	segment    int
	calm       time.Duration // between faults, on average
}

// Of is the run of a seed.
func Of(seed uint64) Run {
	rng := rand.New(rand.NewPCG(seed, 1))
	r := Run{Seed: seed, Nodes: 3 + rng.IntN(2), Fsync: rng.IntN(3) == 0, DieInStart: rng.IntN(3) == 0}
	if rng.IntN(8) == 0 {
		r.Nodes = 5
	}
	r.Span = 7 * time.Second
	r.traits = traits{
		lag:        []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}[rng.IntN(3)],
		interval:   time.Duration(20+rng.IntN(120)) * time.Millisecond,
		fetchBytes: []int32{200, 1000, 1 << 20}[rng.IntN(3)],
		segment:    []int{700, 2000, 8000}[rng.IntN(3)],
		calm:       time.Duration(150+rng.IntN(1100)) * time.Millisecond,
	}
	return r
}

func (r Run) lag() time.Duration      { return r.traits.lag }
func (r Run) interval() time.Duration { return r.traits.interval }
func (r Run) fetchBytes() int32       { return r.traits.fetchBytes }

// String is the run as the test that pins it has it.
func (r Run) String() string {
	s := fmt.Sprintf("pinned(%d)", r.Seed)
	if r.Only != nil {
		s += ".only(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Only), " ", ", "), "[]") + ")"
	}
	if r.Span != Of(r.Seed).Span {
		s += fmt.Sprintf(".lasting(%d*time.Millisecond)", r.Span.Milliseconds())
	}
	return s
}

// Result is what became of a run.
type Result struct {
	Hash      uint64
	Events    int
	Simulated time.Duration
	Found     []string
	Bitten    map[string]int // faults that took effect
	Planned   int            // faults in the plan
	Acked     int
	Sent      int
	Read      int
	Elections int
}

// Do runs it. sink, if not nil, gets the trace.
func (r Run) Do(t *testing.T, sink func(string)) (result Result) {
	synctest.Test(t, func(*testing.T) {
		w := newWorld(r)
		w.sink = sink
		w.guarded(w.story)
		w.close()
		result = w.result()
	})
	return result
}

// guarded turns a panic of the product into a finding.
func (w *world) guarded(fn func()) {
	defer func() {
		if r := recover(); r != nil {
			w.fail("panic: %v\n%s", r, debug.Stack())
		}
	}()
	fn()
}

// story is what happens in every run.
func (w *world) story() {
	for id := range w.run.Nodes {
		w.addNode(int32(id+1), w.run.Nodes)
	}
	for _, n := range w.nodes {
		n.startIn(time.Duration(n.rng.IntN(50)) * time.Millisecond)
	}
	w.clients = &clients{w: w, nextPID: 1000, keys: map[string]string{}}
	w.clients.begin()
	if !w.await(20*time.Second, w.clients.ready) {
		w.fail("the cluster does not form: %s", w.unsettled())
		return
	}
	w.plan()
	w.runUntil(w.now() + w.run.Span)
	w.finish()
}

// await lets things happen until cond holds, at most for a time.
func (w *world) await(most time.Duration, cond func() bool) bool {
	for end := w.now() + most; w.now() < end; {
		if cond() {
			return true
		}
		w.runUntil(min(end, w.now()+50*time.Millisecond))
	}
	return cond()
}

// close ends what is left: a coroutine must not outlive the bubble.
func (w *world) close() {
	for _, c := range w.parked {
		if !c.ended {
			c.stop()
		}
	}
	w.parked = nil
}

func (w *world) result() Result {
	r := Result{Hash: w.hash, Events: w.count, Simulated: w.now(), Found: slices.Clone(w.found),
		Bitten: w.bitten, Planned: w.planned, Sent: len(w.seen.h.Produces), Acked: w.seen.h.Acked(), Read: len(w.seen.h.Polls)}
	epochs := map[string]int32{}
	for _, s := range w.seen.h.States {
		if key := s.Partition.String(); epochs[key] != s.Epoch {
			epochs[key] = s.Epoch
			r.Elections++
		}
	}
	return r
}
