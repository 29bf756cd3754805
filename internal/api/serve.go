package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

var (
	errNotServed = errors.New("API or version not served")
	errListener  = errors.New("API not enabled on this listener")
)

// Connected implements server.Handler.
func (a *API) Connected(c *server.Conn) {
	c.State = &connState{}
}

// Disconnected implements server.Handler.
func (a *API) Disconnected(c *server.Conn) {
	if p, ok := a.beats.lost(c); ok && c.PeerClosed() {
		a.Controller.BrokerConnectionLost(p.broker, p.epoch)
	}
}

// Serve implements server.Handler: it decodes the header, picks the row and lets
// it answer.
func (a *API) Serve(conn *server.Conn, frame []byte, out *server.Response) error {
	c := a.newCall(conn, frame)
	defer a.calls.Put(c)
	if err := c.Header.Decode(&c.reader); err != nil {
		return err
	}
	state(conn).clientID = c.Header.ClientID
	c.Version = c.Header.APIVersion
	r, err := a.rowFor(c)
	if err != nil {
		return err
	}
	if r == nil {
		return a.unsupportedApiVersions(c, out)
	}
	c.Image = a.Image()
	header := len(out.B)
	out.B = wire.AppendResponseHeader(out.B, c.Header.APIKey, c.Version, c.Header.CorrelationID)
	begin := time.Now()
	c.row, c.waited = r, 0
	out.Measure(r.measured(a.Metrics), begin)
	if a.passesOn(r, c) {
		err = a.passOn(r, c, frame, header, out)
		c.waited = time.Since(begin)
	} else {
		err = r.serve(a, c, &c.reader, out)
	}
	r.count(a.Metrics, c.Version, time.Since(begin), c.waited, 1)
	return err
}

func (a *API) newCall(conn *server.Conn, frame []byte) *Call {
	c, _ := a.calls.Get().(*Call)
	if c == nil {
		c = &Call{}
	}
	c.Conn, c.NowMs, c.forwarded, c.unreachable = conn, conn.NowMs(), nil, nil
	c.Header.ClientID = state(conn).clientID
	c.reader.Reset(frame)
	return c
}

// rowFor finds the row that serves a request. It is nil for a version of
// ApiVersions that is not served: such a request is answered all the same.
func (a *API) rowFor(c *Call) (*served, error) {
	h := &c.Header
	r := a.rows[h.APIKey]
	if r == nil {
		return nil, fmt.Errorf("%w: key %d version %d", errNotServed, h.APIKey, h.APIVersion)
	}
	api, _ := wire.LookupAPI(h.APIKey)
	kind := a.listenerKind(c.Conn.Listener())
	if !api.Listeners.Has(kind) {
		return nil, fmt.Errorf("%w: %s", errListener, api.Name)
	}
	if h.APIKey == wire.APIKeyFetch && kind == wire.ControllerListener {
		r = a.metadataFetchRow
	}
	if h.APIVersion >= r.min && h.APIVersion <= r.max {
		return r, nil
	}
	if h.APIKey == wire.APIKeyApiVersions {
		return nil, nil
	}
	return nil, fmt.Errorf("%w: %s version %d", errNotServed, api.Name, h.APIVersion)
}
