package api

import "github.com/brolga-io/brolga/internal/wire"

// AssignReplicasToDirs (key 73), version 0 (KIP-858). The controller decides
// (controller/directories_assign.go).
func (a *API) assignReplicasToDirs(c *Call, req *wire.AssignReplicasToDirsRequest) *wire.AssignReplicasToDirsResponse {
	resp, err := a.controller(c).AssignReplicasToDirs(c.caller(a), req)
	if err != nil {
		resp = &wire.AssignReplicasToDirsResponse{}
		resp.SetDefaults()
		resp.ErrorCode, _ = controllerError(err)
	}
	return resp
}
