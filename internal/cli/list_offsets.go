package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// topicPartition names a partition.
type topicPartition struct {
	topic     string
	partition int32
}

func (tp topicPartition) String() string { return fmt.Sprintf("%s-%d", tp.topic, tp.partition) }

func comparePartitions(a, b topicPartition) int {
	return cmp.Or(strings.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition))
}

func sortedPartitions[V any](m map[topicPartition]V) []topicPartition {
	tps := make([]topicPartition, 0, len(m))
	for tp := range m {
		tps = append(tps, tp)
	}
	slices.SortFunc(tps, comparePartitions)
	return tps
}

// The timestamps that ListOffsets gives a meaning of their own.
const (
	latestOffset                = -1
	earliestOffset              = -2
	maxTimestampOffset          = -3
	earliestLocalOffset         = -4
	latestTieredOffset          = -5
	earliestPendingUploadOffset = -6
)

// listedOffset is the answer for one partition; offset -1 means there is none.
type listedOffset struct {
	offset int64
	err    error
}

// listOffsets asks each partition's leader for the offset of a timestamp.
func (a *admin) listOffsets(partitions []topicPartition, timestamp int64) (map[topicPartition]listedOffset, error) {
	return a.listOffsetsAt(partitions, timestamp, 0)
}

// listOffsetsAt is listOffsets with an isolation level: with 1 the latest offset
// is the last stable one.
func (a *admin) listOffsetsAt(partitions []topicPartition, timestamp int64, isolation int8) (map[topicPartition]listedOffset, error) {
	offsets := make(map[topicPartition]listedOffset, len(partitions))
	if len(partitions) == 0 {
		return offsets, nil
	}
	req := kmsg.NewPtrListOffsetsRequest()
	req.ReplicaID, req.IsolationLevel = -1, isolation
	req.TimeoutMillis = int32(a.timeout.Milliseconds())
	for topic, ids := range byTopic(partitions) {
		rt := kmsg.NewListOffsetsRequestTopic()
		rt.Topic = topic
		for _, id := range ids {
			rp := kmsg.NewListOffsetsRequestTopicPartition()
			rp.Partition, rp.Timestamp, rp.MaxNumOffsets, rp.CurrentLeaderEpoch = id, timestamp, 1, -1
			rt.Partitions = append(rt.Partitions, rp)
		}
		req.Topics = append(req.Topics, rt)
	}
	err := callEach(a, "listOffsets", req, func(_ kgo.BrokerMetadata, resp *kmsg.ListOffsetsResponse) {
		for _, rt := range resp.Topics {
			for _, rp := range rt.Partitions {
				o := listedOffset{rp.Offset, brokerError(rp.ErrorCode, nil)}
				if len(rp.OldStyleOffsets) > 0 {
					o.offset = rp.OldStyleOffsets[0]
				}
				offsets[topicPartition{rt.Topic, rp.Partition}] = o
			}
		}
	})
	return offsets, err
}

func byTopic(partitions []topicPartition) map[string][]int32 {
	m := map[string][]int32{}
	for _, tp := range partitions {
		m[tp.topic] = append(m[tp.topic], tp.partition)
	}
	return m
}
