package node

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestFailedDirectoryCoordinatesNothing: whoever takes a group's partition over from a
// broker whose directory failed acknowledges commits at once. The broker answers no more
// for that group, from what it remembers, even before it knows of the other (I12 of
// docs/torture.md).
func TestFailedDirectoryCoordinatesNothing(t *testing.T) {
	b := newBrokenDir(t)
	var broken atomic.Bool
	b.start(t, vfs.NewErrorFS(vfs.OS, func(_ vfs.Op, name string) error {
		if broken.Load() && strings.HasPrefix(name, b.bad) {
			return errors.New("input/output error")
		}
		return nil
	}), "offsets.topic.num.partitions=8")
	defer b.stop()
	b.create(worksTopic)
	b.client().FindGroupCoordinators(limit(t), "g0") // makes __consumer_offsets
	var groups []string
	for i := range 20 {
		group := fmt.Sprint("g", i)
		groups = append(groups, group)
		eventually(t, "a commit of "+group, func() bool { return b.commit(8, group, 7) == wire.None })
	}
	broken.Store(true)
	for _, topic := range b.topics {
		if b.inBad[topic] {
			b.produceRaw(topic, recordsAt(batch.None, 1, time.Now().UnixMilli()))
		}
	}
	eventually(t, "the directory is offline", func() bool { return strings.Contains(b.text.String(), "A data directory went offline") })
	refused := 0
	for _, group := range groups {
		req := &wire.OffsetFetchRequest{}
		req.SetDefaults()
		one := wire.OffsetFetchRequestGroup{}
		one.SetDefaults()
		one.GroupId = group
		req.Groups = []wire.OffsetFetchRequestGroup{one}
		code := ask(b.running, req, 8, &wire.OffsetFetchResponse{}).Groups[0].ErrorCode
		place, _ := b.dirs.Describe(commitlog.TopicPartition{Topic: metadata.OffsetsTopic, Partition: b.groups.PartitionFor(group)})
		switch {
		case place.Dir != b.bad && code != wire.None:
			t.Errorf("%s in %s: %s", group, place.Dir, code.Name())
		case place.Dir == b.bad && code != wire.NotCoordinator:
			t.Errorf("%s, whose partition is in the failed directory: %s", group, code.Name())
		case place.Dir == b.bad:
			refused++
		}
	}
	if refused == 0 || refused == len(groups) {
		t.Errorf("%d of %d groups were in the failed directory", refused, len(groups))
	}
}
