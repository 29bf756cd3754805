package api

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

type deletion = wire.DeleteRecordsRequestDeleteRecordsPartition

// deleteRecords asks in one version and returns the answers by partition.
func (c *client) deleteRecords(version int16, topic string, parts ...deletion) map[int32]wire.DeleteRecordsResponseDeleteRecordsPartitionResult {
	c.t.Helper()
	req := &wire.DeleteRecordsRequest{TimeoutMs: 1000}
	req.Topics = []wire.DeleteRecordsRequestDeleteRecordsTopic{{Name: topic, Partitions: parts}}
	var resp wire.DeleteRecordsResponse
	c.ask(req, version, &resp)
	if len(resp.Topics) != 1 || resp.Topics[0].Name != topic {
		c.t.Fatalf("answer %+v", resp)
	}
	byNumber := map[int32]wire.DeleteRecordsResponseDeleteRecordsPartitionResult{}
	for _, p := range resp.Topics[0].Partitions {
		byNumber[p.PartitionIndex] = p
	}
	return byNumber
}

// TestBad81DeleteRecords is row 81 of the bad inputs, and what is right beside it.
func TestBad81DeleteRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topic("d", 2)
		b.topic("compacted", 1, "cleanup.policy", "compact")
		b.topic("both", 1, "cleanup.policy", "compact,delete")
		b.topic("__consumer_offsets", 1)
		b.topicOf("elsewhere", partitionRecord("elsewhere", 0, 2, 2))
		c := b.client()
		c.produce(9, produceTo("d", 0, 1, records("a", "b", "c", "d")))
		for version := int16(0); version <= 2; version++ {
			for _, tc := range []struct {
				topic  string
				p      int32
				offset int64
				start  int64
				code   wire.ErrorCode
			}{
				{"d", 0, int64(version), int64(version), wire.None},
				{"d", 0, 5, -1, wire.OffsetOutOfRange},
				{"d", 0, -2, -1, wire.OffsetOutOfRange},
				{"d", 1, 0, 0, wire.None},
				{"d", 9, 0, -1, wire.UnknownTopicOrPartition},
				{"nope", 0, 0, -1, wire.UnknownTopicOrPartition},
				{"../x", 0, 0, -1, wire.UnknownTopicOrPartition},
				{"elsewhere", 0, 0, -1, wire.NotLeaderOrFollower},
				{"__consumer_offsets", 0, 0, -1, wire.InvalidTopicException},
				{"__cluster_metadata", 0, 0, -1, wire.UnknownTopicOrPartition},
				{"compacted", 0, 0, -1, wire.PolicyViolation},
				{"both", 0, -1, 0, wire.None},
			} {
				got := c.deleteRecords(version, tc.topic, deletion{PartitionIndex: tc.p, Offset: tc.offset})[tc.p]
				if got.LowWatermark != tc.start || got.ErrorCode != tc.code {
					t.Errorf("version %d, %s-%d before %d: start %d, %s", version, tc.topic, tc.p, tc.offset, got.LowWatermark, got.ErrorCode.Name())
				}
			}
		}
		if got := c.fetchOne(12, fetchFrom("d", 0, 0)); got.ErrorCode != wire.OffsetOutOfRange {
			t.Errorf("a deleted offset is fetched: %v", got.ErrorCode.Name())
		}
		b.mustWork("deleted records")
	})
}

func TestDeleteRecordsToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a", "b", "c")))
		// The last mention of a partition counts.
		got := c.deleteRecords(2, "t", deletion{PartitionIndex: 0, Offset: 99}, deletion{PartitionIndex: 0, Offset: -1})
		if len(got) != 1 || got[0].LowWatermark != 3 || got[0].ErrorCode != wire.None {
			t.Fatalf("%+v", got)
		}
		if start := b.partition("t", 0).Log().StartOffset(); start != 3 {
			t.Errorf("the log starts at %d", start)
		}
		if got := c.deleteRecords(2, "t", deletion{PartitionIndex: 0, Offset: 1}); got[0].LowWatermark != 3 {
			t.Errorf("the start went back: %+v", got)
		}
	})
}

// TestDeletedRecordsAreSavedFirst: the answer comes after the new starts are on the disk,
// which all partitions of a request share; it does not say that records are deleted when
// the disk failed.
func TestDeletedRecordsAreSavedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 3)
		c := b.client()
		for p := range int32(3) {
			c.produce(9, produceTo("t", p, 1, records("a", "b", "c")))
		}
		all := []deletion{{PartitionIndex: 0, Offset: 1}, {PartitionIndex: 1, Offset: 2}, {PartitionIndex: 2, Offset: 3}, {PartitionIndex: 7, Offset: 1}}
		c.deleteRecords(2, "t", all...)
		if got := fmt.Sprint(b.logs.saves); got != "[3]" {
			t.Errorf("starts were saved %s at a time", got)
		}
		b.logs.unsaved = replica.ErrStorage
		got := c.deleteRecords(2, "t", deletion{PartitionIndex: 0, Offset: 3}, deletion{PartitionIndex: 7, Offset: 1})
		if got[0].LowWatermark != -1 || got[0].ErrorCode != wire.KafkaStorageError || got[7].ErrorCode != wire.UnknownTopicOrPartition {
			t.Errorf("with a failed disk: %+v", got)
		}
	})
}
