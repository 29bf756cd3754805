package cli

import (
	"strings"
	"testing"
)

// Options that some version from 2.8 on has and the recorded one does not: a
// script written then goes on working.
func TestOptionsOfOtherVersions(t *testing.T) {
	for command, options := range map[string]string{
		"kafka-topics":              "--disable-rack-aware --delete-config=x",
		"kafka-console-producer":    "--broker-list=a:1 --property=a=b --producer-property=a=b --producer.config=f --max-partition-memory-bytes=1 --reader-config=f",
		"kafka-console-consumer":    "--whitelist=x --property=a=b --consumer-property=a=b --consumer.config=f",
		"kafka-get-offsets":         "--broker-list=a:1 --max-wait-ms=1 --offsets=1",
		"kafka-configs":             "--force",
		"kafka-consumer-perf-test":  "--broker-list=a:1 --threads=1 --num-fetch-threads=1 --messages=1 --consumer.config=f",
		"kafka-producer-perf-test":  "--producer-props a=b --producer.config f",
		"kafka-verifiable-producer": "--broker-list a:1 --producer.config f",
		"kafka-verifiable-consumer": "--broker-list a:1 --consumer.config f",
		"kafka-dump-log":            "--deep-iteration --max-message-size=1 --skip-record-metadata",
		"kafka-cluster cluster-id":  "--config f --bootstrap-server a:1",
	} {
		for _, option := range strings.Fields(options) {
			if !strings.HasPrefix(option, "--") {
				continue
			}
			env, stdout, stderr := testEnv("")
			// The unknown option ends the parsing, and is found only if the other
			// one was taken.
			Run(env, "brolga", append(strings.Fields(command), option, "--nonsense"))
			name, _, _ := strings.Cut(strings.TrimPrefix(option, "--"), "=")
			printed := stdout.String() + stderr.String()
			if strings.Contains(printed, name+" is not a recognized option") || strings.Contains(printed, "'"+option) {
				t.Errorf("%s %s is refused: %s", command, option, printed)
			}
		}
	}
}
