package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// labDifferences are the command lines of the lab whose text changed between
// 3.1.2, which the lab was written with, and the tools that brolga follows. Each
// has what stayed: patterns that a script may look for and that match both.
var labDifferences = []struct {
	name, why string
	both      []string
}{
	{"c1-topics-alone", "the options of 3.1.2", []string{`^Create, delete, describe, or change a topic\.$`, `^--bootstrap-server <String: server to +REQUIRED`, `^--replication-factor <Integer:`}},
	{"c3-describe", "a topic's min.insync.replicas is one of its own since 4.1 (KIP-966)",
		[]string{`^Topic: mailbox\tTopicId: \S+\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: `, `^\tTopic: mailbox\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1`}},
	{"c2-create-again", "the logger's name", []string{`^Error while executing topic command : Topic 'mailbox' already exists\.$`}},
	{"c3-describe-unknown", "the logger's name", []string{`^Error while executing topic command : Topic 'nothing' does not exist as expected$`}},
	{"c4-produce-with-group", "the options of 3.1.2", []string{`^group is not a recognized option$`, `^--bootstrap-server <String: server to +REQUIRED`}},
	{"c5-with-keys", "--property is deprecated since 4.2 (KIP-1147) and says so", []string{`^Partition:0\tnull\tfirst$`, `^Processed a total of 2 messages$`}},
	{"d-delete-active", "the exception is no longer wrapped",
		[]string{`^Error: Deletion of some consumer groups failed:$`, `^\* Group 'Pizza' could not be deleted due to: .*GroupNotEmptyException: The group is not empty\.$`}},
	{"d-list-state", "wider columns", []string{`^GROUP +STATE *$`, `^Pizza +Stable *$`}},
	{"d-members-verbose", "columns of the new group protocol (KIP-848)", []string{`^GROUP +CONSUMER-ID +HOST +CLIENT-ID +#PARTITIONS +.*ASSIGNMENT *$`,
		`^Pizza +console-consumer-\S+ +/127\.0\.0\.1 +console-consumer +1 .*mailbox[(:]0`}},
	{"d-reset-active", "narrower columns", []string{`^GROUP +TOPIC +PARTITION +NEW-OFFSET *$`, `^Error: Assignments can only be reset if the group 'Pizza' is inactive, but the current state is Stable\.$`}},
	{"d-reset-dry", "narrower columns", []string{`^GROUP +TOPIC +PARTITION +NEW-OFFSET *$`, `^Pizza +mailbox +0 +0 *$`}},
	{"d-reset", "narrower columns", []string{`^GROUP +TOPIC +PARTITION +NEW-OFFSET *$`, `^Pizza +mailbox +0 +2 *$`}},
	{"d-reset-without-execute", "narrower columns, another warning", []string{`^Pizza +mailbox +0 +3 *$`, `^WARN: No action will be performed as the --execute option is missing\.`}},
	{"d-state", "other widths", []string{`^GROUP +COORDINATOR \(ID\) +ASSIGNMENT-STRATEGY +STATE +#MEMBERS$`, `^Pizza +\{\{bootstrap\}\} +\(1\) +range +Stable +1$`}},
	{"d-state-empty", "other widths, - for no strategy", []string{`^Pizza +\{\{bootstrap\}\} +\(1\) +(- +)?Empty +0$`}},
	{"d-unknown-group", "an exception where there was a sentence", []string{`^Error: .*[Gg]roup '?Pizza'? (does not exist|not found)\.$`}},
	{"e1-one-broker", "cordoned log directories (KIP-1066)", []string{`^Error while executing topic command : Unable to replicate the partition 3 time\(s\): ` +
		`The target replication factor of 3 cannot be reached because only 1 broker\(s\) are registered`}},
}

// TestLabOfOldVersion compares the recordings of the lab's command lines from
// 3.1.2 with those that TestGolden holds brolga to: what differs is listed above
// and nothing else.
func TestLabOfOldVersion(t *testing.T) {
	differs := map[string]int{}
	for i, d := range labDifferences {
		differs[d.name+".txt"] = i
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "golden", "3.1.2", "lab"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		before, now := labRecording(t, "3.1.2", e.Name()), labRecording(t, goldenOf["lab"], e.Name())
		i, listed := differs[e.Name()]
		delete(differs, e.Name())
		switch {
		case !listed && before != now:
			t.Errorf("%s differs and is not listed:\n%s", e.Name(), lineDiff(before, now))
		case listed && before == now:
			t.Errorf("%s is listed (%s) and does not differ", e.Name(), labDifferences[i].why)
		}
		if !listed {
			continue
		}
		for _, pattern := range labDifferences[i].both {
			common := regexp.MustCompile("(?m)" + pattern)
			if !common.MatchString(before) || !common.MatchString(now) {
				t.Errorf("%s: %s matches 3.1.2: %v, now: %v", e.Name(), pattern, common.MatchString(before), common.MatchString(now))
			}
		}
	}
	for name := range differs {
		t.Errorf("%s is listed and was not recorded", name)
	}
}

// labRecording is a recording without the empty line in which a stack trace
// ends.
func labRecording(t *testing.T, version, name string) string {
	raw, err := os.ReadFile(filepath.Join("testdata", "golden", version, "lab", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(normalise(string(raw)), "\n")
}
