package api

import (
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// Call is one request on its way through a handler. It is reused: a handler must
// not keep it.
type Call struct {
	Conn    *server.Conn
	Header  wire.RequestHeader
	Version int16
	// Image is the metadata this request is answered from.
	Image *metadata.Image
	// NowMs is the wall clock in milliseconds when processing started.
	NowMs int64

	// forwarded is set if a broker passed the request on.
	forwarded *forwarded
	// unreachable, if not nil, is why the active controller was not asked.
	unreachable error

	// row is what serves the request; waited is for how long a handler has waited
	// for something else than its own work.
	row    *served
	waited time.Duration

	reader wire.Reader
}

// ClientID is the client's name for itself, "" when it gave none.
func (c *Call) ClientID() string {
	if c.Header.ClientID == nil {
		return ""
	}
	return *c.Header.ClientID
}

// waits notes that since begin the request has waited for other members.
func (c *Call) waits(begin time.Time) { c.waited += time.Since(begin) }

// Host is the client's address in the form that Kafka's tools print and its
// coordinators store: "/127.0.0.1".
func (c *Call) Host() string {
	ip := c.Conn.RemoteAddr().Addr().Unmap()
	if c.forwarded != nil {
		ip = c.forwarded.host
	}
	if !ip.IsValid() {
		return "/unknown"
	}
	return "/" + ip.String()
}

// connState is what a connection said about itself.
type connState struct {
	clientID        *string // of the last request; requests share the string
	softwareName    string  // from ApiVersions 3 and later
	softwareVersion string
	heart           *process // whose heartbeats it carried, nil if nobody's
}

func state(c *server.Conn) *connState { return c.State.(*connState) }
