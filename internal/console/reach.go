package console

import (
	"errors"
	"net"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// unreachable tells errors of connections from all others.
func unreachable(err error) bool {
	var network net.Error
	var op *net.OpError
	return errors.As(err, &network) || errors.As(err, &op) || errors.Is(err, kgo.ErrClientClosed) ||
		strings.Contains(err.Error(), "unable to dial") || strings.Contains(err.Error(), "broker closed")
}

// unsupported tells a request that the brokers do not know. The library does
// not export these errors.
func unsupported(err error) bool {
	text := err.Error()
	return strings.Contains(text, "broker is too old") || strings.Contains(text, "request key is unknown")
}

// reachProblem says in words why a connection failed.
func reachProblem(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return "the name " + clip(dns.Name, 100) + " cannot be resolved."
	case errors.As(err, &op) && op.Addr != nil:
		return "no connection to " + op.Addr.String() + " (" + op.Err.Error() + ")."
	}
	return clip(err.Error(), 200)
}
