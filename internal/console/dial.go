package console

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// dialFunc reaches an address.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dialTimeout is how long a connection may take.
const dialTimeout = 3 * time.Second

// dialer puts TLS upon a way to reach brokers; nil is the ordinary way without.
func dialer(dial dialFunc, secure *tls.Config) dialFunc {
	if secure == nil {
		return dial
	}
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		config := secure.Clone()
		if config.ServerName == "" {
			config.ServerName = hostOnly(address)
		}
		shaking, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		safe := tls.Client(conn, config)
		if err := safe.HandshakeContext(shaking); err != nil {
			conn.Close()
			return nil, err
		}
		return safe, nil
	}
}

// errLinkLocal refuses addresses that only a machine's own surroundings use,
// among them the address at which clouds tell a machine its credentials.
var errLinkLocal = errors.New("addresses of 169.254.0.0/16 and fe80::/10 are not asked")

// dialAdded reaches the brokers of a cluster that was named in the page, and
// those that it names in turn.
func dialAdded(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTimeout}
	var last error = &net.DNSError{Err: "no address", Name: host}
	for _, ip := range ips {
		if linkLocal(ip) {
			last = fmt.Errorf("%s: %w", ip, errLinkLocal)
			continue
		}
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}

func linkLocal(ip netip.Addr) bool {
	return ip.Unmap().IsLinkLocalUnicast()
}
