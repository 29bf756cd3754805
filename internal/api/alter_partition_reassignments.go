package api

import "github.com/brolga-io/brolga/internal/wire"

// AlterPartitionReassignments (key 45), versions 0–1 (KIP-455).
//
//	v1: whether the number of replicas may change (KIP-860)
//
// The controller decides (controller/reassign_alter.go).
func (a *API) alterPartitionReassignments(c *Call, req *wire.AlterPartitionReassignmentsRequest) *wire.AlterPartitionReassignmentsResponse {
	resp, err := a.controller(c).AlterPartitionReassignments(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.AlterPartitionReassignmentsResponse{}
	resp.SetDefaults()
	resp.ErrorCode, resp.ErrorMessage = controllerError(err)
	return resp
}
