package api

import "github.com/brolga-io/brolga/internal/wire"

// AllocateProducerIds (key 67), version 0 (KIP-730). The controller decides
// (controller/producer_ids.go).
func (a *API) allocateProducerIDs(c *Call, req *wire.AllocateProducerIdsRequest) *wire.AllocateProducerIdsResponse {
	resp, err := a.controller(c).AllocateProducerIDs(c.caller(a), req)
	if err != nil {
		resp = &wire.AllocateProducerIdsResponse{}
		resp.SetDefaults()
		resp.ErrorCode, _ = controllerError(err)
	}
	return resp
}
