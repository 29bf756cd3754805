package api

import "github.com/brolga-io/brolga/internal/wire"

// ControllerRegistration (key 70), version 0 (KIP-919). The controller decides
// (controller/controllers_register.go).
func (a *API) controllerRegistration(c *Call, req *wire.ControllerRegistrationRequest) *wire.ControllerRegistrationResponse {
	resp, err := a.controller(c).ControllerRegistration(c.caller(a), req)
	if err != nil {
		resp = &wire.ControllerRegistrationResponse{}
		resp.SetDefaults()
		resp.ErrorCode, resp.ErrorMessage = controllerError(err)
	}
	return resp
}
