package console

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/console/filter"
	"github.com/brolga-io/brolga/internal/console/spec"
	"github.com/brolga-io/brolga/internal/console/view"
)

// What strangers write into messages comes back as data of JSON, and the page may
// run nothing that is not its own.
func TestBad124ContentIsText(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	nasty := []string{"<script>alert(1)</script>", "javascript:alert(1)", "<svg onload=alert(1)>", "{{7*7}}", "\u202eevil\u202c", "\x1b[31mred\x1b[0m"}
	for _, text := range nasty {
		get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Key: &text, Value: &text, Headers: []view.NewHeader{{Name: text, Value: &text}}}}})
	}
	page := get[view.MessagePage](w, "GET", "topics/t/messages?position=oldest", nil)
	for i, m := range page.Messages {
		if m.Key.Data != nasty[i] || m.Value.Data != nasty[i] || m.Headers[0].Name != nasty[i] || m.Headers[0].Value.Data != nasty[i] {
			t.Errorf("%q came back as %+v", nasty[i], m)
		}
	}
	for _, path := range []string{"/", "/api/v1/clusters/fake/topics/t/messages", "/nowhere"} {
		_, h, _ := w.raw("GET", path, "")
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	big := strings.Repeat(`{"a":`, 1000) + strings.Repeat("x", 10<<20)
	get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Value: &big}}, Compression: "zstd"})
	if _, text := w.send("GET", "topics/t/messages?limit=1", nil); len(text) > 4<<10 {
		t.Errorf("a page with a message of 10 MB has %d bytes", len(text))
	}
}

// Names that a cluster gives are data as well.
func TestBad125NamesAreText(t *testing.T) {
	w := newWorld(t)
	name := `<img src=x onerror=alert(1)>/../"&`
	w.topic("t", 1)
	get[view.ResetResult](w, "POST", "groups/"+"%3Cimg%20src=x%20onerror=alert(1)%3E%2F..%2F%22%26"+"/reset", view.Reset{To: view.ResetEarliest, Scope: []view.TopicPartitions{{Topic: "t"}}})
	page := get[view.GroupPage](w, "GET", "groups", nil)
	if len(page.Groups) != 1 || page.Groups[0].Name != name {
		t.Fatalf("groups %+v", page.Groups)
	}
	_, h, _ := w.raw("GET", "/api/v1/clusters/fake/groups", "")
	if got := h.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("content type %s", got)
	}
	p := w.refused("GET", "topics/%3Cscript%3E", nil, 404, "UNKNOWN_TOPIC_OR_PARTITION")
	if !strings.Contains(p.Message, "<script>") {
		t.Errorf("message %q", p.Message)
	}
}

// A spreadsheet must not compute what a stranger wrote.
func TestBad126FormulasInCSV(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	for _, text := range []string{"=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\rx"} {
		get[view.Produced](w, "POST", "topics/t/messages", view.Produce{Messages: []view.NewMessage{{Value: &text}}})
	}
	_, h, text := w.raw("GET", "/api/v1/clusters/fake/topics/t/messages/export?format=csv&position=oldest", "")
	if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("disposition %q", h.Get("Content-Disposition"))
	}
	for _, want := range []string{"'=cmd", "'+1", "'-1", "'@x", "'\tx", "'\rx"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
}

// Other sites cannot make a browser change anything.
func TestBad127CrossSiteWrites(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	for name, h := range map[string]http.Header{
		"foreign origin":          {"Origin": {"https://evil.example"}},
		"null origin":             {"Origin": {"null"}},
		"fetch metadata":          {"Sec-Fetch-Site": {"cross-site"}},
		"same site, other origin": {"Sec-Fetch-Site": {"same-site"}},
	} {
		w.extra = h
		for _, method := range []string{"DELETE", "GET"} {
			if p := w.refused(method, "topics/t", nil, 403, "FORBIDDEN"); p.Message == "" {
				t.Errorf("%s: no words", name)
			}
		}
	}
	w.extra = http.Header{"Content-Type": {"text/plain"}}
	w.refused("POST", "topics", view.NewTopic{Name: "x"}, 415, "INVALID_REQUEST")
	w.extra = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	w.refused("DELETE", "topics/t", nil, 415, "INVALID_REQUEST")
	w.extra = http.Header{"Origin": {w.url}, "Sec-Fetch-Site": {"same-origin"}}
	get[view.Topic](w, "GET", "topics/t", nil)
	for _, r := range w.s.routes.all() {
		if r.Method == "GET" && r.Changes {
			t.Errorf("%s changes something by GET", r.ID)
		}
	}
}

