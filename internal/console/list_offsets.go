package console

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Timestamps with a meaning of their own in ListOffsets.
const (
	atEnd   int64 = -1
	atStart int64 = -2
)

// listed is where a timestamp is in a partition.
type listed struct {
	offset    int64
	timestamp int64
	err       error
}

// listOffsets asks each partition's leader for the first offset of a timestamp.
// A partition that cannot be asked has an error of its own.
func (k *cluster) listOffsets(ctx context.Context, isolation int8, want map[tp]int64) map[tp]listed {
	req := kmsg.NewPtrListOffsetsRequest()
	req.IsolationLevel = isolation
	at := map[string]int{}
	for p, timestamp := range want {
		i, ok := at[p.topic]
		if !ok {
			t := kmsg.NewListOffsetsRequestTopic()
			t.Topic = p.topic
			i = len(req.Topics)
			at[p.topic] = i
			req.Topics = append(req.Topics, t)
		}
		rp := kmsg.NewListOffsetsRequestTopicPartition()
		rp.Partition, rp.Timestamp = p.partition, timestamp
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, rp)
	}
	found := make(map[tp]listed, len(want))
	if len(want) == 0 {
		return found
	}
	for _, shard := range k.client.RequestSharded(ctx, req) {
		if shard.Err != nil {
			for _, t := range shard.Req.(*kmsg.ListOffsetsRequest).Topics {
				for _, p := range t.Partitions {
					found[tp{t.Topic, p.Partition}] = listed{-1, -1, shard.Err}
				}
			}
			continue
		}
		for _, t := range shard.Resp.(*kmsg.ListOffsetsResponse).Topics {
			for _, p := range t.Partitions {
				found[tp{t.Topic, p.Partition}] = listed{p.Offset, p.Timestamp, kerr.ErrorForCode(p.ErrorCode)}
			}
		}
	}
	for p := range want {
		if _, ok := found[p]; !ok {
			found[p] = listed{-1, -1, kerr.UnknownTopicOrPartition}
		}
	}
	return found
}

// bounds are the ends of a partition.
type bounds struct{ start, end int64 }

// topicBounds asks for the ends of partitions of a topic, with read_committed
// the last stable offset as the end.
func (k *cluster) topicBounds(ctx context.Context, topic string, partitions []int32, isolation int8) (map[int32]bounds, error) {
	starts, ends := map[tp]int64{}, map[tp]int64{}
	for _, p := range partitions {
		starts[tp{topic, p}], ends[tp{topic, p}] = atStart, atEnd
	}
	first := k.listOffsets(ctx, isolation, starts)
	last := k.listOffsets(ctx, isolation, ends)
	all := map[int32]bounds{}
	for _, p := range partitions {
		s, e := first[tp{topic, p}], last[tp{topic, p}]
		if s.err != nil {
			return nil, partitionError(topic, p, s.err)
		}
		if e.err != nil {
			return nil, partitionError(topic, p, e.err)
		}
		all[p] = bounds{s.offset, e.offset}
	}
	return all, nil
}
