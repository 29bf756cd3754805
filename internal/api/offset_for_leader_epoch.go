package api

// OffsetForLeaderEpoch (key 23), versions 2–4.
//
//	v3  the id of the asking replica, -2 for clients
//	v4  flexible
//
// Clients use it to find out whether the log was truncated below them (KIP-320).

import "github.com/brolga-io/brolga/internal/wire"

func (a *API) offsetForLeaderEpoch(c *Call, req *wire.OffsetForLeaderEpochRequest) *wire.OffsetForLeaderEpochResponse {
	resp := &wire.OffsetForLeaderEpochResponse{}
	resp.SetDefaults()
	for i := range req.Topics {
		t := &req.Topics[i]
		topic := wire.OffsetForLeaderEpochResponseOffsetForLeaderTopicResult{Topic: t.Topic}
		for j := range t.Partitions {
			q := &t.Partitions[j]
			var answer wire.OffsetForLeaderEpochResponseEpochEndOffset
			answer.SetDefaults()
			answer.Partition = q.Partition
			p, err := a.Replicas.Find(c.Image, t.Topic, q.Partition)
			if err == nil {
				answer.LeaderEpoch, answer.EndOffset, err = p.EndOfEpoch(q.CurrentLeaderEpoch, q.LeaderEpoch)
			}
			answer.ErrorCode = errorCode(err)
			topic.Partitions = append(topic.Partitions, answer)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}
