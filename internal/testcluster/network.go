package testcluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// link is one direction between two hosts.
type link struct{ from, to string }

// Network connects hosts by name. A connection loses nothing while it lives, as with
// TCP: what was sent over a link that is cut arrives when the link is back.
type Network struct {
	mu        sync.Mutex
	rng       *rand.Rand
	changed   chan struct{} // closed and replaced when a link changes
	cut       map[link]bool
	paused    map[string]bool
	delay     map[link]time.Duration
	base      time.Duration
	listeners map[string]*listener
	conns     map[*conn]struct{}
	down      map[string]bool // machines without power: nothing answers
	nextPort  uint16

	// held counts the reads and dials that a fault kept waiting.
	held int
}

// NewNetwork returns a network in which everything takes base to arrive.
func NewNetwork(rng *rand.Rand, base time.Duration) *Network {
	return &Network{
		rng: rng, base: base, changed: make(chan struct{}), cut: map[link]bool{}, paused: map[string]bool{},
		delay: map[link]time.Duration{}, listeners: map[string]*listener{}, conns: map[*conn]struct{}{},
		down: map[string]bool{}, nextPort: 20_000,
	}
}

// alterLocked lets everybody who waits look again.
func (n *Network) alterLocked() {
	close(n.changed)
	n.changed = make(chan struct{})
}

// Cut stops what goes from one host to another; the other direction stays.
func (n *Network) Cut(from, to string) { n.set(func() { n.cut[link{from, to}] = true }) }

// Split cuts both directions between every host of a and every host of b.
func (n *Network) Split(a, b []string) {
	for _, x := range a {
		for _, y := range b {
			n.Cut(x, y)
			n.Cut(y, x)
		}
	}
}

// Delay makes what goes from one host to another take that much longer.
func (n *Network) Delay(from, to string, d time.Duration) {
	n.set(func() { n.delay[link{from, to}] = d })
}

// Pause stops everything that enters or leaves a host. Its ports still accept
// connections, as the kernel does for a process that stands still.
func (n *Network) Pause(host string) { n.set(func() { n.paused[host] = true }) }

// Resume ends Pause.
func (n *Network) Resume(host string) { n.set(func() { delete(n.paused, host) }) }

// Heal takes back every cut, delay and pause.
func (n *Network) Heal() {
	n.set(func() {
		clear(n.cut)
		clear(n.delay)
		clear(n.paused)
	})
}

func (n *Network) set(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
	n.alterLocked()
}

// Held is how many reads and dials faults have kept waiting so far.
func (n *Network) Held() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.held
}

// blockedLocked tells whether a link carries nothing now.
func (n *Network) blockedLocked(l link) bool {
	return n.cut[l] || n.paused[l.from] || n.paused[l.to] || n.down[l.from] || n.down[l.to]
}

// Kill closes a host's ports and resets its connections, as the kernel does for a
// process that died.
func (n *Network) Kill(host string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.endLocked(host, syscall.ECONNRESET)
}

// PowerOff makes a host vanish: nobody is told, and nothing answers until PowerOn.
func (n *Network) PowerOff(host string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down[host] = true
	n.endLocked(host, syscall.ECONNRESET) // told by the machine when it is back
}

// PowerOn ends PowerOff.
func (n *Network) PowerOn(host string) { n.set(func() { delete(n.down, host) }) }

func (n *Network) endLocked(host string, err error) {
	for address, l := range n.listeners {
		if l.host == host {
			l.endLocked()
			delete(n.listeners, address)
		}
	}
	for c := range n.conns {
		if c.local == host {
			c.out.endLocked(err)
			c.in.endLocked(net.ErrClosed)
			delete(n.conns, c)
		}
	}
	n.alterLocked()
}

// Listen is node.Options.Listen of a host.
func (n *Network) Listen(host, address string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[address] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: syscall.EADDRINUSE}
	}
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	l := &listener{n: n, host: host, address: address, addr: net.TCPAddrFromAddrPort(addr),
		backlog: make(chan *conn, 1024), closed: make(chan struct{})}
	n.listeners[address] = l
	return l, nil
}

// Dial is node.Options.Dial of a host. It takes one trip each way; one of a blocked
// link takes until the timeout.
func (n *Network) Dial(host, address string, timeout time.Duration) (net.Conn, error) {
	late := time.NewTimer(timeout)
	defer late.Stop()
	begin := time.Now()
	for counted := false; ; {
		n.mu.Lock()
		c, wait, err := n.dialLocked(host, address, time.Since(begin))
		if wait < 0 && !counted {
			n.held, counted = n.held+1, true
		}
		changed := n.changed
		n.mu.Unlock()
		if c != nil || err != nil {
			if err != nil {
				err = &net.OpError{Op: "dial", Net: "tcp", Err: err}
				return nil, err
			}
			return c, nil
		}
		if !pauseUntil(changed, wait, late.C) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
		}
	}
}

// pauseUntil waits for a change or for a time (negative: only for the change), and
// returns false when it is late.
func pauseUntil(changed <-chan struct{}, wait time.Duration, late <-chan time.Time) bool {
	var due <-chan time.Time
	if wait >= 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		due = t.C
	}
	select {
	case <-changed:
	case <-due:
	case <-late:
		return false
	}
	return true
}

// dialLocked connects, or says how long to wait; negative if only a change helps.
func (n *Network) dialLocked(host, address string, waited time.Duration) (*conn, time.Duration, error) {
	to := hostOf(address)
	l := n.listeners[address]
	there, back := link{host, to}, link{to, host}
	if n.cut[there] || n.cut[back] || n.down[to] || n.down[host] || n.paused[host] {
		return nil, -1, nil
	}
	if trip := 2*n.base + n.delay[there] + n.delay[back]; waited < trip {
		return nil, trip - waited, nil
	}
	if l == nil {
		return nil, 0, syscall.ECONNREFUSED
	}
	n.nextPort++
	local := &net.TCPAddr{IP: net.ParseIP(host), Port: int(n.nextPort)}
	near, far := n.pairLocked(link{host, to}, local, l.addr)
	select {
	case l.backlog <- far:
		return near, 0, nil
	default:
		return nil, 0, syscall.ECONNREFUSED
	}
}

// hostOf is the name of the host in an address; hosts are named by their addresses.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// dialer is the dialer of a client on a host.
func (n *Network) dialer(host string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, _, address string) (net.Conn, error) {
		timeout := 3 * time.Second
		if end, ok := ctx.Deadline(); ok {
			timeout = min(timeout, time.Until(end))
		}
		return n.Dial(host, address, timeout)
	}
}
