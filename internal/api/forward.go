package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// Pauses between two looks for an active controller.
const (
	firstForwardPause = 10 * time.Millisecond
	lastForwardPause  = 100 * time.Millisecond
)

// passOn has the active controller answer the request and hands its answer on, byte
// by byte (KIP-590). begin is where the answer's header begins in out. While there
// is no active controller the request waits for one, request.timeout.ms at most.
func (a *API) passOn(r *served, c *Call, frame []byte, begin int, out *server.Response) error {
	answer, err := a.askActive(c, frame)
	switch {
	case err == nil:
		out.B = append(out.B[:begin], answer...)
		return nil
	case errors.Is(err, errHere):
		return r.serve(a, c, &c.reader, out)
	}
	// The handler knows the shape of its refusal.
	c.unreachable = err
	return r.serve(a, c, &c.reader, out)
}

// errHere means that this process has become the active controller.
var errHere = errors.New("the active controller is in this process")

// askActive sends the request, header and body, in an envelope to the active
// controller and returns the answer, header and body.
func (a *API) askActive(c *Call, request []byte) ([]byte, error) {
	envelope := &wire.EnvelopeRequest{
		RequestData:       request,
		RequestPrincipal:  appendPrincipal(nil, c.principal(), a.BrokerID),
		ClientHostAddress: c.Conn.RemoteAddr().Addr().Unmap().AsSlice(),
	}
	deadline := time.Now().Add(a.forwardTimeout())
	for pause := firstForwardPause; ; pause = min(2*pause, lastForwardPause) {
		if a.Controller.IsActive() {
			return nil, errHere
		}
		answer, err := a.Forward(envelope)
		switch {
		case err == nil && answer.ErrorCode == wire.None:
			return a.takeAnswer(answer.ResponseData), nil
		case err == nil:
			err = answer.ErrorCode
		}
		switch {
		case errors.Is(err, wire.NotController):
		case !isCode(err):
			return nil, fmt.Errorf("%w: %w", wire.RequestTimedOut, err) // it may have been done
		default:
			return nil, err
		}
		if time.Now().After(deadline) {
			return nil, err
		}
		select {
		case <-c.Conn.Stopping():
			return nil, err
		case <-time.After(pause):
		}
	}
}

func isCode(err error) bool {
	var code wire.ErrorCode
	return errors.As(err, &code)
}

func (a *API) forwardTimeout() time.Duration {
	return time.Duration(a.Config().Static.Int("request.timeout.ms")) * time.Millisecond
}

// ask makes a request to the active controller on the broker's own account, in the
// name of the caller on whose behalf it is needed. here is called if the controller
// is in this process; else the answer is decoded into resp.
func (a *API) ask(c *Call, req wire.Request, version int16, resp wire.Message, here func() error) error {
	if !a.mustAsk(c) {
		return here()
	}
	h := wire.RequestHeader{APIKey: req.APIKey(), APIVersion: version, ClientID: c.Header.ClientID}
	answer, err := a.askActive(c, req.Append(h.Append(nil), version))
	switch {
	case errors.Is(err, errHere):
		return here()
	case err != nil:
		return err
	}
	var r wire.Reader
	r.Reset(answer)
	if _, err := wire.DecodeResponseHeader(&r, req.APIKey(), version); err != nil {
		return err
	}
	resp.Decode(&r, version)
	return r.Err()
}
