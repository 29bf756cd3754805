package api

import (
	"cmp"
	"maps"
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// AlterReplicaLogDirs (key 34), versions 1–2.
//
// Has replicas of this broker moved to other data directories (KIP-113); the answer
// says that the moves began. A replica that this broker does not have yet is refused
// with REPLICA_NOT_AVAILABLE and will be created in the directory. A partition that is
// named more than once goes where its last mention says.
func (a *API) alterReplicaLogDirs(c *Call, req *wire.AlterReplicaLogDirsRequest) *wire.AlterReplicaLogDirsResponse {
	type (
		topicResult = wire.AlterReplicaLogDirsResponseAlterReplicaLogDirTopicResult
		result      = wire.AlterReplicaLogDirsResponseAlterReplicaLogDirPartitionResult
	)
	paths := make(map[topicPartition]string)
	for i := range req.Dirs {
		d := &req.Dirs[i]
		for j := range d.Topics {
			for _, number := range d.Topics[j].Partitions {
				paths[topicPartition{d.Topics[j].Name, number}] = d.Path
			}
		}
	}
	resp := &wire.AlterReplicaLogDirsResponse{}
	resp.SetDefaults()
	inOrder := slices.SortedFunc(maps.Keys(paths), func(x, y topicPartition) int {
		return cmp.Or(cmp.Compare(x.topic, y.topic), cmp.Compare(x.partition, y.partition))
	})
	for i, tp := range inOrder {
		if i == 0 || tp.topic != inOrder[i-1].topic {
			resp.Results = append(resp.Results, topicResult{TopicName: tp.topic})
		}
		r := &resp.Results[len(resp.Results)-1]
		r.Partitions = append(r.Partitions, result{PartitionIndex: tp.partition, ErrorCode: a.moveReplica(c, tp, paths[tp])})
	}
	return resp
}

// moveReplica has one replica moved and returns the code of its answer.
func (a *API) moveReplica(c *Call, tp topicPartition, path string) wire.ErrorCode {
	code := errorCode(a.MoveReplica(tp.topic, tp.partition, path))
	if code == wire.ReplicaNotAvailable {
		if t := c.Image.TopicByName(tp.topic); t == nil || t.Partition(tp.partition) == nil {
			return wire.UnknownTopicOrPartition
		}
	}
	return code
}
