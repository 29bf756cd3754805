package console

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// knowsHost keeps a page of another site from reaching the console under a name
// of its own that leads to this machine (DNS rebinding). An address cannot be
// such a name, nor can localhost, nor one without a dot, which nobody registers.
func (s *Server) knowsHost(hostPort string) bool {
	host := strings.ToLower(strings.TrimSuffix(hostOnly(hostPort), "."))
	switch {
	case host == "":
		return false
	case net.ParseIP(host) != nil || host == "localhost" || strings.HasSuffix(host, ".localhost"):
		return true
	case !strings.Contains(host, ".") && !strings.Contains(host, ":"):
		return true
	}
	return slices.ContainsFunc(s.o.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// prefix is the path below which the reader sees the console: what a proxy says
// it cut off, or else what was configured.
func (s *Server) prefix(header string) string {
	if header != "" {
		if base, err := cleanBase(header); err == nil {
			return base
		}
	}
	return s.o.BasePath
}

// unescape reads a part of a path.
func unescape(part string) (string, bool) {
	text, err := url.PathUnescape(part)
	return text, err == nil && !strings.Contains(text, "\x00")
}
