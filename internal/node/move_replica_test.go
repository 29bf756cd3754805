package node

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestReplicaMovesToAnotherDirectory: while it is written to; its future replica is
// described, and the controller learns of the new directory.
func TestReplicaMovesToAnotherDirectory(t *testing.T) {
	paths := []string{t.TempDir(), t.TempDir()}
	n := start(t, strings.Join(paths, ","))
	defer func() { n.stop() }()
	ctx := limit(t)
	admin := n.client()
	must(admin.CreateTopic(ctx, 1, 1, nil, "t"))(t)
	client, err := kgo.NewClient(kgo.SeedBrokers(n.address()), kgo.DefaultProduceTopic("t"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	produce := func(from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			if err := client.ProduceSync(ctx, kgo.StringRecord(strconv.Itoa(i)+strings.Repeat("x", 2000))).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	produce(0, 100)
	tp := commitlog.TopicPartition{Topic: "t"}
	place, _ := n.dirs.Describe(tp)
	target := paths[0]
	if place.Dir == target {
		target = paths[1]
	}
	alter := func(dir, topic string) wire.ErrorCode {
		t.Helper()
		req := kmsg.NewPtrAlterReplicaLogDirsRequest()
		req.Dirs = []kmsg.AlterReplicaLogDirsRequestDir{{Dir: dir,
			Topics: []kmsg.AlterReplicaLogDirsRequestDirTopic{{Topic: topic, Partitions: []int32{0}}}}}
		answer, err := client.Broker(1).RetriableRequest(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		resp := answer.(*kmsg.AlterReplicaLogDirsResponse)
		return wire.ErrorCode(resp.Topics[0].Partitions[0].ErrorCode)
	}
	for _, tc := range []struct {
		dir, topic string
		want       wire.ErrorCode
	}{
		{"/nowhere", "t", wire.LogDirNotFound},
		{target, "nothing", wire.UnknownTopicOrPartition},
		{target, strings.Repeat("x", 249), wire.InvalidTopicException},
		{place.Dir, "t", wire.None},
	} {
		if got := alter(tc.dir, tc.topic); got != tc.want {
			t.Errorf("%s to %s: %s", tc.topic, tc.dir, got.Name())
		}
	}
	n.dirs.SetMoveRate(0)
	if got := alter(target, "t"); got != wire.None {
		t.Fatal(got.Name())
	}
	described := must(admin.DescribeAllLogDirs(ctx, nil))(t)
	future, ok := described[1][target].Topics["t"][0]
	if !ok || !future.IsFuture || future.OffsetLag > 100 {
		t.Fatalf("%+v", described[1])
	}
	produce(100, 200)
	n.dirs.SetMoveRate(1 << 40)
	assigned := func(image *metadata.Image) bool {
		at, _ := n.dirs.Describe(tp)
		return at.Dir == target && image.TopicByName("t").Partition(0).Directory(1) == wire.UUID(at.DirectoryID)
	}
	if !assigned(n.publisher.Await(20*time.Second, assigned)) {
		at, _ := n.dirs.Describe(tp)
		t.Fatalf("%+v, wanted in %s", at, target)
	}
	produce(200, 300)
	n.stop()
	n = start(t, strings.Join(paths, ","))
	if log, err := n.dirs.Get(tp); err != nil || log.EndOffset() != 300 || log.Check() != nil {
		t.Fatalf("%v, %v", log, err)
	}
}
