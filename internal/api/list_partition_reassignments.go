package api

import "github.com/brolga-io/brolga/internal/wire"

// ListPartitionReassignments (key 46), version 0.
func (a *API) listPartitionReassignments(c *Call, req *wire.ListPartitionReassignmentsRequest) *wire.ListPartitionReassignmentsResponse {
	resp, err := a.controller(c).ListPartitionReassignments(c.caller(a), req)
	if err == nil {
		return resp
	}
	resp = &wire.ListPartitionReassignmentsResponse{}
	resp.SetDefaults()
	resp.ErrorCode, resp.ErrorMessage = controllerError(err)
	return resp
}
