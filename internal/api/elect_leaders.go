package api

import "github.com/brolga-io/brolga/internal/wire"

// ElectLeaders (key 43), versions 0–2.
//
//	v0: preferred leaders (KIP-183)
//	v1: the kind of election, unclean ones too; an error of the whole request (KIP-460)
//
// The controller decides (controller/elect_leaders.go).
func (a *API) electLeaders(c *Call, req *wire.ElectLeadersRequest) *wire.ElectLeadersResponse {
	resp, err := a.controller(c).ElectLeaders(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	code, message := controllerError(err)
	resp = &wire.ElectLeadersResponse{}
	resp.SetDefaults()
	resp.ErrorCode = code
	for i := range req.TopicPartitions {
		t := &req.TopicPartitions[i]
		row := wire.ElectLeadersResponseReplicaElectionResult{Topic: t.Topic}
		for _, p := range t.Partitions {
			row.PartitionResult = append(row.PartitionResult, wire.ElectLeadersResponsePartitionResult{
				PartitionId: p, ErrorCode: code, ErrorMessage: message,
			})
		}
		resp.ReplicaElectionResults = append(resp.ReplicaElectionResults, row)
	}
	return resp
}
