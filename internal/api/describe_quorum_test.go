package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

func quorumOf(leader int32) quorum.Status {
	voter := quorum.ReplicaStatus{LogEndOffset: 12, LastFetchMs: 7, LastCaughtUpMs: 6}
	voter.NodeID, voter.DirectoryID = 1, wire.UUID{5}
	voter.Endpoints = []quorum.Endpoint{{Name: "CONTROLLER", Host: "one", Port: 9093}}
	observer := quorum.ReplicaStatus{LogEndOffset: 11}
	observer.NodeID = 4
	return quorum.Status{
		LeaderID: leader, LeaderEpoch: 3, HighWatermark: 10,
		Voters: []quorum.ReplicaStatus{voter}, Learners: []quorum.ReplicaStatus{observer},
	}
}

func quorumRequest(topic string, partitions ...int32) *wire.DescribeQuorumRequest {
	t := wire.DescribeQuorumRequestTopicData{TopicName: topic}
	for _, p := range partitions {
		t.Partitions = append(t.Partitions, wire.DescribeQuorumRequestPartitionData{PartitionIndex: p})
	}
	return &wire.DescribeQuorumRequest{Topics: []wire.DescribeQuorumRequestTopicData{t}}
}

func TestDescribeQuorum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		leader := int32(1)
		b.api.Quorum = func() quorum.Status { return quorumOf(leader) }
		c := b.client()
		for version := int16(0); version <= 2; version++ {
			var resp wire.DescribeQuorumResponse
			c.ask(quorumRequest("__cluster_metadata", 0), version, &resp)
			p := resp.Topics[0].Partitions[0]
			if p.ErrorCode != wire.None || p.LeaderId != 1 || p.LeaderEpoch != 3 || p.HighWatermark != 10 ||
				len(p.CurrentVoters) != 1 || p.CurrentVoters[0].LogEndOffset != 12 || len(p.Observers) != 1 || p.Observers[0].ReplicaId != 4 {
				t.Fatalf("version %d: %+v", version, resp)
			}
			if version >= 1 && (p.CurrentVoters[0].LastFetchTimestamp != 7 || p.CurrentVoters[0].LastCaughtUpTimestamp != 6) {
				t.Errorf("version %d: times %+v", version, p.CurrentVoters[0])
			}
			if version >= 2 && (p.CurrentVoters[0].ReplicaDirectoryId != (wire.UUID{5}) || len(resp.Nodes) != 1 || resp.Nodes[0].Listeners[0].Port != 9093) {
				t.Errorf("version %d: %+v", version, resp)
			}
		}
		leader = 2
		var resp wire.DescribeQuorumResponse
		c.ask(quorumRequest("__cluster_metadata", 0), 2, &resp)
		if code := resp.Topics[0].Partitions[0].ErrorCode; code != wire.NotLeaderOrFollower {
			t.Errorf("of another leader's quorum: %s", code.Name())
		}
	})
}

func TestDescribeQuorumOfSomethingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.api.Quorum = func() quorum.Status { return quorumOf(1) }
		c := b.client()
		for version := int16(0); version <= 2; version++ {
			for _, req := range []*wire.DescribeQuorumRequest{
				quorumRequest("t", 0), quorumRequest("__cluster_metadata", 1), quorumRequest("__cluster_metadata", 0, 1), {},
			} {
				var resp wire.DescribeQuorumResponse
				c.ask(req, version, &resp)
				if len(resp.Topics) != len(req.Topics) {
					t.Fatalf("version %d: %+v", version, resp)
				}
				for _, topic := range resp.Topics {
					for _, p := range topic.Partitions {
						if p.ErrorCode != wire.UnknownTopicOrPartition {
							t.Errorf("version %d: %s-%d: %s", version, topic.TopicName, p.PartitionIndex, p.ErrorCode.Name())
						}
					}
				}
			}
		}
	})
}
