package api

import "github.com/brolga-io/brolga/internal/wire"

// CreatePartitions (key 37), versions 0–3: the same in all; v2 is flexible, v3
// allows a throttled answer (KIP-599).
func (a *API) createPartitions(c *Call, req *wire.CreatePartitionsRequest) *wire.CreatePartitionsResponse {
	resp, err := a.controller(c).CreatePartitions(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.CreatePartitionsResponse{}
	resp.SetDefaults()
	code, message := controllerError(err)
	for i := range req.Topics {
		resp.Results = append(resp.Results, wire.CreatePartitionsResponseCreatePartitionsTopicResult{
			Name: req.Topics[i].Name, ErrorCode: code, ErrorMessage: message,
		})
	}
	return resp
}
