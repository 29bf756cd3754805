package server

import (
	"bytes"
	"fmt"
)

// otherProtocols are the openings of what is most often pointed at a Kafka port
// by mistake. As a frame length each of them is above the default limit.
var otherProtocols = []struct {
	opening string
	name    string
}{
	{"GET ", "HTTP"},
	{"POST", "HTTP"},
	{"PUT ", "HTTP"},
	{"HEAD", "HTTP"},
	{"OPTI", "HTTP"},
	{"CONN", "HTTP"},
	{"PRI ", "HTTP/2"},
	{"\x16\x03", "TLS"},
}

// sniff names the protocol that begins with b, or returns "".
func sniff(b []byte) string {
	for _, p := range otherProtocols {
		if bytes.HasPrefix(b, []byte(p.opening)) {
			return p.name
		}
	}
	return ""
}

// describeBadFrame makes the error for a length that no frame may have.
func (s *Server) describeBadFrame(c *Conn, err error) error {
	opening := c.in.buf.b[c.in.at:c.in.have]
	name := sniff(opening)
	if name == "" {
		return fmt.Errorf("%w: %d", err, int32(opening[0])<<24|int32(opening[1])<<16|int32(opening[2])<<8|int32(opening[3]))
	}
	return wrongProtocolError{name: name}
}

// wrongProtocolError says that the peer speaks something else.
type wrongProtocolError struct {
	name string
}

func (e wrongProtocolError) Error() string {
	return fmt.Sprintf("%s on a plain Kafka port", e.name)
}
