package proxy

import (
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
)

// link is a connection of a client and the one to the target that belongs to it.
type link struct {
	f              *front
	client, server net.Conn
	lossy          [2]atomic.Bool // a direction has lost bytes; see lost
	once           sync.Once
	ended          chan struct{}

	mu   sync.Mutex
	rng  *rand.Rand
	open []request // that are not answered
}

// request is what an answer is recognised by.
type request struct {
	correlation int32
	key         int16
}

// hasLost tells whether any bytes of the link are missing.
func (k *link) hasLost() bool { return k.lost(Requests).Load() || k.lost(Responses).Load() }

// lost is whether bytes of a direction are missing; then none may follow.
func (k *link) lost(d Direction) *atomic.Bool { return &k.lossy[d-1] }

// run passes on until both directions have ended.
func (k *link) run() {
	var wg sync.WaitGroup
	for _, p := range []*pump{
		{k: k, from: k.client, to: k.server, direction: Requests},
		{k: k, from: k.server, to: k.client, direction: Responses},
	} {
		p.frames = make(chan frame, maxQueued)
		wg.Go(p.runRead)
		wg.Go(p.runWrite)
	}
	wg.Wait()
	k.end()
}

// end closes both connections.
func (k *link) end() {
	k.once.Do(func() {
		close(k.ended)
		_ = k.client.Close() // whoever is at its end sees why
		_ = k.server.Close()
	})
}

// reset closes both connections with RST; false if they were closed already.
func (k *link) reset() (now bool) {
	k.once.Do(func() {
		now = true
		k.f.counts.cut.Add(1)
		close(k.ended)
		reset(k.client)
		reset(k.server)
	})
	return now
}

// reset closes a connection so that its other end gets RST and not FIN.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // fails only when it is closed already
	}
	_ = c.Close()
}

// asked notes a request.
func (k *link) asked(r request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open = append(k.open, r)
	if len(k.open) > maxOpen { // produces with acks=0 are never answered
		k.open = append(k.open[:0], k.open[maxOpen/2:]...)
	}
}

const maxOpen = 1024

// answered returns the API whose answer this is: -1 if nobody asked. Answers come in the
// order of requests, and what an answer has passed gets none.
func (k *link) answered(correlation int32) int16 {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, r := range k.open {
		if r.correlation == correlation {
			k.open = append(k.open[:0], k.open[i+1:]...)
			return r.key
		}
	}
	return -1
}

// luck draws the numbers that decide about a frame.
func (k *link) luck() luck {
	k.mu.Lock()
	defer k.mu.Unlock()
	return luck{k.rng.Float64(), k.rng.Float64(), k.rng.Float64(), k.rng.Float64()}
}

// luck is from 0 to 1, each.
type luck struct{ jitter, reorder, reset, part float64 }
