package node

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
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

// TestExchangedDirectoryIsAssigned: a broker whose only data directory was lost and
// formatted anew tells the controller so; else its replicas would count as being on a
// failed disk for good, and could never lead.
func TestExchangedDirectoryIsAssigned(t *testing.T) {
	dir, meta := t.TempDir(), "metadata.log.dir="+t.TempDir()
	n := start(t, dir, meta)
	must(n.client().CreateTopic(limit(t), 1, 1, nil, "t"))(t)
	n.stop()
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	formatted := logdir.MetaProperties{Version: 1, NodeID: 1, ClusterID: n.clusterID, DirectoryID: newID()}
	if err := logdir.WriteMetaProperties(vfs.OS, dir, formatted); err != nil {
		t.Fatal(err)
	}
	n = start(t, dir, meta)
	defer n.stop()
	place := wire.UUID(n.dirs.Dirs()[0].DirectoryID)
	image := n.publisher.Await(20*time.Second, func(image *metadata.Image) bool {
		topic := image.TopicByName("t")
		return topic != nil && topic.Partition(0).Directory(1) == place && topic.Partition(0).Leader == 1
	})
	if p := image.TopicByName("t").Partition(0); p.Directory(1) != place || p.Leader != 1 {
		t.Errorf("leader %d, in %v instead of %v", p.Leader, p.Directory(1), place)
	}
}
