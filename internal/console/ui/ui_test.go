package ui

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ask(p *Pages, path, accepts string) (*httptest.ResponseRecorder, bool) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", accepts)
	return w, p.Serve(w, r, path, "/base")
}

// A reader gets a file in the best form that it takes.
func TestForms(t *testing.T) {
	p := &Pages{fstest.MapFS{
		"index.html":         {Data: []byte("<html><head></head>page")},
		"assets/a-1.js.br":   {Data: []byte("brotli")},
		"assets/a-1.js.gz":   {Data: packed(t, "plain a")},
		"assets/b-1.css":     {Data: []byte("plain b")},
		"assets/b-1.css.gz":  {Data: packed(t, "plain b")},
		"favicon.svg":        {Data: []byte("<svg/>")},
		"assets/dir/x-1.txt": {Data: []byte("x")},
	}}
	for _, c := range []struct{ path, accepts, encoding, body, kind, cache string }{
		{"/assets/a-1.js", "gzip, deflate, br", "br", "brotli", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/a-1.js", "", "", "plain a", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/b-1.css", "gzip", "gzip", "", "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/b-1.css", "identity", "", "plain b", "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/favicon.svg", "", "", "<svg/>", "image/svg+xml", "no-cache"},
		{"/clusters/x", "", "", `<html><head><base href="/base/"></head>page`, "text/html; charset=utf-8", "no-store"},
		{"/topics/a.b", "", "", `<html><head><base href="/base/"></head>page`, "text/html; charset=utf-8", "no-store"},
		{"/", "br", "", `<html><head><base href="/base/"></head>page`, "text/html; charset=utf-8", "no-store"},
		{"/assets/a-1.js.br", "br", "", "", "", ""},
		{"/assets/dir", "", "", "", "", ""},
		{"/assets/../index.html", "", "", "", "", ""},
		{"/missing.js", "", "", "", "", ""},
	} {
		w, ok := ask(p, c.path, c.accepts)
		h := w.Header()
		if c.kind == "" {
			if ok {
				t.Errorf("%s is answered with %q", c.path, w.Body)
			}
			continue
		}
		if !ok || h.Get("Content-Encoding") != c.encoding || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache || c.body != "" && w.Body.String() != c.body {
			t.Errorf("%s for %q: %v %q %v", c.path, c.accepts, ok, w.Body, h)
		}
	}
}

// What is embedded has its parts, and its page needs nothing from elsewhere.
func TestEmbedded(t *testing.T) {
	p, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	w, ok := ask(p, "/", "")
	page := w.Body.String()
	if !ok || !strings.Contains(page, `<base href="/base/">`) {
		t.Fatalf("the page is %s", page)
	}
	for _, outside := range []string{`src="http`, `href="http`, `src="//`, `href="//`, "<style", "onload="} {
		if strings.Contains(page, outside) {
			t.Errorf("the page has %s", outside)
		}
	}
	for part := range strings.SplitSeq(page, `"`) {
		if path, ok := strings.CutPrefix(part, "./assets/"); ok {
			if w, ok := ask(p, "/assets/"+path, "gzip, br"); !ok || w.Body.Len() == 0 {
				t.Errorf("assets/%s is missing", path)
			}
		}
	}
	if _, err := Open("/does/not/exist"); err == nil {
		t.Error("a directory that is not there is opened")
	}
}
