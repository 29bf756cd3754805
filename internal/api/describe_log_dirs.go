package api

import (
	"cmp"
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// LogDir is a data directory as DescribeLogDirs shows it.
type LogDir struct {
	Path string
	// Offline directories failed; they show no replicas.
	Offline bool
	// TotalBytes and UsableBytes are those of the directory's volume, -1 if they
	// cannot be told.
	TotalBytes, UsableBytes int64
	Cordoned                bool
	Replicas                []LogDirReplica
}

// LogDirReplica is a replica in a data directory.
type LogDirReplica struct {
	Topic     string
	Partition int32
	Bytes     int64
	// OffsetLag is how far the log is behind the high watermark; for a future
	// replica, how far it is behind the one it takes the place of.
	OffsetLag int64
	// Future says that it is the copy of one that moves to this directory (KIP-113).
	Future bool
}

// DescribeLogDirs (key 35), versions 1–5.
//
//	v3: an error of the whole request
//	v4: bytes of the volume (KIP-827)
//	v5: cordoned directories (KIP-1066)
//
// Null topics ask for all of them. The metadata log is not among them, as in
// Kafka.
func (a *API) describeLogDirs(c *Call, req *wire.DescribeLogDirsRequest) *wire.DescribeLogDirsResponse {
	resp := &wire.DescribeLogDirsResponse{}
	resp.SetDefaults()
	for _, d := range a.LogDirs(wantedReplicas(req)) {
		row := wire.DescribeLogDirsResponseDescribeLogDirsResult{
			LogDir: d.Path, TotalBytes: d.TotalBytes, UsableBytes: d.UsableBytes, IsCordoned: d.Cordoned,
		}
		if d.Offline {
			row.ErrorCode = wire.KafkaStorageError
		} else {
			row.Topics = logDirTopics(d.Replicas)
		}
		resp.Results = append(resp.Results, row)
	}
	return resp
}

// wantedReplicas says of each partition whether it was asked for.
func wantedReplicas(req *wire.DescribeLogDirsRequest) func(topic string, partition int32) bool {
	if req.Topics == nil {
		return func(string, int32) bool { return true }
	}
	wanted := make(map[string]map[int32]bool, len(req.Topics))
	for i := range req.Topics {
		t := &req.Topics[i]
		if wanted[t.Topic] == nil {
			wanted[t.Topic] = make(map[int32]bool, len(t.Partitions))
		}
		for _, p := range t.Partitions {
			wanted[t.Topic][p] = true
		}
	}
	return func(topic string, partition int32) bool { return wanted[topic][partition] }
}

// logDirTopics groups replicas by topic, in order.
func logDirTopics(replicas []LogDirReplica) []wire.DescribeLogDirsResponseDescribeLogDirsTopic {
	slices.SortFunc(replicas, func(x, y LogDirReplica) int {
		return cmp.Or(cmp.Compare(x.Topic, y.Topic), cmp.Compare(x.Partition, y.Partition))
	})
	var topics []wire.DescribeLogDirsResponseDescribeLogDirsTopic
	for i, r := range replicas {
		if i == 0 || r.Topic != replicas[i-1].Topic {
			topics = append(topics, wire.DescribeLogDirsResponseDescribeLogDirsTopic{Name: r.Topic})
		}
		t := &topics[len(topics)-1]
		t.Partitions = append(t.Partitions, wire.DescribeLogDirsResponseDescribeLogDirsPartition{
			PartitionIndex: r.Partition, PartitionSize: r.Bytes, OffsetLag: r.OffsetLag, IsFutureKey: r.Future,
		})
	}
	return topics
}
