package controller

import (
	"fmt"
	"slices"
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// keepHeld has the index of brokers' partitions kept in clusters that are small.
func (f *fixture) keepHeld(from int) {
	f.t.Helper()
	_, err := decide(f.c, func(d *decision) (int, error) {
		d.heldFrom = from
		return 0, nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// held shows the partitions of a broker as decisions find them.
func (f *fixture) held(broker int32) []string {
	f.t.Helper()
	all, err := decide(f.c, func(d *decision) (all []string, err error) {
		d.partitionsOf(broker, func(t *metadata.Topic, id int32, p *metadata.Partition) bool {
			all = append(all, fmt.Sprintf("%s-%d %p", t.Name, id, p))
			return true
		})
		return all, nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// checkHeld compares the index with a look at all partitions.
func (f *fixture) checkHeld(brokers int32) {
	f.t.Helper()
	for id := int32(1); id <= brokers; id++ {
		var all []string
		for t := range f.image().Topics() {
			for n, p := range t.Partitions() {
				if slices.Contains(p.Replicas, id) {
					all = append(all, fmt.Sprintf("%s-%d %p", t.Name, n, p))
				}
			}
		}
		if found := f.held(id); !slices.Equal(found, all) {
			f.t.Fatalf("broker %d: found %v, there are %v", id, found, all)
		}
	}
}

func TestHeld(t *testing.T) {
	f := newFixture(t)
	f.start(4)
	f.keepHeld(0)
	index := func() *held {
		h, err := decide(f.c, func(d *decision) (*held, error) { return d.held, nil })
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for _, name := range []string{"b", "a", "c"} {
		f.create(name, 3, 2)
		f.checkHeld(4)
	}
	made := index()
	move := func(to ...int32) {
		t.Helper()
		resp, err := f.c.AlterPartitionReassignments(Caller{}, &wire.AlterPartitionReassignmentsRequest{
			AllowReplicationFactorChange: true,
			Topics: []wire.AlterPartitionReassignmentsRequestReassignableTopic{{Name: "a",
				Partitions: []wire.AlterPartitionReassignmentsRequestReassignablePartition{{PartitionIndex: 1, Replicas: to}}}},
		})
		if err != nil || resp.Responses[0].Partitions[0].ErrorCode != wire.None {
			t.Fatalf("%+v, %v", resp, err)
		}
		f.checkHeld(4)
	}
	p := f.image().TopicByName("a").Partition(1)
	old := slices.Clone(p.Replicas)
	move(append(slices.Clone(old), free(p, 1, 4))...)
	move(old...)
	move(append(slices.Clone(old), free(p, 1, 4))...) // the same replica comes again
	if _, err := f.c.DeleteTopics(Caller{Version: 5}, &wire.DeleteTopicsRequest{TopicNames: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	f.checkHeld(4)
	f.create("b", 5, 3) // another topic of the name
	f.checkHeld(4)
	if index() != made {
		t.Error("the index was made again")
	}
}

// TestHeldForgets: what topics leave behind that come and go does not pile up.
func TestHeldForgets(t *testing.T) {
	f := newFixture(t)
	f.start(3)
	f.keepHeld(0)
	f.create("stays", 1, 3)
	f.held(1)
	for i := range 20 {
		name := fmt.Sprint("t", i)
		f.create(name, 1000, 3)
		if _, err := f.c.DeleteTopics(Caller{Version: 5}, &wire.DeleteTopicsRequest{TopicNames: []string{name}}); err != nil {
			t.Fatal(err)
		}
		f.checkHeld(1) // broker 1 forgets by itself, 2 and 3 are never asked for
	}
	entries, err := decide(f.c, func(d *decision) (int, error) { return d.held.entries, nil })
	if err != nil {
		t.Fatal(err)
	}
	if entries > heldFromPartitions+3000 {
		t.Errorf("%d entries for 1 partition", entries)
	}
}

// TestHeldFrom: small clusters keep no index.
func TestHeldFrom(t *testing.T) {
	f := newFixture(t)
	f.start(3)
	f.create("t", 1000, 3)
	f.held(1)
	if h, err := decide(f.c, func(d *decision) (*held, error) { return d.held, nil }); err != nil || h != nil {
		t.Errorf("an index is kept: %v, %v", h, err)
	}
}
