package group

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// ImageTopics answers from the newest metadata image, which image returns.
func ImageTopics(image func() *metadata.Image) Topics { return imageTopics{image} }

type imageTopics struct{ image func() *metadata.Image }

func (t imageTopics) TopicByName(name string) (Topic, bool) {
	return topicOf(t.image().TopicByName(name))
}

func (t imageTopics) TopicByID(id wire.UUID) (Topic, bool) {
	return topicOf(t.image().TopicByID(id))
}

func topicOf(topic *metadata.Topic) (Topic, bool) {
	if topic == nil {
		return Topic{}, false
	}
	return Topic{Name: topic.Name, ID: topic.ID, Partitions: int32(topic.PartitionCount())}, true
}
