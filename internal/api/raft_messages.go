package api

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// raftMessages takes messages of another controller's raft core (key 10000, private,
// version 0). Raft's answers travel as messages of their own; this answer only says
// what is wrong with the sender.
func (a *API) raftMessages(_ *Call, req *wire.RaftMessagesRequest) *wire.RaftMessagesResponse {
	code, message := a.receiveRaft(req)
	resp := &wire.RaftMessagesResponse{ErrorCode: code}
	if code != wire.None {
		resp.ErrorMessage = &message
	}
	return resp
}

func (a *API) receiveRaft(req *wire.RaftMessagesRequest) (wire.ErrorCode, string) {
	switch {
	case a.MetadataLog == nil:
		return wire.NotController, fmt.Sprintf("node %d is no controller", a.BrokerID)
	case req.ClusterId != a.ClusterID:
		return wire.InconsistentClusterId, fmt.Sprintf(
			"controller %d belongs to cluster %s, but controller %d, which it speaks to, belongs to cluster %s: "+
				"one of the two has the wrong data directory, or controller.quorum.voters names the wrong address",
			req.NodeId, req.ClusterId, a.BrokerID, a.ClusterID)
	}
	err := a.MetadataLog.Receive(req.DirectoryId, req.Messages)
	switch {
	case err == nil:
		return wire.None, ""
	case errors.Is(err, quorum.ErrClosed):
		return wire.NotController, err.Error()
	case errors.Is(err, quorum.ErrWrongDirectory):
		return wire.InvalidVoterKey, fmt.Sprintf(
			"controller %d speaks from metadata directory %s, but the quorum knows it by another one: it has lost its disk, "+
				"or another process runs under its node id; remove the old voter and add this one anew", req.NodeId, req.DirectoryId)
	}
	return wire.InvalidRequest, err.Error()
}
