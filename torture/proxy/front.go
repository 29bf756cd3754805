package proxy

import (
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// dialLimit is how long a target may take to answer a connection.
const dialLimit = 5 * time.Second

// front is a listener and its connections.
type front struct {
	name, target string
	listener     net.Listener
	log          *slog.Logger
	counts       counters
	wg           sync.WaitGroup
	fault        atomic.Pointer[current]
	arrived      atomic.Int64 // frames, which numbers them

	mu     sync.Mutex
	links  map[*link]struct{}
	closed bool
	passed [2]int64      // the newest frame that was delivered, of each direction
	moved  chan struct{} // closed when passed grows
}

// current is the fault that holds until over is closed.
type current struct {
	Fault
	over chan struct{}
}

func newFront(name, target string, l net.Listener, log *slog.Logger) *front {
	f := &front{name: name, target: target, listener: l, log: log, links: map[*link]struct{}{}, moved: make(chan struct{})}
	f.fault.Store(&current{over: make(chan struct{})})
	return f
}

func (f *front) set(fault Fault) {
	before := f.fault.Swap(&current{Fault: fault, over: make(chan struct{})})
	close(before.over)
	if fault.Swallow == Neither {
		f.cutAll((*link).hasLost)
	}
}

// cutAll resets the connections that which says.
func (f *front) cutAll(which func(k *link) bool) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for k := range f.links {
		if which(k) && k.reset() {
			n++
		}
	}
	return n
}

// runAccept takes connections until the listener is closed.
func (f *front) runAccept() {
	defer f.wg.Wait()
	for n := uint64(0); ; n++ {
		client, err := f.listener.Accept()
		if err != nil {
			return // closed: nothing else ends a listener of ours
		}
		f.counts.connections.Add(1)
		f.wg.Go(func() { f.runLink(client, n) })
	}
}

// runLink is the life of a connection. What the chance of its frames is follows from the
// seed and from how many connections came before.
func (f *front) runLink(client net.Conn, number uint64) {
	server, err := net.DialTimeout("tcp", f.target, dialLimit)
	if err != nil {
		f.counts.refused.Add(1)
		reset(client)
		return
	}
	k := &link{f: f, client: client, server: server, ended: make(chan struct{}),
		rng: rand.New(rand.NewPCG(f.fault.Load().Seed, number))}
	if !f.add(k) {
		k.end()
		return
	}
	k.run()
	f.mu.Lock()
	delete(f.links, k)
	f.mu.Unlock()
}

func (f *front) add(k *link) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.links[k] = struct{}{}
	}
	return !f.closed
}

// delivered notes that a frame has passed, and whether a later one was faster.
func (f *front) delivered(one frame, d Direction) {
	f.mu.Lock()
	defer f.mu.Unlock()
	passed := &f.passed[d-1]
	if one.number < *passed {
		if one.waited {
			f.counts.overtaken.Add(1)
		}
		return
	}
	*passed = one.number
	close(f.moved)
	f.moved = make(chan struct{})
}

// overtaken tells whether a later frame has passed, and when to ask again.
func (f *front) overtaken(number int64, d Direction) (bool, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.passed[d-1] > number, f.moved
}

func (f *front) close() {
	_ = f.listener.Close() // only its end matters
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for k := range f.links {
		k.end()
	}
}
