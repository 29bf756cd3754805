package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

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
	d := net.Dialer{Timeout: 3 * time.Second}
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