// A name of another site that leads to this machine is not answered.
func TestBad128DNSRebinding(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Hosts = []string{"kafka.company.example"} })
	for host, ok := range map[string]bool{
		"evil.example": false, "evil.example:8080": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "": false,
		"localhost:8080": true, "127.0.0.1:8080": true, "[::1]:8080": true, "console:8080": true, "kafka.company.example": true, "KAFKA.company.example.": true, "x.localhost": true,
	} {
		if got := w.s.knowsHost(host); got != ok {
			t.Errorf("host %q: %v", host, got)
		}
	}
	w.extra = http.Header{"Host": {"evil.example"}}
	for _, path := range []string{"/", "/api/v1/meta", "/healthz", "/api/v1/stream"} {
		if status, _, text := w.raw("GET", path, ""); status != http.StatusMisdirectedRequest {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

// Streams belong to who opened them and end with the session.
func TestBad129Streams(t *testing.T) {
	w := newWorld(t, withUsers(t))
	w.extra = http.Header{"Origin": {"https://evil.example"}}
	w.refused("GET", "/api/v1/stream", nil, 403, "FORBIDDEN")
	w.extra = http.Header{}
	w.refused("GET", "/api/v1/stream?token=abc", nil, 401, "UNAUTHENTICATED")
	w.login("ada", "s3cret")
	next := openEvents[view.StreamEvent](w, "/api/v1/stream")
	id := next().Hello.ID
	get[view.Subscribed](w, "POST", "/api/v1/stream/"+id, view.Subscribe{})
	ada := w.extra
	w.extra = http.Header{}
	w.login("bob", "s3cret")
	w.refused("POST", "/api/v1/stream/"+id, view.Subscribe{}, 404, "NOT_FOUND")
	w.extra = ada
	get[view.Done](w, "POST", "/api/v1/logout", struct{}{})
	eventually(t, "the stream ends with the session", func() bool {
		w.s.streams.mu.Lock()
		defer w.s.streams.mu.Unlock()
		return len(w.s.streams.byID) == 0
	})
}

// Who may only look cannot change anything by any route.
func TestBad130OneGate(t *testing.T) {
	w := newWorld(t, withUsers(t))
	for _, r := range w.s.routes.all() {
		if r.ID == "getMeta" || r.ID == "login" {
			continue
		}
		w.refused(r.Method, "/api/v1"+filled(r.Path), struct{}{}, 401, "UNAUTHENTICATED")
	}
	w.login("bob", "s3cret") // read-only
	writes := 0
	for _, r := range w.s.routes.all() {
		if r.Changes {
			writes++
			w.refused(r.Method, "/api/v1"+filled(r.Path), struct{}{}, 403, "READ_ONLY")
			w.refused(r.Method, "/api/v1"+filled(r.Path)+"?dryRun=true", struct{}{}, 403, "READ_ONLY")
		}
	}
	if writes < 15 {
		t.Errorf("only %d routes change something", writes)
	}
	shown := newWorld(t, func(o *Options) { o.ReadOnly = true })
	shown.refused("POST", "topics", view.NewTopic{Name: "x"}, 403, "READ_ONLY")
	only := newWorld(t, func(o *Options) { o.Clusters[0].ReadOnly = true })
	only.refused("POST", "topics", view.NewTopic{Name: "x"}, 403, "READ_ONLY")
	get[view.TopicPage](only, "GET", "topics", nil)
}

// filled puts something into the braces of a path.
func filled(path string) string {
	for _, name := range []string{"cluster", "topic", "group", "broker", "partition", "offset", "part", "stream"} {
		path = strings.ReplaceAll(path, "{"+name+"}", map[string]string{"cluster": "fake"}[name]+map[bool]string{true: "1"}[name != "cluster"])
	}
	return path
}

// No path leaves what was embedded.
func TestBad131PathTraversal(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret.txt"), []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	pages := filepath.Join(dir, "pages")
	for _, f := range []string{"index.html", "assets/x-1.js"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(pages, f)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(pages, f), []byte("<head></head>page"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.txt", filepath.Join(pages, "link.txt")); err != nil {
		t.Fatal(err)
	}
	for _, o := range []func(*Options){func(*Options) {}, func(o *Options) { o.UIDir = pages }} {
		w := newWorld(t, o)
		for _, path := range []string{"/assets/..%2f..%2fsecret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/%00", "/link.txt",
			"/static/..%2f..%2fetc/passwd", "/assets/..%5c..%5csecret.txt", "//etc/passwd"} {
			status, _, text := w.raw("GET", path, "")
			if strings.Contains(text, "s3cret") || strings.Contains(text, "root:") {
				t.Errorf("%s leads out: %d %s", path, status, text)
			}
			if strings.HasPrefix(path, "/assets/") && status != 404 {
				t.Errorf("%s: %d", path, status)
			}
		}
	}
}

// A cluster that is added in the page cannot make the console ask what only this
// machine can reach, nor read its files.
func TestBad132ForgedRequests(t *testing.T) {
	for address, refused := range map[string]bool{"169.254.169.254": true, "fe80::1": true, "::ffff:169.254.169.254": true, "127.0.0.1": false, "10.0.0.1": false} {
		if got := linkLocal(netip.MustParseAddr(address)); got != refused {
			t.Errorf("%s: %v", address, got)
		}
	}
	w := newWorld(t)
	p := w.refused("POST", "/api/v1/clusters?dryRun=true", view.NewCluster{Name: "x", BootstrapServers: []string{"169.254.169.254:80"}}, 502, "CLUSTER_OFFLINE")
	if !strings.Contains(p.Message, "169.254") {
		t.Errorf("message %q", p.Message)
	}
	for _, server := range []string{"file:///etc/passwd", "http://x", "x", ":9092", "x:0", "x:99999"} {
		w.refused("POST", "/api/v1/clusters", view.NewCluster{Name: "x", BootstrapServers: []string{server}}, 400, "INVALID_REQUEST")
	}
	w.refused("POST", "/api/v1/clusters", view.NewCluster{Name: "x", BootstrapServers: []string{"x:1"},
		Properties: map[string]string{"ssl.truststore.location": "/etc/passwd"}}, 400, "INVALID_REQUEST")
}

// Filters are a bounded language.
func TestBad133FilterCode(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	for _, code := range []string{"java.lang.Runtime.getRuntime().exec('id')", "value.constructor.constructor('x')()", "while(true){}", "@grab('x')", strings.Repeat("(", 10_000), strings.Repeat("a", filter.MaxBytes+1)} {
		v := get[view.FilterVerdict](w, "POST", "/api/v1/filters/check", view.FilterCheck{Filter: code})
		if v.OK || v.Problem == "" {
			t.Errorf("%.40q is accepted: %+v", code, v)
		}
	}
	w.refused("POST", "topics/t/messages/scan", view.MessageQuery{Filter: "exec(1)"}, 400, "INVALID_REQUEST")
}

// Nothing that is asked costs without a limit.
func TestBad134Limits(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 1)
	evil := `(a+)+$`
	text := strings.Repeat("a", 100_000) + "!"
	v := get[view.FilterVerdict](w, "POST", "/api/v1/filters/check", view.FilterCheck{Filter: `value matches "` + evil + `"`, Sample: &view.Sample{Value: &text}})
	if !v.Tried || v.Matches {
		t.Errorf("verdict %+v", v)
	}
	for range maxStreamsPerUser {
		openEvents[view.StreamEvent](w, "/api/v1/stream")()
	}
	w.refused("GET", "/api/v1/stream", nil, 429, "TOO_MANY_REQUESTS")
	w.refused("GET", "topics/t/messages/tail", nil, 429, "TOO_MANY_REQUESTS")
	if page := get[view.TopicPage](w, "GET", "topics?limit=1000000000&offset=-5", nil); len(page.Topics) > pageSize {
		t.Errorf("%d topics on a page", len(page.Topics))
	}
}

// net/http holds back what is too large or too slow.
func TestBad135SizesAndTimes(t *testing.T) {
	w := newWorld(t)
	h := w.s.http
	if h.ReadHeaderTimeout == 0 || h.ReadTimeout == 0 || h.IdleTimeout == 0 || h.MaxHeaderBytes == 0 || h.MaxHeaderBytes > 64<<10 {
		t.Errorf("limits %+v", h)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/clusters/fake/topics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{", maxBodyBytes+1)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d", resp.StatusCode)
	}
	endless := &call{w: httptest.NewRecorder(), r: httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(`{"name":"`), forever{}))}
	if f, _ := explain(endless.readBody(&view.NewTopic{})); f.status != http.StatusRequestEntityTooLarge {
		t.Errorf("an endless body: %d", f.status)
	}
	req := httptest.NewRequest("GET", w.url+"/api/v1/meta", nil)
	req.RequestURI = ""
	req.Header.Set("X-Large", strings.Repeat("x", 64<<10))
	if resp, err := http.DefaultClient.Do(req); err == nil { // else the connection was closed at once
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a large header: %d", resp.StatusCode)
		}
	}
}

