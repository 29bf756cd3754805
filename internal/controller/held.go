package controller

import (
	"cmp"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// An index of each broker's partitions is kept in clusters that have so many of both:
// there a broker has few of all partitions, and to look at all of them for each
// broker that comes or goes is what the controller of a large cluster would mostly
// do. In smaller ones it costs memory and gains nothing.
const (
	heldFromPartitions = 10_000
	heldFromBrokers    = 10
)

// held finds the partitions that have a replica on a broker. It is derived from the
// image and may name more than there are: whoever asks takes out what is gone.
type held struct {
	byBroker map[int32][]partitionKey
	entries  int
	// most entries: beyond them too many are of partitions that are gone, and the
	// index is made anew when it is needed next.
	most int
}

// heldPartition is a partition of a broker.
type heldPartition struct {
	topic     *metadata.Topic
	partition int32
}

// note follows a record that was applied.
func (h *held) note(r wire.Record) {
	switch r := r.(type) {
	case *wire.PartitionRecord:
		h.add(partitionKey{r.TopicId, r.PartitionId}, r.Replicas)
	case *wire.PartitionChangeRecord:
		h.add(partitionKey{r.TopicId, r.PartitionId}, r.Replicas)
	}
}

func (h *held) add(key partitionKey, replicas []int32) {
	for _, b := range replicas {
		h.byBroker[b] = append(h.byBroker[b], key)
	}
	h.entries += len(replicas)
}

// newHeld looks at all partitions once.
func newHeld(image *metadata.Image) *held {
	h := &held{byBroker: make(map[int32][]partitionKey, image.BrokerCount())}
	for t := range image.Topics() {
		for id, p := range t.Partitions() {
			h.add(partitionKey{t.ID, id}, p.Replicas)
		}
	}
	h.most = 2*h.entries + heldFromPartitions
	return h
}

// of returns the partitions that have a replica on the broker, in the order in which
// the image has them, and forgets those that have none any more.
func (h *held) of(image *metadata.Image, broker int32) []heldPartition {
	var found []heldPartition
	for _, key := range h.byBroker[broker] {
		t := image.TopicByID(key.topic)
		if t == nil {
			continue
		}
		if p := t.Partition(key.partition); p != nil && slices.Contains(p.Replicas, broker) {
			found = append(found, heldPartition{t, key.partition})
		}
	}
	slices.SortFunc(found, func(a, b heldPartition) int {
		if a.topic != b.topic {
			return strings.Compare(a.topic.Name, b.topic.Name)
		}
		return cmp.Compare(a.partition, b.partition)
	})
	found = slices.Compact(found) // replicas that came back
	h.entries -= len(h.byBroker[broker]) - len(found)
	keys := h.byBroker[broker][:0]
	for _, f := range found {
		keys = append(keys, partitionKey{f.topic.ID, f.partition})
	}
	h.byBroker[broker] = keys
	return found
}

// partitionsOf walks over the partitions that have a replica on the broker.
func (d *decision) partitionsOf(broker int32, visit func(t *metadata.Topic, id int32, p *metadata.Partition) (goOn bool)) {
	if d.image.PartitionCount() >= d.heldFrom && d.image.BrokerCount() >= min(heldFromBrokers, d.heldFrom) {
		if d.held == nil || d.held.entries > d.held.most {
			d.held = newHeld(d.image)
		}
		for _, h := range d.held.of(d.image, broker) {
			if !visit(h.topic, h.partition, h.topic.Partition(h.partition)) {
				return
			}
		}
		return
	}
	for t := range d.image.Topics() {
		for id, p := range t.Partitions() {
			if slices.Contains(p.Replicas, broker) && !visit(t, id, p) {
				return
			}
		}
	}
}
