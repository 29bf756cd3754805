package api

import (
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/wire"
)

// place says which node answers a request. Which kinds of listeners take it at all
// is part of the API (wire.API.Listeners).
type place int8

const (
	// here: the node that the request reaches answers it.
	here place = iota
	// active: the active controller answers it. A broker passes it on; a controller
	// that is not active refuses it, as its clients look for the active one themselves.
	active
	// both: the node that the request reaches answers a part of it and asks the active
	// controller for the rest.
	both
)

// controller is who decides for this request.
func (a *API) controller(c *Call) *controller.Controller {
	if c.unreachable != nil {
		return controller.Refusing(c.unreachable)
	}
	return a.Controller
}

// passesOn tells whether the request is for the active controller, which is not in
// this process.
func (a *API) passesOn(r *served, c *Call) bool { return r.at == active && a.mustAsk(c) }

// mustAsk tells whether this node takes requests for the active controller and is
// not the one.
func (a *API) mustAsk(c *Call) bool {
	return c.forwarded == nil && !a.Controller.IsActive() && a.Forward != nil &&
		a.listenerKind(c.Conn.Listener()) == wire.BrokerListener
}
