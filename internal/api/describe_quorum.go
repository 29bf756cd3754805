package api

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// DescribeQuorum (key 55), versions 0–2 (KIP-595, KIP-836).
//
//	v1: when each voter last fetched and last was caught up
//	v2: directory ids, endpoints of the nodes, error messages
//
// The only partition there is to describe is __cluster_metadata-0; a request
// that does not ask for exactly that is answered with
// UNKNOWN_TOPIC_OR_PARTITION for each of its partitions.
func (a *API) describeQuorum(c *Call, req *wire.DescribeQuorumRequest) *wire.DescribeQuorumResponse {
	resp := &wire.DescribeQuorumResponse{}
	resp.SetDefaults()
	resp.ErrorMessage = noMessage()
	if !asksForMetadataLog(req) {
		for i := range req.Topics {
			resp.Topics = append(resp.Topics, unknownQuorums(&req.Topics[i]))
		}
		return resp
	}
	status := a.Quorum()
	p := wire.DescribeQuorumResponsePartitionData{ErrorMessage: noMessage()}
	if status.LeaderID != a.BrokerID {
		message := wire.NotLeaderOrFollower.Error()
		p.ErrorCode, p.ErrorMessage = wire.NotLeaderOrFollower, &message
	} else {
		p.LeaderId, p.LeaderEpoch, p.HighWatermark = status.LeaderID, status.LeaderEpoch, status.HighWatermark
		p.CurrentVoters = quorumReplicas(status.Voters)
		p.Observers = append(quorumReplicas(status.Learners), quorumReplicas(status.Observers)...)
		resp.Nodes = quorumNodes(status, c.Image)
	}
	resp.Topics = []wire.DescribeQuorumResponseTopicData{{
		TopicName: metadata.ClusterMetadataTopic, Partitions: []wire.DescribeQuorumResponsePartitionData{p},
	}}
	return resp
}

// noMessage is the message of a success in those answers where Kafka tells an
// empty one rather than none.
func noMessage() *string { return new(string) }

func asksForMetadataLog(req *wire.DescribeQuorumRequest) bool {
	return len(req.Topics) == 1 && req.Topics[0].TopicName == metadata.ClusterMetadataTopic &&
		len(req.Topics[0].Partitions) == 1 && req.Topics[0].Partitions[0].PartitionIndex == 0
}

func unknownQuorums(t *wire.DescribeQuorumRequestTopicData) wire.DescribeQuorumResponseTopicData {
	row := wire.DescribeQuorumResponseTopicData{TopicName: t.TopicName}
	for _, p := range t.Partitions {
		message := wire.UnknownTopicOrPartition.Error()
		row.Partitions = append(row.Partitions, wire.DescribeQuorumResponsePartitionData{
			PartitionIndex: p.PartitionIndex, ErrorCode: wire.UnknownTopicOrPartition, ErrorMessage: &message,
		})
	}
	return row
}

func quorumReplicas(members []quorum.ReplicaStatus) []wire.DescribeQuorumResponseReplicaState {
	var rows []wire.DescribeQuorumResponseReplicaState
	for _, m := range members {
		rows = append(rows, wire.DescribeQuorumResponseReplicaState{
			ReplicaId: m.NodeID, ReplicaDirectoryId: m.DirectoryID, LogEndOffset: m.LogEndOffset,
			LastFetchTimestamp: m.LastFetchMs, LastCaughtUpTimestamp: m.LastCaughtUpMs,
		})
	}
	return rows
}

// quorumNodes lists the endpoints of the voters: what the quorum knows, and of a
// controller that is alone in it what that has registered.
func quorumNodes(s quorum.Status, image *metadata.Image) []wire.DescribeQuorumResponseNode {
	var nodes []wire.DescribeQuorumResponseNode
	for _, m := range s.Voters {
		n := wire.DescribeQuorumResponseNode{NodeId: m.NodeID}
		for _, e := range m.Endpoints {
			n.Listeners = append(n.Listeners, wire.DescribeQuorumResponseListener{Name: e.Name, Host: e.Host, Port: e.Port})
		}
		if registered := image.Controller(m.NodeID); registered != nil && len(m.Endpoints) == 0 {
			for _, e := range registered.Endpoints {
				n.Listeners = append(n.Listeners, wire.DescribeQuorumResponseListener{Name: e.Name, Host: e.Host, Port: e.Port})
			}
		}
		nodes = append(nodes, n)
	}
	return nodes
}
