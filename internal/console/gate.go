package console

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// identity is who asks.
type identity struct {
	name     string
	address  string // of the machine, for limits
	session  *session
	readOnly bool
}

// answerTimeout is how long an answer that is no stream may take to be written.
const answerTimeout = 2 * time.Minute

// contentPolicy lets a page load and ask only what comes from the console, and
// run nothing that is written into it.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// ServeHTTP is the one gate: every request of every transport passes it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	c := &call{Context: r.Context(), s: s, w: w, r: r, route: &route{}}
	if err := s.admit(c); err != nil {
		c.fail(err)
	}
}

// admit checks a request from the outside in, and serves it.
func (s *Server) admit(c *call) error {
	if !s.knowsHost(c.r.Host) {
		return &failure{status: http.StatusMisdirectedRequest, code: codeForbidden,
			message: "This console does not answer to that name.",
			hint:    "Ask by address or as localhost, or allow the name with console.allowed.hosts."}
	}
	path, ok := s.below(c.r.URL.EscapedPath())
	if !ok {
		http.Redirect(c.w, c.r, s.o.BasePath+"/", http.StatusFound)
		return nil
	}
	switch path {
	case "/healthz":
		return c.health(s.o.Unhealthy, false)
	case "/readyz":
		return c.health(s.o.Unready, false)
	case "/actuator/health":
		return c.health(s.o.Unready, true)
	}
	rest, isAPI := strings.CutPrefix(path, apiRoot+"/")
	if !isAPI {
		return s.page(c, path)
	}
	select {
	case s.inFlight <- struct{}{}:
		defer func() { <-s.inFlight }()
	default:
		return tooMany("The console is busy with too many requests. Try again in a moment.")
	}
	return s.serveAPI(c, rest)
}

// serveAPI finds the route, who asks and whether they may, and serves.
func (s *Server) serveAPI(c *call, path string) error {
	if err := sameSite(c.r); err != nil {
		return err
	}
	row, vars, known := s.routes.match(c.r.Method, path)
	switch {
	case known && row == nil:
		return &failure{status: http.StatusMethodNotAllowed, code: codeInvalid, message: "This address does not take " + clip(c.r.Method, 10) + "."}
	case row == nil:
		return notFound("There is nothing at this address.")
	}
	c.route, c.vars = row, func(name string) string { return vars[name] }
	c.dryRun = row.Changes && c.r.URL.Query().Get("dryRun") == "true"
	c.who = s.identify(c.r)
	if s.users.required() && c.who.session == nil && row.ID != "getMeta" && row.ID != "login" {
		return &failure{status: http.StatusUnauthorized, code: codeUnauthenticated, message: "Log in first."}
	}
	if err := c.mayChange(); err != nil {
		return err
	}
	if row.Method != http.MethodGet && !jsonBody(c.r) {
		return &failure{status: http.StatusUnsupportedMediaType, code: codeInvalid, message: "The body must be application/json."}
	}
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(answerTimeout)) // recorders in tests have none
	return row.serve(c)
}

// mayChange is the one place that decides whether a request may change anything.
func (c *call) mayChange() error {
	if !c.route.Changes {
		return nil
	}
	const code, hint = codeReadOnly, "Ask whoever runs this console."
	switch {
	case c.s.o.ReadOnly:
		return &failure{status: http.StatusForbidden, code: code, message: "This console only shows and changes nothing (console.read.only).", hint: hint}
	case c.who.readOnly:
		return &failure{status: http.StatusForbidden, code: code, message: fmt.Sprintf("%s may look but not change anything.", c.who.name), hint: hint}
	}
	if k := c.s.clusters.find(c.vars("cluster")); k != nil && k.readOnly {
		return &failure{status: http.StatusForbidden, code: code, message: "The cluster " + k.name + " is set to be shown only.", hint: hint}
	}
	return nil
}

// sameSite refuses what another site makes a browser send.
func sameSite(r *http.Request) error {
	refused := forbidden("This request comes from another site.")
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return refused
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return refused
	}
	if u.Host != r.Host && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return refused
	}
	return nil
}

func jsonBody(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// below cuts the base path off; ok is false where the path lies beside it.
func (s *Server) below(path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, s.o.BasePath)
	switch {
	case s.o.BasePath == "":
		return path, true
	case !ok && path != "/":
		return path, true // a proxy has cut it off already
	case !ok || rest == "":
		return "", false
	case rest[0] != '/':
		return path, true
	}
	return rest, true
}

// health answers in the words of /healthz or of Spring's actuator.
func (c *call) health(reason func() string, actuator bool) error {
	why := ""
	if reason != nil {
		why = reason()
	}
	status := http.StatusOK
	if why != "" {
		status = http.StatusServiceUnavailable
	}
	if actuator {
		word := map[bool]string{true: "UP", false: "DOWN"}[why == ""]
		b, err := encode(view.Health{Status: word})
		if err != nil {
			return err
		}
		c.w.Header().Set("Content-Type", "application/vnd.spring-boot.actuator.v3+json")
		c.w.WriteHeader(status)
		return ignoreGone(writeAll(c.w, b))
	}
	if why == "" {
		why = "ok"
	}
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.w.WriteHeader(status)
	return ignoreGone(writeAll(c.w, []byte(why+"\n")))
}
