package node

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
)

// bound is a listener whose port is taken.
type bound struct {
	config.Listener
	socket net.Listener
}

// bindAll opens every listener, or none.
func (n *Node) bindAll(listeners []config.Listener) ([]bound, error) {
	all := make([]bound, 0, len(listeners))
	for _, l := range listeners {
		s, err := n.o.Listen(net.JoinHostPort(l.Host, strconv.Itoa(l.Port)))
		if err != nil {
			closeAll(all)
			return nil, fmt.Errorf("Cannot listen on %s: %w", l, err)
		}
		all = append(all, bound{l, s})
	}
	return all, nil
}

func closeAll(all []bound) {
	for _, b := range all {
		b.socket.Close()
	}
}

// port is the one the system gave.
func (b bound) port() int {
	_, text, err := net.SplitHostPort(b.socket.Addr().String())
	port, err2 := strconv.Atoi(text)
	if err != nil || err2 != nil {
		panic("BUG: a listener without a port: " + b.socket.Addr().String())
	}
	return port
}

// advertise fills what advertised listeners leave open: a port of 0 is the one
// that was bound, an empty host the machine's own name.
func advertise(advertised []config.Listener, all []bound) ([]metadata.Endpoint, error) {
	endpoints := make([]metadata.Endpoint, 0, len(advertised))
	for _, l := range advertised {
		for _, b := range all {
			if l.Port == 0 && b.Name == l.Name {
				l.Port = b.port()
			}
		}
		if l.Host == "" {
			name, err := os.Hostname()
			if err != nil {
				return nil, fmt.Errorf("the listener %s needs a host name to advertise: %w", l.Name, err)
			}
			l.Host = name
		}
		endpoints = append(endpoints, metadata.Endpoint{
			Name: l.Name, Host: l.Host, Port: uint16(l.Port), Protocol: int16(l.Protocol),
		})
	}
	return endpoints, nil
}
