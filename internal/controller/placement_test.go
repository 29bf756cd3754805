package controller

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// brokerImage is an image of brokers, each with its rack ("" for none); those in
// fencedIDs are fenced.
func brokerImage(t rapid.TB, racks map[int32]string, fencedIDs ...int32) *metadata.Image {
	var records []wire.Record
	for id, rack := range racks {
		r := &wire.RegisterBrokerRecord{BrokerId: id, Fenced: slices.Contains(fencedIDs, id), LogDirs: []wire.UUID{{byte(id)}}}
		if rack != "" {
			r.Rack = &rack
		}
		records = append(records, r)
	}
	image, _, err := metadata.Empty().Apply(records, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// TestPlacementRules: whatever the cluster looks like, replicas of a partition are
// on different brokers, its leader is unfenced, fenced brokers come last within a
// rack, and no rack has two replicas while another could have one.
func TestPlacementRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		racks := map[int32]string{}
		var fencedIDs []int32
		n := rapid.IntRange(1, 12).Draw(t, "brokers")
		names := []string{"", "a", "b", "c"}[:rapid.IntRange(1, 4).Draw(t, "racks")]
		for id := range int32(n) {
			racks[id] = rapid.SampledFrom(names).Draw(t, "rack")
			if id > 0 && rapid.IntRange(0, 3).Draw(t, "fence") == 0 {
				fencedIDs = append(fencedIDs, id)
			}
		}
		replicas := rapid.IntRange(1, n).Draw(t, "replicas")
		seed := rapid.Uint64().Draw(t, "seed")
		p := newPlacer(brokerImage(t, racks, fencedIDs...), rand.New(rand.NewPCG(seed, 1)))
		for range rapid.IntRange(1, 30).Draw(t, "partitions") {
			checkPlaced(t, p.place(replicas), replicas, racks, fencedIDs)
		}
	})
}

func checkPlaced(t *rapid.T, placed []int32, replicas int, racks map[int32]string, fencedIDs []int32) {
	if sorted := slices.Sorted(slices.Values(placed)); len(slices.Compact(sorted)) != replicas {
		t.Fatalf("%v are not %d brokers", placed, replicas)
	}
	if slices.Contains(fencedIDs, placed[0]) {
		t.Fatalf("the leader of %v is fenced", placed)
	}
	perRack, size := map[string]int{}, map[string]int{}
	for _, rack := range racks {
		size[rack]++
	}
	for _, id := range placed {
		perRack[racks[id]]++
	}
	for a, has := range perRack {
		for b := range size {
			if has > perRack[b]+1 && perRack[b] < size[b] {
				t.Fatalf("%v: rack %q has %d replicas, rack %q %d of %d", placed, a, has, b, perRack[b], size[b])
			}
		}
	}
	for id, rack := range racks {
		if slices.Contains(placed, id) || slices.Contains(fencedIDs, id) {
			continue
		}
		for _, used := range placed {
			if racks[used] == rack && slices.Contains(fencedIDs, used) {
				t.Fatalf("%v has the fenced broker %d although %d of its rack is not", placed, used, id)
			}
		}
	}
}

// TestPlacementIsEven: in the long run leaders and replicas are spread evenly
// over brokers, with and without racks.
func TestPlacementIsEven(t *testing.T) {
	for name, racks := range map[string]map[int32]string{
		"no racks":    {1: "", 2: "", 3: ""},
		"five":        {1: "", 2: "", 3: "", 4: "", 5: ""},
		"three racks": {1: "a", 2: "a", 3: "b", 4: "b", 5: "c", 6: "c"},
		"four racks":  {1: "a", 2: "a", 3: "b", 4: "b", 5: "c", 6: "c", 7: "d", 8: "d"},
	} {
		for replicas := 1; replicas <= 3; replicas++ {
			t.Run(fmt.Sprint(name, " ", replicas), func(t *testing.T) {
				p := newPlacer(brokerImage(t, racks), rand.New(rand.NewPCG(7, 7)))
				leads, has := map[int32]int{}, map[int32]int{}
				const partitions = 24_000
				for range partitions {
					placed := p.place(replicas)
					leads[placed[0]]++
					for _, id := range placed {
						has[id]++
					}
				}
				checkEven(t, "leaders", leads, partitions/len(racks))
				checkEven(t, "replicas", has, partitions*replicas/len(racks))
			})
		}
	}
}

func checkEven(t *testing.T, what string, counts map[int32]int, want int) {
	t.Helper()
	for id, n := range counts {
		if n < want*9/10 || n > want*11/10 {
			t.Errorf("%s of broker %d: %d, about %d would be even; all: %v", what, id, n, want, counts)
		}
	}
}

// TestPlacementBeginsAnywhere: topics of one partition are not all on one broker.
func TestPlacementBeginsAnywhere(t *testing.T) {
	f := newFixture(t)
	f.start(3)
	leads := map[int32]int{}
	for i := range 300 {
		leads[f.create(fmt.Sprint("t", i), 1, 1).Partition(0).Leader]++
	}
	for id := int32(1); id <= 3; id++ {
		if leads[id] < 60 {
			t.Errorf("leaders of 300 topics: %v", leads)
		}
	}
}

func TestPlacementWithFencedBrokers(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(3)
	f.beat(3, epochs[3], func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true })
	topic := f.create("t", 6, 3)
	for id, p := range topic.Partitions() {
		if len(p.Replicas) != 3 || len(p.ISR) != 2 || slices.Contains(p.ISR, 3) || p.Leader != p.ISR[0] || p.Replicas[2] != 3 {
			t.Errorf("partition %d on %v: %s", id, p.Replicas, partitionState(p))
		}
	}
	for _, id := range []int32{1, 2} {
		f.beat(id, epochs[id], func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true })
	}
	resp, err := f.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{Topics: []newTopic{{Name: "u", NumPartitions: 1, ReplicationFactor: 1}}})
	want := "\"u\" -1 partitions, -1 replicas, id false: INVALID_REPLICATION_FACTOR \"Unable to replicate the partition 1 time(s): " +
		"All brokers are currently fenced, or have all their log directories cordoned.\""
	if err != nil || describe(resp) != want {
		t.Errorf("%s, %v", describe(resp), err)
	}
	f.check()
}
