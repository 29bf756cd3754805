package config

import (
	"net/netip"
	"strconv"
	"strings"
)

// Protocol is the security protocol of a listener; the numbers are those of
// broker registration records.
type Protocol int16

// The security protocols of Kafka.
const (
	Plaintext Protocol = iota
	SSL
	SASLPlaintext
	SASLSSL
)

// String returns the protocol's name as in listener.security.protocol.map.
func (p Protocol) String() string {
	switch p {
	case SSL:
		return "SSL"
	case SASLPlaintext:
		return "SASL_PLAINTEXT"
	case SASLSSL:
		return "SASL_SSL"
	}
	return "PLAINTEXT"
}

// ParseProtocol reads a protocol's name, letter case ignored.
func ParseProtocol(name string) (Protocol, bool) {
	for p := Plaintext; p <= SASLSSL; p++ {
		if strings.EqualFold(name, p.String()) {
			return p, true
		}
	}
	return 0, false
}

// Listener is one entry of listeners or advertised.listeners.
type Listener struct {
	Name     string // upper case
	Host     string // empty: every interface, or the host's own name when advertised
	Port     int    // 0: the system picks one
	Protocol Protocol
}

// String writes the listener as in the file.
func (l Listener) String() string {
	host := l.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return l.Name + "://" + host + ":" + strconv.Itoa(l.Port)
}

// parseListeners reads entries of NAME://host:port. With distinctPorts two
// listeners may share a port only as one IPv4 and one IPv6 address.
func parseListeners(entries []string, protocols map[string]Protocol, distinctPorts bool) ([]Listener, error) {
	shown := "[" + strings.Join(entries, ", ") + "]"
	fail := func(why string) ([]Listener, error) {
		return nil, &InvalidError{"Error creating broker listeners from '" + shown + "': " + why}
	}
	listeners := make([]Listener, 0, len(entries))
	for _, entry := range entries {
		l, ok := parseListener(entry)
		if !ok {
			return fail("Unable to parse " + entry + " to a broker endpoint")
		}
		listeners = append(listeners, l)
	}
	for i := range listeners {
		p, ok := protocols[listeners[i].Name]
		if !ok {
			return fail("No security protocol defined for listener " + listeners[i].Name)
		}
		listeners[i].Protocol = p
	}
	for i, l := range listeners {
		for _, other := range listeners[:i] {
			if other.Name == l.Name {
				return fail("Each listener must have a different name, listeners: " + shown)
			}
		}
	}
	if distinctPorts {
		if why := portClash(listeners, shown); why != "" {
			return fail(why)
		}
	}
	return listeners, nil
}

// parseListener reads NAME://host:port; the host may be empty or [v6].
func parseListener(entry string) (Listener, bool) {
	name, rest, ok := strings.Cut(entry, "://")
	if !ok || name == "" {
		return Listener{}, false
	}
	host, port, ok := splitHostPort(rest)
	if !ok {
		return Listener{}, false
	}
	return Listener{Name: strings.ToUpper(name), Host: host, Port: port}, true
}

// splitHostPort is lenient about an empty host and strict about the port.
func splitHostPort(s string) (host string, port int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || !digits(s[i+1:]) {
		return "", 0, false
	}
	port, err := strconv.Atoi(s[i+1:])
	if err != nil || port > 65535 {
		return "", 0, false
	}
	host = s[:i]
	if inner, found := strings.CutPrefix(host, "["); found {
		inner, closed := strings.CutSuffix(inner, "]")
		if addr, err := netip.ParseAddr(inner); !closed || err != nil || !addr.Is6() {
			return "", 0, false
		}
		return inner, port, true
	}
	if strings.ContainsAny(host, ":[]/ ") {
		return "", 0, false
	}
	return host, port, true
}

// portClash says what is wrong with listeners on the same port, or nothing.
func portClash(listeners []Listener, shown string) string {
	checked := map[int]bool{0: true} // 0: the system picks a free one
	for _, l := range listeners {
		if checked[l.Port] {
			continue
		}
		checked[l.Port] = true
		var addresses []netip.Addr
		names := 0
		for _, other := range listeners {
			if other.Port != l.Port {
				continue
			}
			if addr, err := netip.ParseAddr(other.Host); err == nil {
				addresses = append(addresses, addr)
			} else {
				names++
			}
		}
		if why := sharedPort(addresses, names); why != "" {
			why += ", listeners: " + shown
			if len(addresses) > 0 {
				why += ", port: " + strconv.Itoa(l.Port)
			}
			return why
		}
	}
	return ""
}

// sharedPort judges the hosts that share one port.
func sharedPort(addresses []netip.Addr, names int) string {
	const pairOnly = "Each listener must have a different port unless exactly one listener has an IPv4 address and the other IPv6 address"
	switch {
	case len(addresses)+names < 2:
		return ""
	case len(addresses) == 0:
		return "Each listener must have a different port"
	case len(addresses) == 2 && (names > 0 || addresses[0].Is4() == addresses[1].Is4()):
		return "If you have two listeners on the same port then one needs to be IPv4 and the other IPv6"
	case len(addresses) == 2:
		return ""
	}
	return pairOnly
}

// parseProtocolMap reads listener.security.protocol.map.
func parseProtocolMap(value string) (map[string]Protocol, error) {
	protocols := map[string]Protocol{}
	for _, pair := range SplitList(value) {
		if pair == "" {
			continue
		}
		i := strings.LastIndexByte(pair, ':')
		if i < 0 {
			return nil, &InvalidError{"Error parsing configuration property 'listener.security.protocol.map': " + pair + " is not of the form NAME:PROTOCOL"}
		}
		name, protocol := strings.TrimSpace(pair[:i]), strings.TrimSpace(pair[i+1:])
		p, ok := ParseProtocol(protocol)
		if !ok {
			return nil, &InvalidError{"Invalid security protocol `" + protocol + "` defined in listener.security.protocol.map"}
		}
		protocols[strings.ToUpper(name)] = p
	}
	return protocols, nil
}
