package api

// ListOffsets (key 2), versions 1–11.
//
//	v2   isolation level
//	v4   leader epochs (KIP-320)
//	v5   OFFSET_NOT_AVAILABLE instead of LEADER_NOT_AVAILABLE
//	v6   flexible
//	v7   -3, the record with the largest timestamp (KIP-734)
//	v8   -4, the start of the local log (KIP-405)
//	v9   -5, the last tiered offset (KIP-1005)
//	v10  timeout for remote lookups
//	v11  -6, the first offset not tiered yet (KIP-1023)
//
// Differences: an isolation level that does not exist is INVALID_REQUEST.

import (
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// consumerReplicaID is what clients that are no broker give as their id.
const consumerReplicaID = -1

// timestampServed tells whether a version may ask for a timestamp.
func timestampServed(timestamp int64, version int16) bool {
	switch timestamp {
	case replica.LatestTimestamp, replica.EarliestTimestamp:
		return true
	case replica.MaxTimestamp:
		return version >= 7
	case replica.EarliestLocalTimestamp:
		return version >= 8
	case replica.LatestTieredTimestamp:
		return version >= 9
	case replica.EarliestPendingUploadTimestamp:
		return version >= 11
	}
	return timestamp >= 0
}

func (a *API) listOffsets(c *Call, req *wire.ListOffsetsRequest) *wire.ListOffsetsResponse {
	twice := duplicateOffsets(req)
	resp := &wire.ListOffsetsResponse{}
	resp.SetDefaults()
	for i := range req.Topics {
		t := &req.Topics[i]
		topic := wire.ListOffsetsResponseListOffsetsTopicResponse{Name: t.Name}
		for j := range t.Partitions {
			q := &t.Partitions[j]
			var answer wire.ListOffsetsResponseListOffsetsPartitionResponse
			answer.SetDefaults()
			answer.PartitionIndex = q.PartitionIndex
			if twice[topicPartition{t.Name, q.PartitionIndex}] {
				answer.ErrorCode = wire.InvalidRequest
			} else {
				a.listOffset(c, req, t.Name, q, &answer)
			}
			topic.Partitions = append(topic.Partitions, answer)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

// listOffset answers one partition.
func (a *API) listOffset(c *Call, req *wire.ListOffsetsRequest, topic string,
	q *wire.ListOffsetsRequestListOffsetsPartition, answer *wire.ListOffsetsResponseListOffsetsPartitionResponse) {
	switch {
	case !timestampServed(q.Timestamp, c.Version):
		answer.ErrorCode = wire.UnsupportedVersion
		return
	case req.IsolationLevel != readUncommitted && req.IsolationLevel != readCommitted:
		answer.ErrorCode = wire.InvalidRequest
		return
	}
	p, err := a.Replicas.Find(c.Image, topic, q.PartitionIndex)
	if err == nil {
		var found replica.FoundOffset
		found, err = p.OffsetFor(replica.OffsetQuery{
			Timestamp:     q.Timestamp,
			LeaderEpoch:   q.CurrentLeaderEpoch,
			CommittedOnly: req.IsolationLevel == readCommitted,
			ToLogEnd:      req.ReplicaId != consumerReplicaID,
		})
		answer.Offset, answer.Timestamp, answer.LeaderEpoch = found.Offset, found.Timestamp, found.LeaderEpoch
	}
	answer.ErrorCode = errorCode(err)
	if answer.ErrorCode == wire.OffsetNotAvailable && c.Version < 5 {
		answer.ErrorCode = wire.LeaderNotAvailable
	}
}

type topicPartition struct {
	topic     string
	partition int32
}

// duplicateOffsets returns the partitions that are asked for more than once.
func duplicateOffsets(req *wire.ListOffsetsRequest) map[topicPartition]bool {
	seen := make(map[topicPartition]bool)
	for i := range req.Topics {
		for j := range req.Topics[i].Partitions {
			tp := topicPartition{req.Topics[i].Name, req.Topics[i].Partitions[j].PartitionIndex}
			_, again := seen[tp]
			seen[tp] = again
		}
	}
	return seen
}
