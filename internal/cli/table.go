package cli

import (
	"path/filepath"
	"strings"
)

// tool is one row of the command table.
type tool struct {
	name    string // as Kafka calls it
	about   string
	run     func(*Env, []string) int
	noShort bool // not to be called without "kafka-"
}

// tools lists every tool, in the order in which the help shows them.
func tools() []tool {
	return []tool{
		{name: "kafka-topics", about: "create, list, describe, alter and delete topics", run: runTopics},
		{name: "kafka-console-producer", about: "send lines of standard input as records", run: runConsoleProducer},
		{name: "kafka-console-consumer", about: "print the records of topics", run: runConsoleConsumer},
		{name: "kafka-consumer-groups", about: "list, describe, reset and delete consumer groups", run: runConsumerGroups},
		{name: "kafka-get-offsets", about: "print the offsets of partitions", run: runGetOffsets},
		{name: "kafka-storage", about: "format and look at log directories", run: runStorage},
		{name: "kafka-server-start", about: "start a broker from a properties file", run: runServerStart},
		{name: "kafka-server-stop", about: "stop the brokers of this machine", run: runServerStop},
		{name: "kafka-configs", about: "show and change configurations, quotas and credentials", run: runConfigs},
		{name: "kafka-dump-log", about: "print segments, indexes and snapshots of a log", run: runDumpLog},
		{name: "kafka-delete-records", about: "delete the records of partitions up to an offset", run: runDeleteRecords},
		{name: "kafka-log-dirs", about: "show what lies in the log directories of brokers", run: runLogDirs},
		{name: "kafka-groups", about: "list groups of all types", run: runGroupListing},
		{name: "kafka-broker-api-versions", about: "list the APIs that each broker answers", run: runBrokerAPIVersions},
		{name: "kafka-producer-perf-test", about: "measure how fast records are written", run: runProducerPerf},
		{name: "kafka-consumer-perf-test", about: "measure how fast records are read", run: runConsumerPerf},
		{name: "kafka-verifiable-producer", about: "write numbers and tell of each as JSON", run: runVerifiableProducer},
		{name: "kafka-verifiable-consumer", about: "read as a member of a group and tell of it as JSON", run: runVerifiableConsumer},
		{name: "kafka-e2e-latency", about: "measure how long a record takes from producer to consumer", run: runE2ELatency},
		{name: "health", about: "tell whether a node takes clients, by the exit code", run: runHealth, noShort: true},
		{name: "kafka-leader-election", about: "elect the preferred or, where nothing else is left, any leader", run: runLeaderElection},
		{name: "kafka-features", about: "show and change the levels of features", run: runFeatures},
		{name: "kafka-metadata-quorum", about: "show and change the quorum of the controllers", run: runMetadataQuorum},
		{name: "kafka-reassign-partitions", about: "move partitions between brokers and log directories", run: runReassignPartitions},
		{name: "kafka-replica-verification", about: "compare the replicas of partitions", run: runReplicaVerification},
		{name: "kafka-cluster", about: "show a cluster's id, endpoints and APIs, unregister nodes", run: runCluster},
		{name: "kafka-run-class", about: "run a tool by its Java class name", run: runClass, noShort: true},
	}
}

// find returns the tool of a name: kafka-topics, kafka-topics.sh or, as a
// sub-command, topics.
func find(name string) (tool, bool) {
	name = strings.TrimSuffix(filepath.Base(name), ".sh")
	for _, t := range tools() {
		if name == t.name || !t.noShort && name == strings.TrimPrefix(t.name, "kafka-") {
			return t, true
		}
	}
	return tool{}, false
}
