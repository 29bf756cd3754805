package cli

import "strings"

// runClass is kafka-run-class: scripts use it for the tools that once had no
// script of their own. Any package of the class is accepted.
func runClass(env *Env, args []string) int {
	if len(args) == 0 {
		env.errln("USAGE: kafka-run-class [-daemon] [-name servicename] [-loggc] classname [opts]")
		return 1
	}
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-name" {
			args = args[1:]
		}
		args = args[1:]
	}
	class := args[0][strings.LastIndexByte(args[0], '.')+1:]
	if name, known := toolOfClass[class]; known {
		t, _ := find(name)
		return t.run(env, args[1:])
	}
	env.errln("Error: Could not find or load main class " + args[0])
	return 1
}

var toolOfClass = map[string]string{
	"TopicCommand":              "kafka-topics",
	"ConsoleProducer":           "kafka-console-producer",
	"ConsoleConsumer":           "kafka-console-consumer",
	"ConsumerGroupCommand":      "kafka-consumer-groups",
	"GetOffsetShell":            "kafka-get-offsets",
	"StorageTool":               "kafka-storage",
	"Kafka":                     "kafka-server-start",
	"ConfigCommand":             "kafka-configs",
	"DeleteRecordsCommand":      "kafka-delete-records",
	"BrokerApiVersionsCommand":  "kafka-broker-api-versions",
	"ClusterTool":               "kafka-cluster",
	"LogDirsCommand":            "kafka-log-dirs",
	"GroupsCommand":             "kafka-groups",
	"DumpLogSegments":           "kafka-dump-log",
	"ProducerPerformance":       "kafka-producer-perf-test",
	"ConsumerPerformance":       "kafka-consumer-perf-test",
	"VerifiableProducer":        "kafka-verifiable-producer",
	"VerifiableConsumer":        "kafka-verifiable-consumer",
	"LeaderElectionCommand":     "kafka-leader-election",
	"FeatureCommand":            "kafka-features",
	"MetadataQuorumCommand":     "kafka-metadata-quorum",
	"ReassignPartitionsCommand": "kafka-reassign-partitions",
	"ReplicaVerificationTool":   "kafka-replica-verification",
	"EndToEndLatency":           "kafka-e2e-latency",
}