// forever is a body without an end.
type forever struct{}

func (forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// Pages cannot be framed, guessed at or kept.
func TestBad136Headers(t *testing.T) {
	w := newWorld(t)
	_, h, _ := w.raw("GET", "/api/v1/meta", "")
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("the page can be framed")
	}
}

// Passwords cannot be tried without end; sessions cannot be planted.
func TestBad137Login(t *testing.T) {
	w := newWorld(t, withUsers(t))
	planted := strings.Repeat("ab", 32)
	w.extra = http.Header{"Cookie": {cookieName + "=" + planted}}
	status, h, _ := w.raw("POST", "/api/v1/login", `{"user":"ada","password":"s3cret"}`)
	cookie := h.Get("Set-Cookie")
	if status != 200 || strings.Contains(cookie, planted) {
		t.Fatalf("%d %s", status, cookie)
	}
	for _, flag := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, flag) {
			t.Errorf("the cookie lacks %s: %s", flag, cookie)
		}
	}
	w.extra = http.Header{"X-Forwarded-Proto": {"https"}}
	if _, h, _ := w.raw("POST", "/api/v1/login", `{"user":"ada","password":"s3cret"}`); !strings.Contains(h.Get("Set-Cookie"), "Secure") {
		t.Error("behind TLS the cookie is not Secure")
	}
	w.extra = http.Header{}
	for range maxTries {
		w.refused("POST", "/api/v1/login", view.Credentials{User: "ada", Password: "wrong"}, 401, "UNAUTHENTICATED")
	}
	w.refused("POST", "/api/v1/login", view.Credentials{User: "ada", Password: "s3cret"}, 429, "TOO_MANY_REQUESTS")
	w.refused("POST", "/api/v1/login", view.Credentials{User: "nobody", Password: "x"}, 429, "TOO_MANY_REQUESTS")
	if strings.Contains(w.log.String(), "wrong") || strings.Contains(w.log.String(), "s3cret") {
		t.Error("a password is in the log")
	}
}

