package console

import (
	"net/http"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// KafkaVersion is the release whose behaviour brolga follows.
const KafkaVersion = "4.4.0"

// Limits of requests and answers.
const (
	pageSize           = 500
	previewBytes       = 256
	maxProduceMessages = 100_000
	maxFilterBytes     = 4 << 10
	maxStreamsPerUser  = 20
)

// meta is everything about the console itself that the page must know first.
func (c *call) meta() (view.Meta, error) {
	m := view.Meta{
		Version: c.s.o.Version, KafkaVersion: KafkaVersion,
		LoginRequired: c.s.users.required(), User: c.who.name,
		ReadOnly: c.s.o.ReadOnly || c.who.readOnly, Lab: c.s.o.Lab != nil,
		Limits: view.Limits{
			BodyBytes: maxBodyBytes, ProduceMessages: maxProduceMessages, PreviewBytes: previewBytes,
			PageSize: pageSize, Streams: maxStreamsPerUser, FilterBytes: maxFilterBytes,
		},
	}
	if c.s.users.required() && c.who.session == nil {
		m.Version, m.KafkaVersion = "", ""
		return m, nil
	}
	if all := c.s.clusters.list(); len(all) > 0 {
		m.DefaultCluster = all[0].id
	}
	return m, nil
}

func (c *call) login(in view.Credentials) (view.Session, error) {
	if !c.s.users.required() {
		return view.Session{}, invalid("", "Nobody needs to log in here.")
	}
	byUser, byAddress := "user "+clip(in.User, 100), "address "+c.who.address
	if !c.s.sessions.mayTry(byUser) || !c.s.sessions.mayTry(byAddress) {
		return view.Session{}, tooMany("Too many failed tries. Wait a minute.")
	}
	refused := &failure{status: http.StatusUnauthorized, code: codeUnauthenticated, message: "User or password is wrong."}
	if len(in.Password) > maxPasswordLen {
		return view.Session{}, refused
	}
	u, ok, err := c.s.users.check(in.User, in.Password)
	if err != nil {
		return view.Session{}, err
	}
	if !ok {
		c.s.sessions.failed(byUser)
		c.s.sessions.failed(byAddress)
		c.s.log.Warn("A login to the console failed", "user", clip(in.User, 100), "address", c.who.address)
		return view.Session{}, refused
	}
	if c.who.session != nil {
		c.s.sessions.close(c.who.session)
	}
	n := c.s.sessions.open(in.User)
	c.setCookie(n.token, int(sessionTime.Seconds()))
	return view.Session{User: in.User, ReadOnly: u.readOnly || c.s.o.ReadOnly}, nil
}

func (c *call) logout() (view.Done, error) {
	if c.who.session != nil {
		c.s.sessions.close(c.who.session)
	}
	c.setCookie("", -1)
	return view.Done{Message: "Logged out."}, nil
}

func (c *call) setCookie(token string, maxAge int) {
	secure := c.r.TLS != nil || strings.EqualFold(c.r.Header.Get("X-Forwarded-Proto"), "https")
	http.SetCookie(c.w, &http.Cookie{
		Name: cookieName, Value: token, Path: c.s.prefix(c.r.Header.Get("X-Forwarded-Prefix")) + "/",
		MaxAge: maxAge, HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	})
}
