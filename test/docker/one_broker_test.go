package docker

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/test/compat/peer"
)

const inside = "localhost:19092"

// lab is a broker in a container, asked from within.
type lab struct {
	*testing.T
	container string
}

// tool runs a tool in the container.
func (l lab) tool(stdin, tool string, args ...string) result {
	l.Helper()
	return in(l.T, l.container, stdin, append([]string{tool, "--bootstrap-server", inside}, args...)...)
}

// prints wants a tool to print something.
func (l lab) prints(pattern, tool string, args ...string) {
	l.Helper()
	r := l.tool("", tool, args...)
	if !regexp.MustCompile(`(?m)` + pattern).MatchString(r.stdout + r.stderr) {
		l.Errorf("%s %v ended with %d and printed %q %q, want %s", tool, args, r.code, r.stdout, r.stderr, pattern)
	}
}

// Parts A, C and D: one broker with its page.
func TestOneBroker(t *testing.T) {
	p := up(t, "docker-compose.yml")
	awaitHealthy(t, "kafka1")
	l := lab{t, "kafka1"}
	start(l)
	commandLine(l)
	bookmarks(l)

	p.do("down")
	p.do("up", "--detach")
	awaitHealthy(t, "kafka1")
	l.prints(`^first$`, "kafka-console-consumer", "--topic", "mailbox", "--from-beginning", "--max-messages", "1", "--timeout-ms", "30000")
	stop(t, "kafka1")
	must(t, "docker", "start", "kafka1")
	awaitHealthy(t, "kafka1")
	l.prints(`^Topic: mailbox\t`, "kafka-topics", "--describe")
	must(t, "docker", "kill", "kafka1")
	must(t, "docker", "start", "kafka1")
	awaitHealthy(t, "kafka1")
	l.prints(`^first$`, "kafka-console-consumer", "--topic", "mailbox", "--from-beginning", "--max-messages", "1", "--timeout-ms", "30000")

	p.do("down", "--volumes")
	p.do("up", "--detach")
	awaitHealthy(t, "kafka1")
	if topics := l.tool("", "kafka-topics", "--list"); strings.TrimSpace(topics.stdout) != "" || topics.code != 0 {
		t.Errorf("after down --volumes there are %q %q", topics.stdout, topics.stderr)
	}
}

// start is part A: what docker tells of the container, what its log ends in, and
// what clients are told on each listener.
func start(l lab) {
	logs := must(l.T, "docker", "logs", "kafka1")
	const ready = `started \(kafka\.server\.KafkaServer\)(?s:.*)Ready as a single node; clients are told to connect to ` +
		`LISTENER_DOCKER_INTERNAL://kafka1:19092,LISTENER_DOCKER_EXTERNAL://127\.0\.0\.1:9092 \(brolga\.container\)\n$`
	if !regexp.MustCompile(ready).MatchString(logs) {
		l.Errorf("the log ends in\n%s", logs)
	}
	if strings.Contains(logs, " WARN ") || strings.Contains(logs, " ERROR ") {
		l.Errorf("the log of a first start has warnings:\n%s", logs)
	}
	l.prints(`^kafka1:19092 \(id: 1 `, "kafka-broker-api-versions")
	host := run(l.T, "", filepath.Join("bin", "kafka-broker-api-versions"), "--bootstrap-server", "127.0.0.1:9092")
	if !strings.HasPrefix(host.stdout, "127.0.0.1:9092 (id: 1 ") {
		l.Errorf("on the host the broker is %.100q %q", host.stdout, host.stderr)
	}
	if up := page(l.T, "http://127.0.0.1:8080/actuator/health"); !strings.Contains(up, `"UP"`) {
		l.Errorf("the page says %q", up)
	}
	who := in(l.T, "kafka1", "", "bash", "-c", "id -un; pwd; ls -ld /etc/kafka/secrets /var/lib/kafka/data | wc -l; cub kafka-ready 1 10 -b "+inside+" && nc -z localhost 9092 && echo ready")
	if who.stdout != "appuser\n/home/appuser\n2\nready\n" {
		l.Errorf("in the container: %q %q", who.stdout, who.stderr)
	}
}