// The console's port has health checks and neither metrics nor profiles.
func TestBad138OtherDoors(t *testing.T) {
	w := newWorld(t, withUsers(t), func(o *Options) { o.Unready = func() string { return "the broker is fenced" } })
	for path, want := range map[string]string{"/healthz": "200 ok\n", "/readyz": "503 the broker is fenced\n", "/actuator/health": `503 {"status":"DOWN"}`} {
		status, _, text := w.raw("GET", path, "")
		if got := fmt.Sprintf("%d %s", status, text); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	for _, path := range []string{"/debug/pprof/", "/metrics", "/debug/vars"} {
		if _, _, text := w.raw("GET", path, ""); strings.Contains(text, "goroutine") || strings.Contains(text, "# HELP") {
			t.Errorf("%s answers %s", path, text)
		}
	}
}

// Failures of the console itself say nothing of its insides.
func TestBad139Leaks(t *testing.T) {
	w := newWorld(t)
	secret := "open /very/secret/path: permission denied"
	w.s.routes.root.literal["meta"].rows["GET"] = &route{Route: spec.Route{Method: "GET", ID: "getMeta"}, serve: func(*call) error { return fmt.Errorf("%s", secret) }}
	p := w.refused("GET", "/api/v1/meta", nil, 500, "INTERNAL")
	if p.ID == "" || strings.Contains(p.Message+p.Hint, "secret") {
		t.Errorf("problem %+v", p)
	}
	if log := w.log.String(); !strings.Contains(log, p.ID) || !strings.Contains(log, secret) {
		t.Errorf("the log does not have the cause: %s", log)
	}
	for _, body := range []string{`{"name":`, `[]`, `{"name":1}`, `{"unknown":true}`, `{} {}`, "\x00"} {
		if status, _, text := w.raw("POST", "/api/v1/clusters/fake/topics", body); status != 400 || strings.Contains(text, "view.") || strings.Contains(text, "goroutine") {
			t.Errorf("%q: %d %s", body, status, text)
		}
	}
}

// A line of the log is one line, however a stranger writes.
func TestBad140LogInjection(t *testing.T) {
	w := newWorld(t, withUsers(t))
	name := "ada\n2026 INFO all is well " + strings.Repeat("x", 10_000)
	w.refused("POST", "/api/v1/login", view.Credentials{User: name, Password: "x"}, 401, "UNAUTHENTICATED")
	for line := range strings.Lines(w.log.String()) {
		if strings.HasPrefix(line, "2026") || len(line) > 1000 {
			t.Errorf("line %.200q", line)
		}
	}
}

// withUsers lets ada in, and bob who may only look. Both have the password s3cret.
func withUsers(t *testing.T) func(*Options) {
	t.Helper()
	hash, err := cheapHash("s3cret")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(file, []byte("# people\nada:"+hash+"\n\nbob:"+hash+":read-only\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.UsersFile = file }
}

// login keeps the cookie for what follows.
func (w *world) login(user, password string) {
	w.t.Helper()
	status, h, text := w.raw("POST", "/api/v1/login", fmt.Sprintf(`{"user":%q,"password":%q}`, user, password))
	if status != 200 {
		w.t.Fatalf("login: %d %s", status, text)
	}
	cookie, _, _ := strings.Cut(h.Get("Set-Cookie"), ";")
	w.extra = http.Header{"Cookie": {cookie}}
}

func TestSessionsExpire(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := newSessions(func() time.Time { return now })
	n := s.open("ada")
	if s.find(n.token) != n {
		t.Fatal("a new session is not found")
	}
	now = now.Add(sessionTime + time.Second)
	if s.find(n.token) != nil || n.ctx.Err() == nil {
		t.Error("an old session lives on")
	}
	for range maxSessions + 10 {
		s.open("bob")
	}
	if len(s.byToken) > maxSessions {
		t.Errorf("%d sessions", len(s.byToken))
	}
}

func TestUsersFile(t *testing.T) {
	hash, err := cheapHash("x")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"ada":                                "line 1 is not name:hash",
		"ada:plain":                          "line 1 has no bcrypt hash",
		":" + hash:                           "line 1 is not name:hash",
		"ada:" + hash + ":admin":             "ends in something other",
		"ada:" + hash + "\nada:" + hash:      "for the second time",
		"# only\n\n":                         "",
		"ada:" + hash + "\nb:" + hash + "\n": "",
	} {
		_, err := parseUsers([]byte(text))
		switch {
		case err == nil && want != "", err != nil && (want == "" || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestEncodeHasNoNullLists(t *testing.T) {
	b, err := encode(view.Topic{PartitionList: []view.Partition{{}}})
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if v["groupNames"] == nil || v["partitionList"].([]any)[0].(map[string]any)["replicas"] == nil {
		t.Errorf("a list is null in %s", b)
	}
}
