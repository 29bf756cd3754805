package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/wire"
)

// someLogDirs is a broker with a good directory and a failed one.
func someLogDirs(wanted func(string, int32) bool) []LogDir {
	good := LogDir{Path: "/good", TotalBytes: 1000, UsableBytes: 400}
	for _, r := range []LogDirReplica{{"b", 1, 20, 0, true}, {"a", 0, 10, 3, false}, {"b", 0, 30, 0, false}} {
		if wanted(r.Topic, r.Partition) {
			good.Replicas = append(good.Replicas, r)
		}
	}
	return []LogDir{good, {Path: "/failed", Offline: true, TotalBytes: -1, UsableBytes: -1}}
}

func TestDescribeLogDirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.api.LogDirs = someLogDirs
		c := b.client()
		for version := int16(1); version <= 5; version++ {
			var resp wire.DescribeLogDirsResponse
			c.ask(&wire.DescribeLogDirsRequest{}, version, &resp)
			if resp.ErrorCode != wire.None || len(resp.Results) != 2 {
				t.Fatalf("version %d: %+v", version, resp)
			}
			good, failed := resp.Results[0], resp.Results[1]
			if len(good.Topics) != 2 || good.Topics[0].Name != "a" || good.Topics[0].Partitions[0].OffsetLag != 3 ||
				len(good.Topics[1].Partitions) != 2 || good.Topics[1].Partitions[1].PartitionSize != 20 ||
				good.Topics[1].Partitions[0].IsFutureKey || !good.Topics[1].Partitions[1].IsFutureKey {
				t.Errorf("version %d: %+v", version, good)
			}
			if want := map[bool]int64{true: 1000, false: -1}[version >= 4]; good.TotalBytes != want {
				t.Errorf("version %d: %d bytes in all", version, good.TotalBytes)
			}
			if failed.ErrorCode != wire.KafkaStorageError || failed.LogDir != "/failed" || len(failed.Topics) != 0 {
				t.Errorf("version %d: %+v", version, failed)
			}
		}
	})
}

func TestDescribeLogDirsOfSomePartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.api.LogDirs = someLogDirs
		c := b.client()
		type topic = wire.DescribeLogDirsRequestDescribableLogDirTopic
		for _, tc := range []struct {
			topics []topic
			want   int // partitions
		}{
			{[]topic{}, 0},
			{[]topic{{Topic: "nope", Partitions: []int32{0}}}, 0},
			{[]topic{{Topic: "b", Partitions: []int32{1, 1, 7}}}, 1},
			{[]topic{{Topic: "b", Partitions: []int32{1}}, {Topic: "b", Partitions: []int32{0}}, {Topic: "a"}}, 2},
		} {
			var resp wire.DescribeLogDirsResponse
			c.ask(&wire.DescribeLogDirsRequest{Topics: tc.topics}, 5, &resp)
			got := 0
			for _, topic := range resp.Results[0].Topics {
				got += len(topic.Partitions)
			}
			if got != tc.want {
				t.Errorf("%+v: %d partitions, want %d", tc.topics, got, tc.want)
			}
		}
	})
}
