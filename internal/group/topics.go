package group

import (
	"errors"
	"slices"
	"sync"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// deletedTopic is a topic whose offsets shall go.
type deletedTopic struct {
	name string
	id   wire.UUID
}

// TopicDeleted deletes the offsets that were committed for the topic in the groups
// coordinated here. It returns at once. It is called for topics that a committed
// metadata record has deleted; what a partition cannot do yet because it is being
// loaded it does when it is.
func (c *Coordinator) TopicDeleted(name string, id wire.UUID) {
	topic := deletedTopic{name, id}
	for _, p := range c.all() {
		todo := &p.machine.deleted
		todo.add(topic)
		p.shard.Submit(p.machine.decision(nil, p.machine.deleteTopics), func(err error) {
			if !errors.Is(err, shard.ErrLoading) {
				todo.drop([]deletedTopic{topic})
			}
		})
	}
}

// deletedTopics are the topics that a partition has still to look for.
type deletedTopics struct {
	mu   sync.Mutex
	list []deletedTopic
}

// maxDeletedTopics bounds the list. What does not fit expires with its group.
const maxDeletedTopics = 100_000

func (d *deletedTopics) add(topic deletedTopic) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.list) < maxDeletedTopics {
		d.list = append(d.list, topic)
	}
}

func (d *deletedTopics) all() []deletedTopic {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

func (d *deletedTopics) drop(topics []deletedTopic) {
	gone := make(map[deletedTopic]bool, len(topics))
	for _, topic := range topics {
		gone[topic] = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = slices.DeleteFunc(d.list, func(topic deletedTopic) bool { return gone[topic] })
}

// deleteTopics writes tombstones for the offsets of deleted topics, one batch at a
// time.
func (m *machine) deleteTopics(t *turn) {
	topics := m.deleted.all()
	if len(topics) == 0 {
		return
	}
	batch := tombstones{t: t, bytes: batchOverheadBytes, most: m.maxBytes()}
	for id, gs := range m.state.groups {
		for i := range topics {
			deleteTopic(id, gs, &topics[i], &batch)
		}
		if batch.full {
			break
		}
	}
	full := batch.full
	t.then(func(err error) {
		switch {
		case err != nil: // tried again with the next topic, or by the next coordinator
		case full:
			m.submit(nil, m.deleteTopics)
		default:
			m.deleted.drop(topics)
		}
	})
}

// deleteTopic adds the tombstones of one group. Offsets that do not say for which
// topic of that name they were committed go too; those of a topic that was created
// again under the same name stay.
func deleteTopic(groupID string, gs *groupState, topic *deletedTopic, batch *tombstones) {
	for partition, c := range gs.offsets[topic.name] {
		if (c.topicID.IsZero() || c.topicID == topic.id) && !batch.offset(groupID, topic.name, partition) {
			return
		}
	}
}
