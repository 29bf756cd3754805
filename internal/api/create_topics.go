package api

import "github.com/brolga-io/brolga/internal/wire"

// CreateTopics (key 19), versions 2–7.
//
//	v4: -1 partitions and replication factor mean the broker's defaults (KIP-464)
//	v5: the answer holds partitions, replication factor and configs (KIP-525)
//	v7: the answer holds the topic id
//
// The controller decides (controller/topics.go).
func (a *API) createTopics(c *Call, req *wire.CreateTopicsRequest) *wire.CreateTopicsResponse {
	resp, err := a.controller(c).CreateTopics(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.CreateTopicsResponse{}
	resp.SetDefaults()
	code, message := controllerError(err)
	for i := range req.Topics {
		row := wire.CreateTopicsResponseCreatableTopicResult{}
		row.SetDefaults()
		row.Name, row.ErrorCode, row.ErrorMessage = req.Topics[i].Name, code, message
		resp.Topics = append(resp.Topics, row)
	}
	return resp
}
