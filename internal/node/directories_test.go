package node

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestDirectoriesAreAssigned: with several data directories the controller is told
// where each replica is, and a restart has nothing to tell.
func TestDirectoriesAreAssigned(t *testing.T) {
	dirs := t.TempDir() + "," + t.TempDir()
	n := start(t, dirs)
	ctx := limit(t)
	must(n.client().CreateTopic(ctx, 7, 1, nil, "t"))(t)
	assigned := func(image *metadata.Image) bool {
		topic := image.TopicByName("t")
		for number, p := range topic.Partitions() {
			place, ok := n.dirs.Describe(commitlog.TopicPartition{Topic: "t", Partition: number})
			if !ok || p.Directory(1) != wire.UUID(place.DirectoryID) {
				return false
			}
		}
		return true
	}
	image := n.publisher.Await(20*time.Second, assigned)
	if !assigned(image) {
		t.Fatal("the controller does not know where the replicas are")
	}
	used := map[wire.UUID]bool{}
	for _, p := range image.TopicByName("t").Partitions() {
		used[p.Directory(1)] = true
	}
	if len(used) != 2 {
		t.Errorf("%d directories are in use", len(used))
	}
	n.stop()
	n = start(t, dirs)
	defer n.stop()
	n.publisher.Await(20*time.Second, func(image *metadata.Image) bool { return image.TopicByName("t") != nil && assigned(image) })
	if n.assigner.request() != nil {
		t.Error("a restart tells what is known")
	}
}
