package api

import (
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/wire"
)

// anonymous is everybody's principal while no listener authenticates.
const anonymous = "User:ANONYMOUS"

// principal is who sent the request.
func (c *Call) principal() string {
	if c.forwarded != nil {
		return c.forwarded.principal
	}
	return anonymous
}

// caller says on whose behalf the controller is asked.
func (c *Call) caller(a *API) controller.Caller {
	caller := controller.Caller{Principal: c.principal(), ClientID: c.ClientID(), Version: c.Version, Broker: a.BrokerID}
	switch {
	case c.forwarded != nil:
		caller.Broker = c.forwarded.broker
	case a.listenerKind(c.Conn.Listener()) == wire.ControllerListener:
		caller.Broker = controller.NoBroker
	}
	return caller
}
