package api

import (
	"net/netip"
	"time"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// Envelope (key 58), version 0 (KIP-590): a request of a client that a broker
// passes on to the active controller, with the principal and the address of the
// client. The request inside is answered by the same table. It takes the operation
// CLUSTER_ACTION, which is checked where principals are known.
func (a *API) envelope(c *Call, req *wire.EnvelopeRequest) *wire.EnvelopeResponse {
	answer, code := a.openEnvelope(c, req)
	return &wire.EnvelopeResponse{ErrorCode: code, ResponseData: answer}
}

// openEnvelope serves the request inside and returns the answer with its header.
func (a *API) openEnvelope(c *Call, req *wire.EnvelopeRequest) ([]byte, wire.ErrorCode) {
	if !a.Controller.IsActive() {
		return nil, wire.NotController
	}
	principal, broker, err := parsePrincipal(req.RequestPrincipal)
	if err != nil {
		return nil, wire.PrincipalDeserializationFailure
	}
	addr, ok := netip.AddrFromSlice(req.ClientHostAddress)
	if !ok && len(req.ClientHostAddress) > 0 {
		return nil, wire.InvalidRequest
	}
	inner := &Call{
		Conn: c.Conn, Image: c.Image, NowMs: c.NowMs,
		forwarded: &forwarded{principal: principal, host: addr.Unmap(), broker: broker},
	}
	inner.reader.Reset(req.RequestData)
	if err := inner.Header.Decode(&inner.reader); err != nil {
		return nil, wire.InvalidRequest
	}
	inner.Version = inner.Header.APIVersion
	r := a.rows[inner.Header.APIKey]
	switch {
	case r == nil || r.at == here:
		return nil, wire.InvalidRequest
	case inner.Version < r.min || inner.Version > r.max:
		return nil, wire.UnsupportedVersion
	}
	var out server.Response
	out.B = wire.AppendResponseHeader(nil, inner.Header.APIKey, inner.Version, inner.Header.CorrelationID)
	begin := time.Now()
	inner.row, inner.waited = r, 0
	r.measured(a.Metrics)
	err = r.serve(a, inner, &inner.reader, &out)
	r.count(a.Metrics, inner.Version, time.Since(begin), inner.waited, 1)
	if err != nil {
		return nil, wire.InvalidRequest
	}
	if broker == controller.NoBroker {
		return out.B, wire.None
	}
	return appendOffset(out.B, a.Image().EndOffset()), wire.None
}
