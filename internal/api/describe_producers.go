package api

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// DescribeProducers (key 61), version 0 (KIP-664).
//
// Only the leader of a partition knows its producers. Idempotent producers are
// listed like transactional ones.
func (a *API) describeProducers(c *Call, req *wire.DescribeProducersRequest) *wire.DescribeProducersResponse {
	resp := &wire.DescribeProducersResponse{}
	resp.SetDefaults()
	for i := range req.Topics {
		t := &req.Topics[i]
		row := wire.DescribeProducersResponseTopicResponse{Name: t.Name}
		for _, number := range t.PartitionIndexes {
			row.Partitions = append(row.Partitions, a.producersOf(c, t.Name, number))
		}
		resp.Topics = append(resp.Topics, row)
	}
	return resp
}

func (a *API) producersOf(c *Call, topic string, number int32) wire.DescribeProducersResponsePartitionResponse {
	row := wire.DescribeProducersResponsePartitionResponse{PartitionIndex: number}
	if fault := metadata.TopicNameFault(topic); fault != "" {
		row.ErrorCode, row.ErrorMessage = wire.InvalidTopicException, &fault
		return row
	}
	if c.Image.TopicByName(topic) == nil {
		row.ErrorCode = wire.UnknownTopicOrPartition
		message := row.ErrorCode.Error()
		row.ErrorMessage = &message
		return row
	}
	p, err := a.Replicas.Find(c.Image, topic, number)
	if err != nil {
		row.ErrorCode = errorCode(err)
		return row
	}
	if _, leads := p.Leads(); !leads {
		row.ErrorCode = wire.NotLeaderOrFollower
		return row
	}
	producers, err := p.Log().ActiveProducers()
	row.ErrorCode = errorCode(err)
	for _, s := range producers {
		row.ActiveProducers = append(row.ActiveProducers, wire.DescribeProducersResponseProducerState{
			ProducerId: s.ProducerID, ProducerEpoch: int32(s.ProducerEpoch),
			LastSequence: s.LastSequence, LastTimestamp: s.LastTimestamp,
			CoordinatorEpoch: s.CoordinatorEpoch, CurrentTxnStartOffset: s.TxnStartOffset,
		})
	}
	return row
}
