package console

import (
	"context"
	"sync"
)

// streams knows the open push channels and tails, to steer them and to limit
// them.
type streams struct {
	mu     sync.Mutex
	byID   map[string]*stream
	byUser map[string]int
}

// stream is one open channel or tail.
type stream struct {
	id    string
	owner string
	ctx   context.Context
	steer chan any // a request to the goroutine that serves it
}

// maxStreams is how many there are at a time, of all users.
const maxStreams = 200

func newStreams() *streams {
	return &streams{byID: map[string]*stream{}, byUser: map[string]int{}}
}

// owner names who a stream counts for: the user, or the machine where nobody
// logs in.
func (c *call) owner() string {
	if c.who.session != nil {
		return "user " + c.who.name
	}
	return "address " + c.who.address
}

// open admits a stream, or refuses where there are too many. The stream ends
// with the request, with the session, and with what is returned.
func (ss *streams) open(c *call) (*stream, func(), error) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	owner := c.owner()
	switch {
	case len(ss.byID) >= maxStreams:
		return nil, nil, tooMany("The console serves as many live pages as it can. Close one.")
	case ss.byUser[owner] >= maxStreamsPerUser:
		return nil, nil, tooMany("You have as many live pages open as one may. Close one.")
	}
	ctx, cancel := context.WithCancel(c.Context)
	if c.who.session != nil {
		stopAfter := context.AfterFunc(c.who.session.ctx, cancel)
		was := cancel
		cancel = func() { stopAfter(); was() }
	}
	s := &stream{id: newToken(12), owner: owner, ctx: ctx, steer: make(chan any)}
	ss.byID[s.id] = s
	ss.byUser[owner]++
	return s, func() { cancel(); ss.close(s) }, nil
}

func (ss *streams) close(s *stream) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.byID, s.id)
	if ss.byUser[s.owner]--; ss.byUser[s.owner] == 0 {
		delete(ss.byUser, s.owner)
	}
}

// over tells that a stream's session has come to its end meanwhile.
func (c *call) over() bool {
	return c.who.session != nil && c.s.sessions.find(c.who.session.token) == nil
}

// steer hands a request to the goroutine of a stream of the same owner.
func (c *call) steer(request any) error {
	c.s.streams.mu.Lock()
	s := c.s.streams.byID[c.vars("stream")]
	c.s.streams.mu.Unlock()
	if s == nil || s.owner != c.owner() {
		return notFound("There is no such stream; it has ended.")
	}
	select {
	case s.steer <- request:
		return nil
	case <-s.ctx.Done():
		return notFound("The stream has ended.")
	case <-c.Done():
		return c.Err()
	}
}
