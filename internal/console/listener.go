package console

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// Off is the value of console.listener that means no console.
const Off = "none"

// ErrTaken tells that a console's address cannot be opened.
var ErrTaken = errors.New("the console's address cannot be opened")

// ParseListener reads http://host:port/path.
func ParseListener(address string) (hostPort, path string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Port() == "" || u.RawQuery != "" || u.User != nil {
		return "", "", fmt.Errorf("%s is no address of the form http://host:port or http://host:port/path", address)
	}
	path, err = cleanBase(u.Path)
	return u.Host, path, err
}

var basePath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)

// cleanBase brings a path below which the console lies into the form "" or
// "/one/two". It goes into a page, so that its letters are few.
func cleanBase(path string) (string, error) {
	path = strings.TrimRight(path, "/")
	if !basePath.MatchString(path) || strings.Contains(path, "/.") {
		return "", fmt.Errorf("%q is no path for the console", path)
	}
	return path, nil
}

// hostOnly is the name of a host:port.
func hostOnly(hostPort string) string {
	if host, _, err := net.SplitHostPort(hostPort); err == nil {
		return host
	}
	return strings.Trim(hostPort, "[]")
}

// maxConns is how many connections a console holds.
const maxConns = 1024

// limitedListener holds back connections beyond a number.
type limitedListener struct {
	net.Listener
	slots chan struct{}
}

func limitConns(l net.Listener, n int) net.Listener {
	return &limitedListener{l, make(chan struct{}, n)}
}

// Accept takes the next connection; one too many is closed at once.
func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &limitedConn{Conn: conn, slots: l.slots}, nil
		default:
			conn.Close()
		}
	}
}

// limitedConn gives its place back once.
type limitedConn struct {
	net.Conn
	slots chan struct{}
	once  sync.Once
}

// Close closes the connection.
func (c *limitedConn) Close() error {
	c.once.Do(func() { <-c.slots })
	return c.Conn.Close()
}
