package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestDescribeProducers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 2)
		b.topicOf("elsewhere", partitionRecord("elsewhere", 0, 2, 2))
		c := b.client()
		o := batch.NoProducer()
		o.ProducerID, o.ProducerEpoch, o.BaseSequence = 4000, 2, 0
		recs := batch.NewBuilder(o)
		recs.Append(recordMs, nil, []byte("a"))
		recs.Append(recordMs+5, nil, []byte("b"))
		c.produce(9, produceTo("t", 0, -1, recs.Build(nil)))

		req := &wire.DescribeProducersRequest{Topics: []wire.DescribeProducersRequestTopicRequest{
			{Name: "t", PartitionIndexes: []int32{0, 1, 9}}, {Name: "nope", PartitionIndexes: []int32{0}},
			{Name: "a/b", PartitionIndexes: []int32{0}}, {Name: "elsewhere", PartitionIndexes: []int32{0}},
		}}
		var resp wire.DescribeProducersResponse
		c.ask(req, 0, &resp)
		want := wire.DescribeProducersResponseProducerState{
			ProducerId: 4000, ProducerEpoch: 2, LastSequence: 1, LastTimestamp: recordMs + 5, CoordinatorEpoch: -1, CurrentTxnStartOffset: -1,
		}
		first := resp.Topics[0].Partitions
		if len(first[0].ActiveProducers) != 1 || first[0].ActiveProducers[0] != want {
			t.Errorf("t-0: %+v", first[0])
		}
		if len(first[1].ActiveProducers) != 0 || first[1].ErrorCode != wire.None {
			t.Errorf("t-1: %+v", first[1])
		}
		for what, got := range map[string]struct{ code, want wire.ErrorCode }{
			"unknown partition": {first[2].ErrorCode, wire.UnknownTopicOrPartition},
			"unknown topic":     {resp.Topics[1].Partitions[0].ErrorCode, wire.UnknownTopicOrPartition},
			"bad name":          {resp.Topics[2].Partitions[0].ErrorCode, wire.InvalidTopicException},
			"another leader":    {resp.Topics[3].Partitions[0].ErrorCode, wire.NotLeaderOrFollower},
		} {
			if got.code != got.want {
				t.Errorf("%s: %s", what, got.code.Name())
			}
		}
	})
}
