package node

import (
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// groupConfig is the coordinator's part of the configuration.
func groupConfig(cfg *config.Static) group.Config {
	return group.Config{
		InitialRebalanceDelayMs:         cfg.Long("group.initial.rebalance.delay.ms"),
		MinSessionTimeoutMs:             int32(cfg.Int("group.min.session.timeout.ms")),
		MaxSessionTimeoutMs:             int32(cfg.Int("group.max.session.timeout.ms")),
		MaxSize:                         cfg.Int("group.max.size"),
		OffsetMetadataMaxBytes:          cfg.Int("offset.metadata.max.bytes"),
		OffsetsRetentionMs:              cfg.Long("offsets.retention.minutes") * 60_000,
		OffsetsRetentionCheckIntervalMs: cfg.Long("offsets.retention.check.interval.ms"),
		OffsetCommitTimeoutMs:           cfg.Long("offsets.commit.timeout.ms"),
	}
}

// groupTopics answers the coordinator's questions about topics.
type groupTopics struct {
	image func() *metadata.Image
}

// TopicByName implements group.Topics.
func (g groupTopics) TopicByName(name string) (group.Topic, bool) {
	return groupTopic(g.image().TopicByName(name))
}

// TopicByID implements group.Topics.
func (g groupTopics) TopicByID(id wire.UUID) (group.Topic, bool) {
	return groupTopic(g.image().TopicByID(id))
}

func groupTopic(t *metadata.Topic) (group.Topic, bool) {
	if t == nil {
		return group.Topic{}, false
	}
	return group.Topic{Name: t.Name, ID: t.ID, Partitions: int32(t.PartitionCount())}, true
}

// offsetsPartitions is how many partitions __consumer_offsets has or will have.
func (n *Node) offsetsPartitions() int32 {
	if t := n.publisher.Image().TopicByName(metadata.OffsetsTopic); t != nil {
		return int32(t.PartitionCount())
	}
	return int32(n.cfg.Int("offsets.topic.num.partitions"))
}

// coordinate tells the coordinator which partitions of __consumer_offsets this
// broker leads, and which topics are gone. It is a publisher's step and comes
// after the replicas have been told.
func (n *Node) coordinate(image *metadata.Image, delta *metadata.Delta) {
	for _, t := range delta.DeletedTopics {
		if t.Name == metadata.OffsetsTopic {
			for p := range t.Partitions() {
				n.groups.Resigned(p)
			}
		}
		n.groups.TopicDeleted(t.Name, t.ID)
	}
	for _, t := range delta.CreatedTopics {
		if t.Name == metadata.OffsetsTopic {
			for p := range t.Partitions() {
				n.coordinatePartition(image, t, p)
			}
		}
	}
	for _, c := range delta.ChangedTopics {
		if c.New.Name == metadata.OffsetsTopic {
			for _, p := range c.Partitions {
				n.coordinatePartition(image, c.New, p)
			}
		}
	}
}

func (n *Node) coordinatePartition(image *metadata.Image, t *metadata.Topic, number int32) {
	replica, err := n.replicas.FindByID(image, t.ID, number)
	if err != nil {
		n.groups.Resigned(number)
		return
	}
	epoch, leads := replica.Leads()
	if !leads {
		n.groups.Resigned(number)
		return
	}
	n.groups.Elected(number, epoch, replica.ShardLog(n.nowMs))
}

// resignOffline has the groups of partitions that went offline coordinated by nobody
// here: another broker may acknowledge commits for them before this one hears of it.
func (n *Node) resignOffline(partitions []commitlog.TopicPartition) {
	if n.groups == nil {
		return // still starting
	}
	for _, tp := range partitions {
		if tp.Topic == metadata.OffsetsTopic {
			n.groups.Resigned(tp.Partition)
		}
	}
}
