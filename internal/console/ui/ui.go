package ui

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
)

//go:embed all:dist
var built embed.FS

// Pages answers with the console's files.
type Pages struct{ files fs.FS }

// Open takes the embedded files, or those of a directory.
func Open(dir string) (*Pages, error) {
	if dir != "" {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, fmt.Errorf("the pages of the console: %w", err)
		}
		return &Pages{root.FS()}, nil
	}
	files, err := fs.Sub(built, "dist")
	return &Pages{files}, err
}

// index is the page that every address of the console shows.
const index = "index.html"

// Serve answers with the file of a path, or with the page where there is none:
// the page finds its way by its address. prefix is where the reader sees the
// console. ok is false where there is neither.
func (p *Pages) Serve(w http.ResponseWriter, r *http.Request, name, prefix string) bool {
	name = strings.TrimPrefix(name, "/")
	asset := strings.HasPrefix(name, "assets/")
	if name != index && fs.ValidPath(name) && !compressed(name) && p.file(w, r, name, asset) {
		return true
	}
	if asset || path.Ext(name) != "" && fs.ValidPath(name) && strings.Contains(path.Ext(name), "js") {
		return false
	}
	return p.page(w, r, prefix)
}

func compressed(name string) bool {
	return strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br")
}

// file sends a file in the best form that the reader takes.
func (p *Pages) file(w http.ResponseWriter, r *http.Request, name string, asset bool) bool {
	accepts := r.Header.Get("Accept-Encoding")
	for _, form := range []struct{ suffix, encoding string }{{".br", "br"}, {".gz", "gzip"}, {"", ""}} {
		if form.encoding != "" && !strings.Contains(accepts, form.encoding) {
			continue
		}
		b, ok := p.read(name + form.suffix)
		if !ok {
			continue
		}
		p.send(w, r, name, form.encoding, b, asset)
		return true
	}
	if b, ok := p.unpack(name); ok {
		p.send(w, r, name, "", b, asset)
		return true
	}
	return false
}

func (p *Pages) send(w http.ResponseWriter, r *http.Request, name, encoding string, b []byte, asset bool) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", contentType(name))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Cache-Control", "no-cache")
	if asset {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Length", fmt.Sprint(len(b)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(b) // nobody is left to be told of a reader that went away
}

// contentType does not depend on what the machine's files say.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map", ".webmanifest":
		return "application/json"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (p *Pages) read(name string) ([]byte, bool) {
	info, err := fs.Stat(p.files, name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	b, err := fs.ReadFile(p.files, name)
	return b, err == nil
}

// unpack is for readers without gzip, which are rare.
func (p *Pages) unpack(name string) ([]byte, bool) {
	b, ok := p.read(name + ".gz")
	if !ok {
		return nil, false
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, false
	}
	plain, err := io.ReadAll(z)
	return plain, err == nil
}

// page sends the page with its base, so that all its addresses are relative.
func (p *Pages) page(w http.ResponseWriter, r *http.Request, prefix string) bool {
	b, ok := p.read(index)
	if !ok {
		if b, ok = p.unpack(index); !ok {
			return false
		}
	}
	base := []byte(`<head><base href="` + html.EscapeString(prefix) + `/">`)
	b = bytes.Replace(b, []byte("<head>"), base, 1)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", fmt.Sprint(len(b)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(b)
	}
	return true
}
