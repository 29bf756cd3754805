package api

import "github.com/brolga-io/brolga/internal/controller"

// anonymous is everybody's principal while no listener authenticates.
const anonymous = "User:ANONYMOUS"

// caller says on whose behalf the controller is asked.
func (c *Call) caller(a *API) controller.Caller {
	return controller.Caller{Principal: anonymous, ClientID: c.ClientID(), Version: c.Version, Broker: a.BrokerID}
}
