package api

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestAlterReplicaLogDirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		var moved []string
		b.api.MoveReplica = func(topic string, partition int32, dir string) error {
			moved = append(moved, fmt.Sprint(topic, "-", partition, " to ", dir))
			switch {
			case dir == "/nowhere":
				return wire.LogDirNotFound
			case dir == "/failed":
				return wire.KafkaStorageError
			case topic == "elsewhere":
				return wire.ReplicaNotAvailable
			}
			return nil
		}
		c := b.client()
		type dir = wire.AlterReplicaLogDirsRequestAlterReplicaLogDir
		type topic = wire.AlterReplicaLogDirsRequestAlterReplicaLogDirTopic
		for version := int16(1); version <= 2; version++ {
			moved = nil
			var resp wire.AlterReplicaLogDirsResponse
			c.ask(&wire.AlterReplicaLogDirsRequest{Dirs: []dir{
				{Path: "/a", Topics: []topic{{Name: "t", Partitions: []int32{2, 0}}, {Name: "elsewhere", Partitions: []int32{0}}}},
				{Path: "/failed", Topics: []topic{{Name: "s", Partitions: []int32{1}}}},
				{Path: "/nowhere", Topics: []topic{{Name: "s", Partitions: []int32{0}}}},
				{Path: "/b", Topics: []topic{{Name: "t", Partitions: []int32{2, 2}}}},
			}}, version, &resp)
			got := ""
			for _, r := range resp.Results {
				for _, p := range r.Partitions {
					got += fmt.Sprint(r.TopicName, "-", p.PartitionIndex, " ", p.ErrorCode.Name(), "\n")
				}
			}
			want := "elsewhere-0 UNKNOWN_TOPIC_OR_PARTITION\ns-0 LOG_DIR_NOT_FOUND\ns-1 KAFKA_STORAGE_ERROR\nt-0 NONE\nt-2 NONE\n"
			if got != want || len(resp.Results) != 3 {
				t.Errorf("version %d:\n%s", version, got)
			}
			if want := "[elsewhere-0 to /a s-0 to /nowhere s-1 to /failed t-0 to /a t-2 to /b]"; fmt.Sprint(moved) != want {
				t.Errorf("version %d: %v", version, moved)
			}
		}
		var resp wire.AlterReplicaLogDirsResponse
		if c.ask(&wire.AlterReplicaLogDirsRequest{}, 2, &resp); len(resp.Results) != 0 {
			t.Errorf("%+v", resp)
		}
	})
}
