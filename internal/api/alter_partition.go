package api

import "github.com/brolga-io/brolga/internal/wire"

// AlterPartition (key 56), versions 2–3 (KIP-497).
//
//	v2: topic ids
//	v3: members of the in-sync set with their broker epochs (KIP-903)
//
// The controller decides (controller/alter_partition.go).
func (a *API) alterPartition(c *Call, req *wire.AlterPartitionRequest) *wire.AlterPartitionResponse {
	resp, err := a.controller(c).AlterPartition(c.caller(a), req)
	if err != nil {
		resp = &wire.AlterPartitionResponse{}
		resp.SetDefaults()
		resp.ErrorCode, _ = controllerError(err)
	}
	return resp
}
