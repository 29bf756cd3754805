package api

import (
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/wire"
)

// autoCreate creates the missing topics of a Metadata answer in one decision
// and puts the reason where one could not be created. A topic that was created
// keeps its UNKNOWN_TOPIC_OR_PARTITION: this answer was made before it existed.
func (a *API) autoCreate(c *Call, rows []wire.MetadataResponseTopic, missing []int) {
	req := a.autoRequest()
	at := make(map[string]int, len(missing))
	for _, i := range missing {
		name := *rows[i].Name
		at[name] = i
		req.Topics = append(req.Topics, controller.AutoTopic(name, a.Config().Static))
	}
	resp, err := a.createOwn(c, req)
	if err != nil {
		return // the client asks again, and so shall we
	}
	for i := range resp.Topics {
		switch code := resp.Topics[i].ErrorCode; code {
		case wire.InvalidReplicationFactor, wire.InvalidTopicException:
			rows[at[resp.Topics[i].Name]].ErrorCode = code
		}
	}
}

// createTopicsVersion is the version in which brokers ask for topics.
const createTopicsVersion = 7

// createOwn asks the active controller for topics that this broker wants.
func (a *API) createOwn(c *Call, req *wire.CreateTopicsRequest) (*wire.CreateTopicsResponse, error) {
	resp := new(wire.CreateTopicsResponse)
	err := a.ask(c, req, createTopicsVersion, resp, func() (err error) {
		resp, err = a.Controller.CreateTopics(c.caller(a), req)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.Settle()
	return resp, nil
}

// autoRequest is a request for topics that the broker wants by itself.
func (a *API) autoRequest() *wire.CreateTopicsRequest {
	req := &wire.CreateTopicsRequest{}
	req.SetDefaults()
	req.TimeoutMs = int32(a.Config().Static.Int("request.timeout.ms"))
	return req
}