// commandLine is part C.
func commandLine(l lab) {
	for _, tool := range []string{"kafka-topics", "kafka-topics.sh", "/opt/kafka/bin/kafka-topics.sh"} {
		if r := in(l.T, l.container, "", tool); !strings.Contains(r.stdout+r.stderr, "Create, delete, describe, or change a topic.") {
			l.Errorf("%s alone printed %q %q", tool, r.stdout, r.stderr)
		}
	}
	l.prints(`^Created topic mailbox\.$`, "kafka-topics", "--create", "--topic", "mailbox")
	l.prints(`^Topic: mailbox\tTopicId: \S{22}\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: .*\n\tTopic: mailbox\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1`,
		"kafka-topics", "--describe", "--topic", "mailbox")
	l.prints(`only 1 broker\(s\) are registered`, "kafka-topics", "--create", "--replication-factor", "3", "--topic", "testreplicated")
	if r := l.tool("first\nsecond\n", "kafka-console-producer", "--topic", "mailbox"); r.code != 0 || r.stderr != "" {
		l.Errorf("the producer ended with %d and %q", r.code, r.stderr)
	}
	if r := in(l.T, l.container, "third\n", "kafka-console-producer", "--topic", "mailbox", "--broker-list", inside); r.code != 0 {
		l.Errorf("with --broker-list the producer ended with %d and %q", r.code, r.stderr)
	}
	l.prints(`^group is not a recognized option`, "kafka-console-producer", "--topic", "mailbox", "--group", "Pizza")
	r := in(l.T, l.container, "", "timeout", "--signal", "INT", "8", "kafka-console-consumer", "--topic", "mailbox", "--from-beginning", "--bootstrap-server", inside)
	if r.stdout != "first\nsecond\nthird\n" || !strings.Contains(r.stderr+r.stdout, "Processed a total of 3 messages") {
		l.Errorf("Ctrl-C: the consumer printed %q %q", r.stdout, r.stderr)
	}
	offsets := in(l.T, l.container, "", "kafka-run-class", "kafka.tools.GetOffsetShell", "--bootstrap-server", inside, "--topic", "mailbox")
	if offsets.stdout != "mailbox:0:3\n" {
		l.Errorf("GetOffsetShell printed %q %q", offsets.stdout, offsets.stderr)
	}
}

// bookmarks is part D.
func bookmarks(l lab) {
	l.prints(`^first\nsecond\nthird\n(?s:.*)Processed a total of 3 messages`,
		"kafka-console-consumer", "--topic", "mailbox", "--group", "Pizza", "--from-beginning", "--max-messages", "3")
	l.tool("fourth\n", "kafka-console-producer", "--topic", "mailbox")
	l.prints(`^GROUP +TOPIC +PARTITION +CURRENT-OFFSET +LOG-END-OFFSET +LAG +CONSUMER-ID +HOST +CLIENT-ID *\nPizza +mailbox +0 +3 +4 +1 +- +- +- *$`,
		"kafka-consumer-groups", "--describe", "--group", "Pizza")
	l.prints(`Consumer group 'Pizza' has no active members\.`, "kafka-consumer-groups", "--describe", "--group", "Pizza")
	l.prints(`^fourth$`, "kafka-console-consumer", "--topic", "mailbox", "--group", "Pizza", "--max-messages", "1")
	l.prints(`^Pizza$`, "kafka-consumer-groups", "--list")
	l.prints(`^Pizza .* Empty +0$`, "kafka-consumer-groups", "--describe", "--group", "Pizza", "--state")
	l.prints(`^Pizza +mailbox +0 +1 *$`, "kafka-consumer-groups", "--reset-offsets", "--group", "Pizza", "--topic", "mailbox", "--to-offset", "1", "--execute")
	peer.Eventually(l.T, limit, func() error {
		if r := l.tool("", "kafka-consumer-groups", "--delete", "--group", "Pizza"); !strings.Contains(r.stdout, "Deletion of requested consumer groups ('Pizza') was successful.") {
			return fmt.Errorf("--delete printed %q %q", r.stdout, r.stderr)
		}
		return nil
	})
}
