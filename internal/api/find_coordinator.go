package api

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Coordinator types of FindCoordinator.
const (
	coordinatorGroup       = 0
	coordinatorTransaction = 1
	coordinatorShare       = 2
)

// FindCoordinator (key 10), versions 0–6.
//
//	v1: types other than groups
//	v4: many keys at once, errors per key (KIP-699)
//	v6: share groups (KIP-932)
//
// The coordinator of a group is the leader of its partition of
// __consumer_offsets; the topic is created at the first question. Coordinators
// of transactions and share groups are not served: their keys get
// INVALID_REQUEST with a sentence, which clients take as final.
func (a *API) findCoordinator(c *Call, req *wire.FindCoordinatorRequest) *wire.FindCoordinatorResponse {
	resp := &wire.FindCoordinatorResponse{}
	resp.SetDefaults()
	if c.Version < 4 {
		row := a.coordinatorOf(c, req.KeyType, req.Key)
		resp.ErrorCode, resp.ErrorMessage = row.ErrorCode, row.ErrorMessage
		resp.NodeId, resp.Host, resp.Port = row.NodeId, row.Host, row.Port
		return resp
	}
	resp.Coordinators = make([]wire.FindCoordinatorResponseCoordinator, len(req.CoordinatorKeys))
	for i, key := range req.CoordinatorKeys {
		resp.Coordinators[i] = a.coordinatorOf(c, req.KeyType, key)
	}
	return resp
}

func (a *API) coordinatorOf(c *Call, keyType int8, key string) wire.FindCoordinatorResponseCoordinator {
	switch keyType {
	case coordinatorGroup:
	case coordinatorTransaction:
		return noCoordinator(key, wire.InvalidRequest, "Transactions are not served by this broker.")
	case coordinatorShare:
		return noCoordinator(key, wire.InvalidRequest, "Share groups are not served by this broker.")
	default:
		return noCoordinator(key, wire.InvalidRequest, fmt.Sprintf("Unknown coordinator type %d.", keyType))
	}
	offsets := c.Image.TopicByName(metadata.OffsetsTopic)
	if offsets == nil {
		if offsets = a.createConsumerOffsets(c); offsets == nil {
			return noCoordinator(key, wire.CoordinatorNotAvailable, wire.CoordinatorNotAvailable.Error())
		}
	}
	p := offsets.Partition(a.Groups.PartitionFor(key))
	b := c.Image.Broker(p.Leader)
	if b == nil || b.Fenced {
		return noCoordinator(key, wire.CoordinatorNotAvailable, wire.CoordinatorNotAvailable.Error())
	}
	ep, ok := b.Endpoint(c.Conn.Listener())
	if !ok {
		return noCoordinator(key, wire.CoordinatorNotAvailable, wire.CoordinatorNotAvailable.Error())
	}
	return wire.FindCoordinatorResponseCoordinator{Key: key, NodeId: b.ID, Host: ep.Host, Port: int32(ep.Port)}
}

// createConsumerOffsets creates the topic and captures the image that holds it,
// or returns nil: the client will ask again.
func (a *API) createConsumerOffsets(c *Call) *metadata.Topic {
	req := a.autoRequest()
	req.Topics = append(req.Topics, controller.AutoTopic(metadata.OffsetsTopic, a.Config().Static))
	if _, err := a.createOwn(c, req); err != nil {
		return nil
	}
	c.Image = a.Image()
	return c.Image.TopicByName(metadata.OffsetsTopic)
}

func noCoordinator(key string, code wire.ErrorCode, message string) wire.FindCoordinatorResponseCoordinator {
	return wire.FindCoordinatorResponseCoordinator{
		Key: key, NodeId: -1, Port: -1, ErrorCode: code, ErrorMessage: &message,
	}
}
