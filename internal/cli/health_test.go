package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	ready := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ready || r.URL.Path != "/readyz" {
			http.Error(w, "the broker is fenced", http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	health := func(fromEnv string, args ...string) (int, string) {
		var stdout, stderr bytes.Buffer
		env := &Env{Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return fromEnv }}
		code := runHealth(env, args)
		return code, stdout.String() + stderr.String()
	}
	for _, args := range [][]string{{srv.URL}, {srv.URL + "/"}} {
		if code, out := health("", args...); code != 0 || out != "" {
			t.Errorf("%v of a ready node: %d %q", args, code, out)
		}
	}
	if code, out := health(strings.Replace(srv.URL, "127.0.0.1", "0.0.0.0", 1)); code != 0 {
		t.Errorf("address of the environment: %d %q", code, out)
	}
	ready = false
	if code, out := health(srv.URL); code != 1 || !strings.Contains(out, "the broker is fenced") {
		t.Errorf("of a node that is not ready: %d %q", code, out)
	}
	srv.Close()
	for what, args := range map[string][]string{"no node": {srv.URL}, "no address": {"::"}, "an option": {"--x"}, "too much": {"a", "b"}} {
		if code, out := health("", args...); code != 1 || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: %d %q", what, code, out)
		}
	}
}

// In a container that is the console only nothing listens where metrics would be, and
// the console answers instead.
func TestHealthOfConsole(t *testing.T) {
	ready := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ready || r.URL.Path != "/ui/readyz" {
			http.Error(w, "not here", http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "http://"), ":")
	nobody := httptest.NewServer(nil)
	nobody.Close()
	for what, vars := range map[string]map[string]string{
		"as in Kafka UI": {"SERVER_PORT": port, "SERVER_SERVLET_CONTEXT_PATH": "/ui"},
		"by our key":     {"KAFKA_CONSOLE_LISTENER": "http://0.0.0.0:" + port + "/ui"},
	} {
		vars["KAFKA_METRICS_LISTENER"] = nobody.URL
		var stderr bytes.Buffer
		env := &Env{Stdout: &stderr, Stderr: &stderr, Getenv: func(name string) string { return vars[name] }}
		ready = true
		if code := runHealth(env, nil); code != 0 {
			t.Errorf("%s: %d %s", what, code, stderr.String())
		}
		ready = false
		if code := runHealth(env, nil); code != 1 {
			t.Errorf("%s, not ready: %d", what, code)
		}
	}
}
