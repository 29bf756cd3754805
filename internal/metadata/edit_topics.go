package metadata

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
)

func (e *Editor) addTopic(r *wire.TopicRecord) error {
	if t := e.next.TopicByName(r.Name); t != nil {
		return fmt.Errorf("%w: topic %s is there already, with id %v", ErrMismatch, r.Name, t.ID)
	}
	if t := e.next.TopicByID(r.TopicId); t != nil {
		return fmt.Errorf("%w: topic id %v is there already, as %s", ErrMismatch, r.TopicId, t.Name)
	}
	e.touchTopic(r.TopicId, nil)
	e.storeTopic(&Topic{Name: r.Name, ID: r.TopicId, owner: e.owner})
	return nil
}

func (e *Editor) storeTopic(t *Topic) {
	e.next.topicsByName.set(e.owner, t.Name, t)
	e.next.topicsByID.set(e.owner, t.ID, t)
}

// removeTopic removes the topic's configs as well: a topic that is created again
// under the name begins without any.
func (e *Editor) removeTopic(r *wire.RemoveTopicRecord) error {
	t := e.next.TopicByID(r.TopicId)
	if t == nil {
		return fmt.Errorf("%w: no topic has the id %v", ErrMismatch, r.TopicId)
	}
	e.touchTopic(t.ID, t).removed = true
	e.next.partitions -= t.PartitionCount()
	e.next.topicsByName.remove(e.owner, t.Name)
	e.next.topicsByID.remove(e.owner, t.ID)
	resource := Resource{TopicResource, t.Name}
	if e.next.configs.remove(e.owner, resource) {
		touch(&e.touched.configs, resource)
	}
	return nil
}

func (e *Editor) setPartition(r *wire.PartitionRecord) error {
	t := e.next.TopicByID(r.TopicId)
	if t == nil {
		return fmt.Errorf("%w: no topic has the id %v", ErrMismatch, r.TopicId)
	}
	count := t.PartitionCount()
	if r.PartitionId < 0 || int(r.PartitionId) > count {
		return fmt.Errorf("%w: partition %d of %s, which has %d", ErrMismatch, r.PartitionId, t.Name, count)
	}
	part, place, err := fromRecord(r)
	if err != nil {
		return fmt.Errorf("%w: partition %d of %s: %v", ErrMismatch, r.PartitionId, t.Name, err)
	}
	if int(r.PartitionId) == count {
		e.next.partitions++
	}
	e.storePartition(t, r.PartitionId, part, place)
	return nil
}

func (e *Editor) changePartition(r *wire.PartitionChangeRecord) error {
	t := e.next.TopicByID(r.TopicId)
	if t == nil {
		return fmt.Errorf("%w: no topic has the id %v", ErrMismatch, r.TopicId)
	}
	old := t.Partition(r.PartitionId)
	if old == nil {
		return fmt.Errorf("%w: %s has no partition %d", ErrMismatch, t.Name, r.PartitionId)
	}
	part, place, err := old.merge(r)
	if err != nil {
		return fmt.Errorf("%w: partition %d of %s: %v", ErrMismatch, r.PartitionId, t.Name, err)
	}
	e.storePartition(t, r.PartitionId, part, place)
	return nil
}

func (e *Editor) storePartition(t *Topic, p int32, part Partition, place Placement) {
	e.touchTopic(t.ID, t).partition(p)
	if own := t.own(e.owner); own != t {
		t = own
		e.storeTopic(t)
	}
	part.Placement = e.intern.intern(&place)
	t.setPartition(e.owner, p, part)
}

// clearELR forgets the eligible leader replicas of one topic or of all: they were
// chosen under another min.insync.replicas, and with the new one records may be
// acknowledged that they lack. Without anybody in sync nothing is acknowledged and
// they stay what they are; Kafka forgets these as well, after which nobody could
// lead the partition any more.
func (e *Editor) clearELR(r *wire.ClearElrRecord) error {
	if r.TopicName == "" {
		for t := range e.next.Topics() {
			e.clearTopicELR(t)
		}
		return nil
	}
	t := e.next.TopicByName(r.TopicName)
	if t == nil {
		return fmt.Errorf("%w: there is no topic %s", ErrMismatch, r.TopicName)
	}
	e.clearTopicELR(t)
	return nil
}

func (e *Editor) clearTopicELR(t *Topic) {
	for p, part := range t.Partitions() {
		if len(part.ISR) == 0 || len(part.ELR) == 0 && len(part.LastKnownELR) == 0 {
			continue
		}
		next, place := *part, *part.Placement
		next.PartitionEpoch++
		place.ELR, place.LastKnownELR = nil, nil
		e.storePartition(e.next.TopicByID(t.ID), p, next, place)
	}
}
