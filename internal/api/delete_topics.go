package api

import "github.com/brolga-io/brolga/internal/wire"

// DeleteTopics (key 20), versions 1–6.
//
//	v5: error messages
//	v6: topics by name or id (KIP-516)
func (a *API) deleteTopics(c *Call, req *wire.DeleteTopicsRequest) *wire.DeleteTopicsResponse {
	resp, err := a.controller(c).DeleteTopics(c.caller(a), req)
	if err == nil {
		a.Settle()
		return resp
	}
	resp = &wire.DeleteTopicsResponse{}
	resp.SetDefaults()
	code, message := controllerError(err)
	for i := range req.TopicNames {
		resp.Responses = append(resp.Responses, wire.DeleteTopicsResponseDeletableTopicResult{
			Name: &req.TopicNames[i], ErrorCode: code, ErrorMessage: message,
		})
	}
	for i := range req.Topics {
		resp.Responses = append(resp.Responses, wire.DeleteTopicsResponseDeletableTopicResult{
			Name: req.Topics[i].Name, TopicId: req.Topics[i].TopicId, ErrorCode: code, ErrorMessage: message,
		})
	}
	return resp
}
