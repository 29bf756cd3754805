package console

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// sessions remembers who is logged in, and who tried to.
type sessions struct {
	now func() time.Time

	mu      sync.Mutex
	byToken map[string]*session
	tries   map[string][]time.Time // failed, by user or address
}

// session is one login. Its streams end when its context does.
type session struct {
	token string
	user  string
	until time.Time
	ctx   context.Context
	end   context.CancelFunc
}

const (
	cookieName     = "brolga_session"
	sessionTime    = 12 * time.Hour
	maxSessions    = 1000
	maxTries       = 10
	triesWindow    = time.Minute
	maxTriedNames  = 10_000
	maxPasswordLen = 72 // bcrypt's
)

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, byToken: map[string]*session{}, tries: map[string][]time.Time{}}
}

// open makes a session with a token that nobody had before: one that a browser
// brought along is not reused.
func (s *sessions) open(user string) *session {
	ctx, end := context.WithCancel(context.Background())
	n := &session{token: newToken(32), user: user, until: s.now().Add(sessionTime), ctx: ctx, end: end}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireLocked()
	if len(s.byToken) >= maxSessions {
		s.dropOldestLocked()
	}
	s.byToken[n.token] = n
	return n
}

func (s *sessions) find(token string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.byToken[token]
	if n == nil {
		return nil
	}
	if s.now().After(n.until) {
		s.closeLocked(n)
		return nil
	}
	return n
}

func (s *sessions) close(n *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeLocked(n)
}

func (s *sessions) closeLocked(n *session) {
	delete(s.byToken, n.token)
	n.end()
}

func (s *sessions) expireLocked() {
	for _, n := range s.byToken {
		if s.now().After(n.until) {
			s.closeLocked(n)
		}
	}
}

func (s *sessions) dropOldestLocked() {
	var oldest *session
	for _, n := range s.byToken {
		if oldest == nil || n.until.Before(oldest.until) {
			oldest = n
		}
	}
	s.closeLocked(oldest)
}

// mayTry tells whether a user or address failed seldom enough to try again.
func (s *sessions) mayTry(who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	recent := s.tries[who][:0]
	for _, at := range s.tries[who] {
		if s.now().Sub(at) < triesWindow {
			recent = append(recent, at)
		}
	}
	if len(recent) == 0 {
		delete(s.tries, who)
		return true
	}
	s.tries[who] = recent
	return len(recent) < maxTries
}

// failed notes a failure.
func (s *sessions) failed(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tries) >= maxTriedNames {
		clear(s.tries) // somebody tries names: the limit by address still holds
	}
	s.tries[who] = append(s.tries[who], s.now())
}

// identify tells who sent a request.
func (s *Server) identify(r *http.Request) identity {
	who := identity{address: hostOnly(r.RemoteAddr)}
	if !s.users.required() {
		return who
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return who
	}
	n := s.sessions.find(cookie.Value)
	if n == nil {
		return who
	}
	u, ok := s.users.find(n.user)
	if !ok {
		s.sessions.close(n)
		return who
	}
	who.name, who.session, who.readOnly = n.user, n, u.readOnly
	return who
}
