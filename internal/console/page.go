package console

import "net/http"

// page answers with a file or with the page.
func (s *Server) page(c *call, path string) error {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return &failure{status: http.StatusMethodNotAllowed, code: codeInvalid, message: "Pages are only read."}
	}
	name, ok := unescape(path)
	if !ok || !s.pages.Serve(c.w, c.r, name, s.prefix(c.r.Header.Get("X-Forwarded-Prefix"))) {
		return notFound("There is nothing at this address.")
	}
	return nil
}
