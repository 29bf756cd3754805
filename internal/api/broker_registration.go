package api

import "github.com/brolga-io/brolga/internal/wire"

// BrokerRegistration (key 62), versions 0–4 (KIP-631).
//
//	v1: whether the broker migrates from ZooKeeper; such ones are refused
//	v2: directory ids (KIP-858)
//	v3: previous broker epoch (KIP-966)
//	v4: a feature's lowest level may be 0 (KIP-584)
//
// The controller decides (controller/brokers_register.go).
func (a *API) brokerRegistration(c *Call, req *wire.BrokerRegistrationRequest) *wire.BrokerRegistrationResponse {
	resp, err := a.controller(c).BrokerRegistration(c.caller(a), req)
	if err != nil {
		resp = &wire.BrokerRegistrationResponse{}
		resp.SetDefaults()
		resp.ErrorCode, _ = controllerError(err)
	}
	return resp
}
