package console

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// poller asks a cluster one question again and again and keeps the newest
// answer. The pace follows the interest and the cost: fast while somebody looks,
// slow else, and no more than a twentieth of the time spent asking unless somebody looks.
type poller[T any] struct {
	ask        func(ctx context.Context, prev *T) (*T, error)
	then       func(prev, now *T) // nil: nothing
	fast, slow time.Duration
	patience   time.Duration // for one answer

	newest atomic.Pointer[T]
	kicked chan struct{}

	mu      sync.Mutex
	waiting []chan struct{} // closed when an answer came to a question asked after them
	err     error           // why the newest question failed
	at      time.Time       // of the newest answer
	cost    time.Duration
}

// paceFactor is how many times longer than asking a poller rests. While somebody
// looks it rests no longer than watchedRest: an answer is slow above all when a
// broker is down, and then people want to see what becomes of it.
const (
	paceFactor  = 20
	watchedRest = 4 * time.Second
)

func newPoller[T any](fast, slow time.Duration, ask func(context.Context, *T) (*T, error)) *poller[T] {
	return &poller[T]{ask: ask, fast: fast, slow: slow, patience: 10 * time.Second, kicked: make(chan struct{}, 1)}
}

// run asks until the context ends. watched tells whether somebody looks.
func (p *poller[T]) run(ctx context.Context, now func() time.Time, watched func() bool) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		case <-p.kicked:
		}
		begun := now()
		p.once(ctx, now)
		pause, most := p.slow, time.Minute
		if watched() {
			pause, most = p.fast, watchedRest
		}
		cost := now().Sub(begun)
		rest.Reset(max(pause, min(cost*paceFactor, most)))
	}
}

func (p *poller[T]) once(ctx context.Context, now func() time.Time) {
	p.mu.Lock()
	waiting := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	begun := now()
	asking, cancel := context.WithTimeout(ctx, p.patience)
	prev := p.newest.Load()
	answer, err := p.ask(asking, prev)
	cancel()
	if err == nil {
		p.newest.Store(answer)
		if p.then != nil {
			p.then(prev, answer)
		}
	}
	p.mu.Lock()
	p.err = err
	p.cost = now().Sub(begun)
	if err == nil {
		p.at = now()
	}
	p.mu.Unlock()
	for _, w := range waiting {
		close(w)
	}
}

// kick makes the poller ask now.
func (p *poller[T]) kick() {
	select {
	case p.kicked <- struct{}{}:
	default:
	}
}

// refresh waits for the answer to a question asked from now on.
func (p *poller[T]) refresh(ctx context.Context) {
	w := make(chan struct{})
	p.mu.Lock()
	p.waiting = append(p.waiting, w)
	p.mu.Unlock()
	p.kick()
	select {
	case <-w:
	case <-ctx.Done():
	}
}

// cheap is what an answer may cost that a page waits for.
const cheap = 50 * time.Millisecond

// fresh returns an answer that is no older than maxAge where that can be had
// soon, else the newest there is; nil: there never was one.
func (p *poller[T]) fresh(ctx context.Context, now func() time.Time, maxAge time.Duration) *T {
	p.mu.Lock()
	age, cost, failing := now().Sub(p.at), p.cost, p.err != nil
	p.mu.Unlock()
	have := p.newest.Load()
	if have != nil && (age <= maxAge || cost > cheap || failing) {
		p.kickIfOld(age, maxAge)
		return have
	}
	if have == nil && failing {
		p.kickIfOld(age, maxAge)
		return nil
	}
	patience := 5 * cheap
	if have == nil {
		patience = 5 * time.Second
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p.refresh(waiting)
	return p.newest.Load()
}

func (p *poller[T]) kickIfOld(age, maxAge time.Duration) {
	if age > maxAge {
		p.kick()
	}
}

// problem says why the newest question failed, nil if it did not.
func (p *poller[T]) problem() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}
