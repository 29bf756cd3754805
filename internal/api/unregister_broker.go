package api

import "github.com/brolga-io/brolga/internal/wire"

// UnregisterBroker (key 64), version 0 (KIP-631). The controller decides
// (controller/brokers_unregister.go).
func (a *API) unregisterBroker(c *Call, req *wire.UnregisterBrokerRequest) *wire.UnregisterBrokerResponse {
	resp, err := a.controller(c).UnregisterBroker(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.UnregisterBrokerResponse{}
	resp.SetDefaults()
	resp.ErrorCode, resp.ErrorMessage = controllerError(err)
	return resp
}
