package replica

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// TopicByName returns a topic with partitions on this broker, or nil. The name
// is looked up without being copied.
func (s *Set) TopicByName(name []byte) *Topic {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byName[string(name)]
}

// TopicByID returns a topic with partitions on this broker, or nil.
func (s *Set) TopicByID(id wire.UUID) *Topic {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byID[id]
}

// Find returns this broker's replica of a partition, or the error that clients
// are told: ErrUnknownPartition, or ErrNotLeader when img has it elsewhere.
func (s *Set) Find(img *metadata.Image, topic string, number int32) (*Partition, error) {
	s.mu.RLock()
	t := s.byName[topic]
	s.mu.RUnlock()
	if t != nil {
		if p := t.Partition(number); p != nil {
			return p, nil
		}
	}
	return nil, missing(img.TopicByName(topic), number)
}

// FindByID is Find by topic id; an id that nobody knows is ErrUnknownTopicID.
func (s *Set) FindByID(img *metadata.Image, id wire.UUID, number int32) (*Partition, error) {
	if t := s.TopicByID(id); t != nil {
		if p := t.Partition(number); p != nil {
			return p, nil
		}
	}
	t := img.TopicByID(id)
	if t == nil {
		return nil, ErrUnknownTopicID
	}
	return nil, missing(t, number)
}

// missing is the error for a partition that is not on this broker.
func missing(t *metadata.Topic, number int32) error {
	if t == nil || t.Partition(number) == nil {
		return ErrUnknownPartition
	}
	return ErrNotLeader
}
