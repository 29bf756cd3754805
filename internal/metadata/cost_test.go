package metadata

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// cluster builds an image of one broker with that many topics and partitions each.
func cluster(t testing.TB, topics, partitions int) (*Editor, *Image) {
	editor := NewEditor(Empty())
	part := &wire.PartitionRecord{Replicas: []int32{1}, Isr: []int32{1}, Leader: 1, Directories: []wire.UUID{{7}}}
	for n := range topics {
		id := wire.UUID{byte(n * 7919 >> 8), byte(n * 7919), byte(n >> 16), byte(n >> 8), byte(n)}
		records := []wire.Record{&wire.TopicRecord{Name: fmt.Sprintf("topic-%06d", n), TopicId: id}}
		for p := range partitions {
			c := *part
			c.TopicId, c.PartitionId = id, int32(p)
			records = append(records, &c)
		}
		for _, r := range records {
			if err := editor.Apply(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	image, _ := editor.Publish(1, 1)
	return editor, image
}

// TestPartitionMemory: an idle partition costs a few words here, one of a thousand
// in a topic as well as one that is a topic of its own.
func TestPartitionMemory(t *testing.T) {
	for _, c := range []struct{ topics, partitions, maxBytes int }{{100, 1000, 40}, {50_000, 1, 500}} {
		before := heapBytes()
		_, image := cluster(t, c.topics, c.partitions)
		per := int(heapBytes()-before) / image.PartitionCount()
		t.Logf("%d topics with %d partitions: %d bytes a partition", c.topics, c.partitions, per)
		if per > c.maxBytes {
			t.Errorf("%d bytes a partition, at most %d are allowed", per, c.maxBytes)
		}
		runtime.KeepAlive(image)
	}
}

func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestChangeCost: the garbage of one change does not grow with the cluster.
func TestChangeCost(t *testing.T) {
	cost := func(topics, partitions int) uint64 {
		editor, image := cluster(t, topics, partitions)
		id := image.TopicByName("topic-000000").ID
		r := &wire.PartitionChangeRecord{TopicId: id, Leader: 1, LeaderRecoveryState: -1}
		var before, after runtime.MemStats
		const changes = 1000
		runtime.ReadMemStats(&before)
		for range changes {
			if err := editor.Apply(r); err != nil {
				t.Fatal(err)
			}
			editor.Publish(2, 1)
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / changes
	}
	few, many := cost(10, 64), cost(20_000, 1)
	t.Logf("%d bytes in a small cluster, %d in a large one", few, many)
	if many > 16<<10 {
		t.Errorf("one change makes %d bytes of garbage", many)
	}
}

func BenchmarkCreatePartitions(b *testing.B) {
	for b.Loop() {
		cluster(b, 10, 1000)
	}
}
