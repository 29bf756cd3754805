package controller

import (
	"strings"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

type (
	newTopic  = wire.CreateTopicsRequestCreatableTopic
	replicas  = wire.CreateTopicsRequestCreatableReplicaAssignment
	oldConfig = wire.AlterConfigsRequestAlterableConfig
	newConfig = wire.IncrementalAlterConfigsRequestAlterableConfig
)

func exchanges() []exchange {
	var all []exchange
	for _, part := range [][]exchange{
		topicExchanges(), assignmentExchanges(), topicConfigExchanges(), partitionExchanges(),
		alterTopicExchanges(), alterBrokerExchanges(), alterOtherExchanges(), legacyExchanges(),
		reassignmentExchanges(), deleteExchanges(),
	} {
		all = append(all, part...)
	}
	return all
}

func fixed(name string, version int16, req wire.Request) exchange {
	return exchange{name, version, func(func(string) wire.UUID) wire.Request { return req }}
}

func createTopics(name string, topics ...newTopic) exchange {
	return fixed(name, 7, &wire.CreateTopicsRequest{Topics: topics, TimeoutMs: 10000})
}

func topicExchanges() []exchange {
	var all []exchange
	all = append(all,
		createTopics("create", newTopic{Name: "t1", NumPartitions: 3, ReplicationFactor: 1}),
		createTopics("create with the defaults", newTopic{Name: "t2", NumPartitions: -1, ReplicationFactor: -1}),
		createTopics("create again", newTopic{Name: "t1", NumPartitions: 3, ReplicationFactor: 1}),
		createTopics("create with a dot", newTopic{Name: "a.b_c", NumPartitions: 1, ReplicationFactor: 1}),
		createTopics("create what collides", newTopic{Name: "a_b.c", NumPartitions: 1, ReplicationFactor: 1},
			newTopic{Name: "a.b_d", NumPartitions: 1, ReplicationFactor: 1}),
		createTopics("create what collides and exists", newTopic{Name: "a.b_c", NumPartitions: 1, ReplicationFactor: 1}),
		createTopics("create a name twice", newTopic{Name: "dup", NumPartitions: 1, ReplicationFactor: 1},
			newTopic{Name: "notdup", NumPartitions: 1, ReplicationFactor: 1}, newTopic{Name: "dup", NumPartitions: 2, ReplicationFactor: 1}),
		createTopics("create the metadata topic", newTopic{Name: "__cluster_metadata", NumPartitions: 1, ReplicationFactor: 1}),
		createTopics("no partitions", newTopic{Name: "p0", ReplicationFactor: 1}),
		createTopics("negative partitions", newTopic{Name: "p-2", NumPartitions: -2, ReplicationFactor: 1}),
		createTopics("no replicas", newTopic{Name: "r0", NumPartitions: 1}),
		createTopics("negative replicas", newTopic{Name: "r-2", NumPartitions: 1, ReplicationFactor: -2}),
		createTopics("too many replicas", newTopic{Name: "r3", NumPartitions: 1, ReplicationFactor: 3}),
		createTopics("too many partitions", newTopic{Name: "many", NumPartitions: 10_001, ReplicationFactor: 1}),
		createTopics("too many partitions together", newTopic{Name: "half", NumPartitions: 5_000, ReplicationFactor: 1},
			newTopic{Name: "otherhalf", NumPartitions: 5_001, ReplicationFactor: 1}),
		createTopics("too many records", newTopic{Name: "full", NumPartitions: 10_000, ReplicationFactor: 1}),
		createTopics("very many partitions", newTopic{Name: "huge", NumPartitions: 2_000_000_000, ReplicationFactor: 1}),
		createTopics("some good, some bad", newTopic{Name: "good", NumPartitions: 1, ReplicationFactor: 1},
			newTopic{Name: "bad!", NumPartitions: 1, ReplicationFactor: 1}, newTopic{Name: "t1", NumPartitions: 1, ReplicationFactor: 1}),
	)
	for _, name := range []string{"", ".", "..", "a/b", "a b", "../../etc/passwd", "$#!", "é", "a\x00b", "%2e%2e", strings.Repeat("x", 250)} {
		all = append(all, createTopics("create "+name, newTopic{Name: name, NumPartitions: 1, ReplicationFactor: 1}))
	}
	all = append(all,
		createTopics("longest name", newTopic{Name: strings.Repeat("x", 249), NumPartitions: 1, ReplicationFactor: 1}),
		fixed("only validate", 7, &wire.CreateTopicsRequest{TimeoutMs: 10000, ValidateOnly: true, Topics: []newTopic{
			{Name: "ghost", NumPartitions: 2, ReplicationFactor: 1}, {Name: "t1", NumPartitions: 2, ReplicationFactor: 1}}}),
		createTopics("create what was only validated", newTopic{Name: "ghost", NumPartitions: 1, ReplicationFactor: 1}),
		fixed("create in an old version", 2, &wire.CreateTopicsRequest{TimeoutMs: 10000, Topics: []newTopic{
			{Name: "old", NumPartitions: 1, ReplicationFactor: 1}, {Name: "a b", NumPartitions: 1, ReplicationFactor: 1}}}),
	)
	return all
}

// at assigns a partition to brokers.
func at(partition int32, brokers ...int32) replicas {
	return replicas{PartitionIndex: partition, BrokerIds: brokers}
}

func assignmentExchanges() []exchange {
	with := func(a ...replicas) newTopic {
		return newTopic{Name: "manual", NumPartitions: -1, ReplicationFactor: -1, Assignments: a}
	}
	both, count := with(replicas{BrokerIds: []int32{1}}), with(replicas{BrokerIds: []int32{1}})
	both.ReplicationFactor = 1
	count.NumPartitions = 1
	return []exchange{
		createTopics("assignment and replication factor", both),
		createTopics("assignment and partitions", count),
		createTopics("assignment with a gap", with(at(0, 1), at(2, 1))),
		createTopics("assignment of a partition twice", with(at(0, 1), at(0, 1))),
		createTopics("assignment of a negative partition", with(at(-1, 1))),
		createTopics("assignment to an unknown broker", with(at(0, 7))),
		createTopics("assignment to a broker twice", with(at(0, 1, 1))),
		createTopics("assignment to nobody", with(at(0))),
		createTopics("assignments of different length", with(at(0, 1), at(1, 1, 2))),
		createTopics("assignment", with(at(1, 1), at(0, 1))),
	}
}

func configured(name string, pairs ...string) newTopic {
	return newTopic{Name: name, NumPartitions: 1, ReplicationFactor: 1, Configs: topicConfigs(pairs...)}
}

func topicConfigExchanges() []exchange {
	null := configured("c-null")
	null.Configs = []wire.CreateTopicsRequestCreatableTopicConfig{{Name: "retention.ms"}, {Name: "segment.ms"}}
	all := []exchange{
		createTopics("configs", configured("c1", "retention.ms", "1000", "cleanup.policy", "compact", "max.message.bytes", " 77 ")),
		createTopics("a null config", null),
		createTopics("unknown config, and another topic", configured("c2", "no.such.key", "1"), configured("c3", "segment.ms", "5000")),
	}
	for _, bad := range [][]string{
		{"retention.ms", "abc"}, {"retention.ms", "-2"}, {"min.insync.replicas", "0"}, {"min.insync.replicas", "5"},
		{"cleanup.policy", "compress"}, {"cleanup.policy", ""}, {"cleanup.policy", "compact,delete"}, {"compression.type", "lzma"},
		{"segment.bytes", "100"}, {"segment.bytes", "99999999999"}, {"max.message.bytes", "-1"}, {"min.cleanable.dirty.ratio", "2"},
		{"unclean.leader.election.enable", "yes"}, {"message.timestamp.type", "Whatever"}, {"min.compaction.lag.ms", "9223372036854775808"},
		{"follower.replication.throttled.replicas", "x"}, {"message.format.version", "2.0"}, {"preallocate", "TRUE"},
		{"remote.storage.enable", "true"}, {"compression.gzip.level", "0"}, {"compression.zstd.level", "23"}, {"flush.messages", "0"},
	} {
		all = append(all, createTopics("config "+strings.Join(bad, "="), configured("k-"+bad[0]+"-"+strings.TrimLeft(bad[1], "-"), bad...)))
	}
	return append(all, createTopics("conflicting configs", configured("c4", "min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5")))
}

func partitionExchanges() []exchange {
	type topic = wire.CreatePartitionsRequestCreatePartitionsTopic
	type assigned = wire.CreatePartitionsRequestCreatePartitionsAssignment
	grow := func(name string, topics ...topic) exchange {
		return fixed(name, 3, &wire.CreatePartitionsRequest{Topics: topics, TimeoutMs: 10000})
	}
	return []exchange{
		grow("more partitions", topic{Name: "t1", Count: 5}),
		grow("as many partitions", topic{Name: "t1", Count: 5}),
		grow("fewer partitions", topic{Name: "t1", Count: 2}),
		grow("zero partitions", topic{Name: "t1", Count: 0}),
		grow("negative partitions of a topic", topic{Name: "t1", Count: -1}),
		grow("partitions of an unknown topic", topic{Name: "nope", Count: 5}),
		grow("partitions of a topic twice", topic{Name: "t1", Count: 6}, topic{Name: "t2", Count: 4}, topic{Name: "t1", Count: 7}),
		grow("too few assignments", topic{Name: "t1", Count: 7, Assignments: []assigned{{BrokerIds: []int32{1}}}}),
		grow("no assignments", topic{Name: "t1", Count: 7, Assignments: []assigned{}}),
		grow("unknown broker", topic{Name: "t1", Count: 6, Assignments: []assigned{{BrokerIds: []int32{9}}}}),
		grow("other number of replicas", topic{Name: "t1", Count: 6, Assignments: []assigned{{BrokerIds: []int32{1, 2}}}}),
		grow("broker twice", topic{Name: "t1", Count: 6, Assignments: []assigned{{BrokerIds: []int32{1, 1}}}}),
		grow("assigned to nobody", topic{Name: "t1", Count: 6, Assignments: []assigned{{BrokerIds: []int32{}}}}),
		grow("assigned", topic{Name: "t1", Count: 6, Assignments: []assigned{{BrokerIds: []int32{1}}}}),
		grow("too many additional partitions", topic{Name: "t1", Count: 20_000}),
		grow("very many additional partitions", topic{Name: "t1", Count: 2_147_483_647}),
		fixed("only validate more partitions", 3, &wire.CreatePartitionsRequest{TimeoutMs: 10000, ValidateOnly: true, Topics: []topic{{Name: "t1", Count: 50}}}),
		grow("more partitions after validating", topic{Name: "t1", Count: 6}),
	}
}

func incrementally(name string, resourceType int8, resource string, configs ...newConfig) exchange {
	return fixed(name, 1, &wire.IncrementalAlterConfigsRequest{Resources: []wire.IncrementalAlterConfigsRequestAlterConfigsResource{
		{ResourceType: resourceType, ResourceName: resource, Configs: configs}}})
}

func op(name string, operation int8, value string) newConfig {
	return newConfig{Name: name, ConfigOperation: operation, Value: &value}
}

func alterTopicExchanges() []exchange {
	on := func(name string, configs ...newConfig) exchange {
		return incrementally(name, metadata.TopicResource, "t1", configs...)
	}
	type resource = wire.IncrementalAlterConfigsRequestAlterConfigsResource
	return []exchange{
		on("set", op("retention.ms", opSet, "5000")),
		on("delete what is not set", newConfig{Name: "segment.ms", ConfigOperation: opDelete}),
		on("delete an unknown key", newConfig{Name: "nope", ConfigOperation: opDelete}),
		on("set an unknown key", op("nope", opSet, "1")),
		on("set a bad value", op("retention.ms", opSet, "long")),
		on("append to a list", op("cleanup.policy", opAppend, "compact")),
		on("append what is there", op("cleanup.policy", opAppend, "compact,delete")),
		on("subtract from a list", op("cleanup.policy", opSubtract, "delete")),
		on("subtract what is not there", op("cleanup.policy", opSubtract, "delete")),
		on("subtract the last", op("cleanup.policy", opSubtract, "compact")),
		on("append to a number", op("retention.ms", opAppend, "1")),
		on("subtract from an unknown key", op("nope", opSubtract, "1")),
		on("append something bad", op("cleanup.policy", opAppend, "shrink")),
		on("a key twice", op("retention.ms", opSet, "1"), op("retention.ms", opSet, "2")),
		on("a null value", newConfig{Name: "retention.ms"}, newConfig{Name: "segment.ms", ConfigOperation: opAppend}),
		on("one bad of two", op("segment.ms", opSet, "7000"), op("min.insync.replicas", opSet, "0")),
		on("a value that is too long", op("leader.replication.throttled.replicas", opSet, strings.TrimSuffix(strings.Repeat("1:1,", 8192), ","))),
		on("the longest value but one", op("leader.replication.throttled.replicas", opSet, strings.Repeat("1:1,", 8191)+"1:1")),
		incrementally("an unknown topic", metadata.TopicResource, "nope", op("retention.ms", opSet, "1")),
		incrementally("an unknown topic and key", metadata.TopicResource, "nope", op("nope", opSet, "1")),
		incrementally("a topic with a bad name", metadata.TopicResource, "a b", op("retention.ms", opSet, "1")),
		incrementally("all topics", metadata.TopicResource, "", op("retention.ms", opSet, "1")),
		fixed("a resource twice", 1, &wire.IncrementalAlterConfigsRequest{Resources: []resource{
			{ResourceType: 2, ResourceName: "t1", Configs: []newConfig{op("retention.ms", opSet, "1")}},
			{ResourceType: 2, ResourceName: "t2", Configs: []newConfig{op("retention.ms", opSet, "1")}},
			{ResourceType: 2, ResourceName: "t1", Configs: []newConfig{op("segment.ms", opSet, "1")}}}}),
		fixed("only validate configs", 1, &wire.IncrementalAlterConfigsRequest{ValidateOnly: true, Resources: []resource{
			{ResourceType: 2, ResourceName: "t1", Configs: []newConfig{op("retention.ms", opSet, "77")}},
			{ResourceType: 2, ResourceName: "t2", Configs: []newConfig{op("retention.ms", opSet, "x")}}}}),
	}
}

func alterBrokerExchanges() []exchange {
	const broker = metadata.BrokerResource
	return []exchange{
		incrementally("a broker's config", broker, "1", op("log.cleaner.threads", opSet, "2")),
		incrementally("the cluster's config", broker, "", op("log.retention.ms", opSet, "900000")),
		incrementally("a read-only config", broker, "1", op("node.id", opSet, "2")),
		incrementally("a read-only config of the cluster", broker, "", op("num.partitions", opSet, "4")),
		incrementally("an unknown broker config", broker, "1", op("my.plugin.key", opSet, "v")),
		incrementally("a bad broker config", broker, "1", op("log.cleaner.threads", opSet, "x")),
		incrementally("a config of one broker for all", broker, "", op("listeners", opSet, "PLAINTEXT://:1")),
		incrementally("another broker", broker, "2", op("log.cleaner.threads", opSet, "2")),
		incrementally("no broker", broker, "abc", op("log.cleaner.threads", opSet, "2")),
		incrementally("a broker's smallest in-sync set", broker, "1", op("min.insync.replicas", opSet, "2")),
		incrementally("the cluster's smallest in-sync set", broker, "", op("min.insync.replicas", opSet, "2")),
		incrementally("no smallest in-sync set", broker, "", newConfig{Name: "min.insync.replicas", ConfigOperation: opDelete}),
		incrementally("append to a broker's number", broker, "1", op("log.cleaner.threads", opAppend, "2")),
		incrementally("append to an unknown broker config", broker, "1", op("my.other.key", opAppend, "2")),
		incrementally("append to a broker's list", broker, "", op("log.cleanup.policy", opAppend, "compact")),
		incrementally("delete a broker's config", broker, "1", newConfig{Name: "log.cleaner.threads", ConfigOperation: opDelete}),
		incrementally("a broker's null value", broker, "1", newConfig{Name: "log.cleaner.threads"}),
		createTopics("a topic under dynamic defaults", newTopic{Name: "dynamic", NumPartitions: 1, ReplicationFactor: 1}),
		incrementally("an unknown operation", broker, "1", op("log.cleaner.threads", 9, "2")),
	}
}

func alterOtherExchanges() []exchange {
	const group, metrics = metadata.GroupResource, metadata.ClientMetricsResource
	return []exchange{
		incrementally("a group's config", group, "g", op("consumer.session.timeout.ms", opSet, "50000")),
		incrementally("an unknown group config", group, "g", op("nope", opSet, "1")),
		incrementally("a group's bad config", group, "g", op("consumer.session.timeout.ms", opSet, "x")),
		incrementally("a group's config out of bounds", group, "g", op("consumer.session.timeout.ms", opSet, "1")),
		incrementally("a group without a name", group, "", op("consumer.session.timeout.ms", opSet, "50000")),
		incrementally("client metrics", metrics, "m", op("interval.ms", opSet, "1000"), op("metrics", opSet, "org.apache")),
		incrementally("more client metrics", metrics, "m", op("metrics", opAppend, "com.example")),
		incrementally("unknown client metrics", metrics, "m", op("nope", opSet, "1")),
		incrementally("client metrics too often", metrics, "m", op("interval.ms", opSet, "1")),
		incrementally("client metrics of nobody", metrics, "m", op("match", opSet, "who=me")),
		incrementally("client metrics without a name", metrics, "", op("interval.ms", opSet, "1000")),
		incrementally("an unknown resource type", 3, "x", op("a", opSet, "1")),
		incrementally("no resource type", 0, "x", op("a", opSet, "1")),
	}
}

func legacyExchanges() []exchange {
	value := func(name, v string) oldConfig { return oldConfig{Name: name, Value: &v} }
	type resource = wire.AlterConfigsRequestAlterConfigsResource
	replace := func(name string, resourceType int8, n string, configs ...oldConfig) exchange {
		return fixed(name, 2, &wire.AlterConfigsRequest{Resources: []resource{{ResourceType: resourceType, ResourceName: n, Configs: configs}}})
	}
	return []exchange{
		replace("replace", metadata.TopicResource, "t1", value("segment.ms", "8000")),
		replace("replace by nothing", metadata.TopicResource, "t1"),
		replace("replace with an unknown key", metadata.TopicResource, "t1", value("nope", "1")),
		replace("replace with a bad value", metadata.TopicResource, "t1", value("segment.ms", "0")),
		replace("replace with null", metadata.TopicResource, "t1", oldConfig{Name: "segment.ms"}),
		replace("replace with a key twice", metadata.TopicResource, "t1", value("segment.ms", "1"), value("segment.ms", "2")),
		replace("replace an unknown topic's", metadata.TopicResource, "nope", value("segment.ms", "1")),
		replace("replace a broker's", metadata.BrokerResource, "1", value("log.cleaner.threads", "1")),
		replace("replace a broker's read-only", metadata.BrokerResource, "1", value("node.id", "7")),
		replace("replace log levels", metadata.BrokerLoggerResource, "1", value("root", "INFO")),
	}
}

func reassignmentExchanges() []exchange {
	type topics = wire.ListPartitionReassignmentsRequestListPartitionReassignmentsTopics
	return []exchange{
		fixed("all reassignments", 0, &wire.ListPartitionReassignmentsRequest{}),
		fixed("some reassignments", 0, &wire.ListPartitionReassignmentsRequest{Topics: []topics{{Name: "t1", PartitionIndexes: []int32{0, 99}}, {Name: "nope", PartitionIndexes: []int32{0}}}}),
		fixed("no reassignments", 0, &wire.ListPartitionReassignmentsRequest{Topics: []topics{}}),
	}
}

func deleteExchanges() []exchange {
	type state = wire.DeleteTopicsRequestDeleteTopicState
	name := func(s string) *string { return &s }
	del := func(title string, states func(id func(string) wire.UUID) []state) exchange {
		return exchange{title, 6, func(id func(string) wire.UUID) wire.Request {
			return &wire.DeleteTopicsRequest{Topics: states(id), TimeoutMs: 10000}
		}}
	}
	plain := func(title string, states ...state) exchange {
		return del(title, func(func(string) wire.UUID) []state { return states })
	}
	return []exchange{
		plain("delete", state{Name: name("t2")}),
		plain("delete again, and another", state{Name: name("t2")}, state{Name: name("good")}),
		del("delete by id", func(id func(string) wire.UUID) []state { return []state{{TopicId: id("c1")}} }),
		plain("delete an unknown id", state{TopicId: wire.UUID{1, 2, 3}}),
		del("delete by both", func(id func(string) wire.UUID) []state { return []state{{Name: name("t1"), TopicId: id("t1")}} }),
		plain("delete nothing", state{}),
		plain("delete a name twice", state{Name: name("t1")}, state{Name: name("c3")}, state{Name: name("t1")}),
		del("delete an id twice", func(id func(string) wire.UUID) []state {
			return []state{{TopicId: id("t1")}, {TopicId: id("t1")}}
		}),
		plain("delete a bad name", state{Name: name("a b")}),
		fixed("delete in an old version", 5, &wire.DeleteTopicsRequest{TimeoutMs: 10000, TopicNames: []string{"t1", "nope"}}),
		fixed("delete in the oldest version", 1, &wire.DeleteTopicsRequest{TimeoutMs: 10000, TopicNames: []string{"dynamic", "nope"}}),
		createTopics("create what was deleted", newTopic{Name: "t1", NumPartitions: 1, ReplicationFactor: 1}),
	}
}
