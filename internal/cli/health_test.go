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
