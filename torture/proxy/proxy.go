package proxy

import (
	"fmt"
	"log/slog"
	"net"
	"sync"
)

// Proxy is a set of fronts, each before one listener of a broker.
type Proxy struct {
	log *slog.Logger
	wg  sync.WaitGroup

	mu     sync.Mutex
	fronts map[string]*front
	closed bool
}

// New returns a proxy without a front.
func New(log *slog.Logger) *Proxy { return &Proxy{log: log, fronts: map[string]*front{}} }

// Front listens on an address (port 0: any) and passes connections on to target, which
// need not listen yet. It returns where it listens.
func (p *Proxy) Front(name string, listen, target string) (addr string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return "", net.ErrClosed
	}
	if p.fronts[name] != nil {
		return "", fmt.Errorf("there is a front %q already", name)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", err
	}
	f := newFront(name, target, l, p.log)
	p.fronts[name] = f
	p.wg.Go(f.runAccept)
	return l.Addr().String(), nil
}

// Set gives a front a fault, instead of the one that it had. Frames that wait are judged
// by the new one.
func (p *Proxy) Set(name string, f Fault) {
	if front := p.front(name); front != nil {
		front.set(f)
		p.log.Info("a front has a fault", "front", name, "fault", fmt.Sprintf("%+v", f))
	}
}

// Heal takes a front's fault away. Connections that lost bytes are cut.
func (p *Proxy) Heal(name string) {
	if front := p.front(name); front != nil {
		front.set(Fault{})
		p.log.Info("a front has healed", "front", name, "counts", front.counts.counts().String())
	}
}

// Cut resets all connections of a front that are open and returns how many those are.
func (p *Proxy) Cut(name string) int {
	if front := p.front(name); front != nil {
		return front.cutAll(func(*link) bool { return true })
	}
	return 0
}

// Counts are what a front has carried so far and what its faults did.
func (p *Proxy) Counts(name string) Counts {
	if front := p.front(name); front != nil {
		return front.counts.counts()
	}
	return Counts{}
}

func (p *Proxy) front(name string) *front {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fronts[name]
}

// Close ends all fronts and their connections.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	for _, f := range p.fronts {
		f.close()
	}
	p.mu.Unlock()
	p.wg.Wait()
}
