package controller

import (
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// AutoTopic returns how a topic is created that a client or a coordinator needs
// and that is not there: an internal one as its coordinator wants it, any other
// with the defaults of the cluster.
func AutoTopic(name string, static *config.Static) wire.CreateTopicsRequestCreatableTopic {
	t := wire.CreateTopicsRequestCreatableTopic{Name: name, NumPartitions: -1, ReplicationFactor: -1}
	switch name {
	case metadata.OffsetsTopic:
		t.NumPartitions = int32(static.Int("offsets.topic.num.partitions"))
		t.ReplicationFactor = int16(static.Int("offsets.topic.replication.factor"))
		t.Configs = topicConfigs(
			"compression.type", "producer",
			"cleanup.policy", "compact",
			"segment.bytes", static.String("offsets.topic.segment.bytes"))
	case metadata.TransactionTopic:
		t.NumPartitions = int32(static.Int("transaction.state.log.num.partitions"))
		t.ReplicationFactor = int16(static.Int("transaction.state.log.replication.factor"))
		t.Configs = topicConfigs(
			"unclean.leader.election.enable", "false",
			"compression.type", "uncompressed",
			"cleanup.policy", "compact",
			"min.insync.replicas", static.String("transaction.state.log.min.isr"),
			"segment.bytes", static.String("transaction.state.log.segment.bytes"))
	case metadata.ShareStateTopic:
		t.NumPartitions = int32(static.Int("share.coordinator.state.topic.num.partitions"))
		t.ReplicationFactor = int16(static.Int("share.coordinator.state.topic.replication.factor"))
		t.Configs = topicConfigs(
			"cleanup.policy", "delete",
			"compression.type", "producer",
			"segment.bytes", static.String("share.coordinator.state.topic.segment.bytes"),
			"min.insync.replicas", static.String("share.coordinator.state.topic.min.isr"),
			"retention.ms", "-1")
	default:
		// A default that was set on this broker counts before the controller's.
		if static.IsSet("num.partitions") {
			t.NumPartitions = int32(static.Int("num.partitions"))
		}
		if static.IsSet("default.replication.factor") {
			t.ReplicationFactor = int16(static.Int("default.replication.factor"))
		}
	}
	return t
}

func topicConfigs(pairs ...string) []wire.CreateTopicsRequestCreatableTopicConfig {
	var configs []wire.CreateTopicsRequestCreatableTopicConfig
	for i := 0; i < len(pairs); i += 2 {
		configs = append(configs, wire.CreateTopicsRequestCreatableTopicConfig{Name: pairs[i], Value: &pairs[i+1]})
	}
	return configs
}
