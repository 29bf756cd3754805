package docker

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// The file of the ZooKeeper time with one broker and Kafka UI.
func TestZooKeeperEra(t *testing.T) {
	up(t, "deploy/zookeeper-era/docker-compose.yml")
	awaitHealthy(t, "zoo1", "kafka1", "kafka-ui")
	for word, want := range map[string]string{"ruok": "imok", "srvr": "Mode: standalone"} {
		if r := in(t, "zoo1", word, "nc", "localhost", "2181"); !strings.Contains(r.stdout, want) {
			t.Errorf("%s: %q %q", word, r.stdout, r.stderr)
		}
	}
	l := lab{t, "kafka1"}
	commandLine(l)
	bookmarks(l)
	page(t, "http://127.0.0.1:8080/actuator/health")
}

// The same with three brokers, two of which are lost in turn.
func TestZooKeeperEraThreeBrokers(t *testing.T) {
	up(t, "deploy/zookeeper-era/docker-compose-multiple-kafka.yml")
	awaitHealthy(t, "zoo1", "kafka1", "kafka2", "kafka3", "kafka-ui")
	loseBrokers(lab{t, "kafka1"})
}

// Three controllers where three ZooKeepers stood: one leads, any of them may be lost,
// and a broker without an id of its own gets one.
func TestThreeZooKeepers(t *testing.T) {
	up(t, "test/docker/testdata/three-zookeepers.yml")
	awaitHealthy(t, "zoo1", "zoo2", "zoo3", "kafka1")
	modes := func() map[string]string {
		m := map[string]string{}
		for _, zoo := range []string{"zoo1", "zoo2", "zoo3"} {
			if _, mode, ok := strings.Cut(in(t, zoo, "srvr\n", "nc", "localhost", "2181").stdout, "Mode: "); ok {
				m[strings.TrimSpace(mode)] += zoo
			}
		}
		return m
	}
	before := modes()
	leader := before["leader"]
	if len(leader) != len("zoo1") || len(before["follower"]) != 2*len("zoo1") {
		t.Fatalf("the modes are %v", before)
	}
	must(t, "docker", "kill", leader)
	l := lab{t, "kafka1"}
	peer.Eventually(t, limit, func() error {
		if r := l.tool("", "kafka-topics", "--create", "--topic", "later", "--if-not-exists"); r.code != 0 {
			return fmt.Errorf("without %s: %q %q", leader, r.stdout, r.stderr)
		}
		return nil
	})
	l.prints(`Leader: 1001\t`, "kafka-topics", "--describe", "--topic", "later")
	must(t, "docker", "start", leader)
	awaitHealthy(t, leader)
}

// Testcontainers starts the image with a command that waits for a script, learns the
// mapped port, copies the script in, and waits for a line of the log.
func TestTestcontainers(t *testing.T) {
	needEngine(t)
	const script = "/tmp/testcontainers_start.sh"
	for _, c := range []struct{ image, run string }{{"apache", "/etc/kafka/docker/run"}, {"confluent", "/etc/confluent/docker/run"}} {
		t.Run(c.image, func(t *testing.T) {
			id := strings.TrimSpace(must(t, "docker", "run", "--detach", "--publish", "127.0.0.1::9092",
				"--env", "CLUSTER_ID=4L6g3nShT-eMCtK--X86sw", "--env", "KAFKA_NODE_ID=1", "--env", "KAFKA_PROCESS_ROLES=broker,controller",
				"--env", "KAFKA_LISTENERS=PLAINTEXT://0.0.0.0:9092,BROKER://0.0.0.0:9093,CONTROLLER://0.0.0.0:9094",
				"--env", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=BROKER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
				"--env", "KAFKA_INTER_BROKER_LISTENER_NAME=BROKER", "--env", "KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER",
				"--env", "KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9094", "--env", "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1",
				"--env", "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS=0", "--env", "BROLGA_TOPICS=orders:6:1:compact,plain",
				"--entrypoint", "sh", "brolga/brolga", "-c", "while [ ! -f "+script+" ]; do sleep 0.1; done; "+script))
			t.Cleanup(func() {
				if out, err := exec.Command("docker", "rm", "--force", "--volumes", id).CombinedOutput(); err != nil {
					t.Errorf("docker rm: %v: %s", err, out)
				}
			})
			port := strings.TrimSpace(must(t, "docker", "port", id, "9092/tcp"))
			address, _, _ := strings.Cut(port, "\n")
			local := filepath.Join(t.TempDir(), "start.sh")
			text := "#!/bin/bash\nexport KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://" + address + ",BROKER://localhost:9093\n" + c.run + "\n"
			if err := os.WriteFile(local, []byte(text), 0o777); err != nil {
				t.Fatal(err)
			}
			must(t, "docker", "cp", local, id+":"+script)
			started := regexp.MustCompile(`.*Transitioning from RECOVERY to RUNNING.*`)
			peer.Eventually(t, limit, func() error {
				if logs := must(t, "docker", "logs", id); !started.MatchString(logs) {
					return fmt.Errorf("the log is\n%s", logs)
				}
				return nil
			})
			peer.Eventually(t, limit, func() error {
				r := run(t, "", "bin/kafka-topics", "--bootstrap-server", address, "--describe")
				if !strings.Contains(r.stdout, "Topic: orders\t") || !strings.Contains(r.stdout, "PartitionCount: 6\t") ||
					!strings.Contains(r.stdout, "cleanup.policy=compact") || !strings.Contains(r.stdout, "Topic: plain\t") {
					return fmt.Errorf("the topics of BROLGA_TOPICS: %q %q", r.stdout, r.stderr)
				}
				return nil
			})
			if r := run(t, "a\n", "bin/kafka-console-producer", "--bootstrap-server", address, "--topic", "plain"); r.code != 0 {
				t.Errorf("the producer on the host: %q", r.stderr)
			}
			r := run(t, "", "bin/kafka-console-consumer", "--bootstrap-server", address, "--topic", "plain", "--from-beginning", "--max-messages", "1")
			if r.stdout != "a\n" {
				t.Errorf("the consumer on the host: %q %q", r.stdout, r.stderr)
			}
		})
	}
}

// The library itself, with both of its Kafka containers.
func TestTestcontainersForJava(t *testing.T) {
	needEngine(t)
	const jars = "test/compat/java/target/"
	needFile(t, jars+"driver-testcontainers")
	t.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // another image, which removes what a killed test left
	out := must(t, "java", "-cp", jars+"driver-testcontainers:"+jars+"testcontainers/*", "Containers", "brolga/brolga")
	for _, container := range []string{"KafkaContainer: t-0@0 after ", "ConfluentKafkaContainer: t-0@0 after "} {
		if !strings.Contains("\n"+out, "\n"+container) {
			t.Errorf("no %q in %q", container, out)
		}
	}
	t.Log(out)
}

// What cannot be kept is refused in one sentence, at once.
func TestRefusals(t *testing.T) {
	needEngine(t)
	for _, c := range []struct {
		env  []string
		want string
	}{
		{[]string{"KAFKA_SASL_ENABLED_MECHANISMS=PLAIN"}, "TLS and SASL are not available in this release"},
		{[]string{"KAFKA_ZOOKEEPER_CONNECT=zoo1:2181"}, "KAFKA_ADVERTISED_LISTENERS is required.\nCommand [/usr/local/bin/dub ensure KAFKA_ADVERTISED_LISTENERS] FAILED !"},
		{[]string{"KAFKA_PROCESS_ROLES=broker,controller", "KAFKA_NODE_ID=1", "KAFKA_CONTROLLER_QUORUM_VOTERS=1@a:1,2@b:1", "KAFKA_CONTROLLER_LISTENER_NAMES=C",
			"KAFKA_LISTENERS=PLAINTEXT://:9092,C://:1", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=C:PLAINTEXT,PLAINTEXT:PLAINTEXT"}, "CLUSTER_ID is required."},
		{[]string{"BROLGA_TOPICS=a:b"}, "BROLGA_TOPICS has an entry a:b"},
	} {
		args := []string{"docker", "run", "--rm"}
		for _, e := range c.env {
			args = append(args, "--env", e)
		}
		if r := run(t, "", append(args, "brolga/brolga")...); r.code != 1 || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%v: ended with %d and %q", c.env, r.code, r.stderr)
		}
	}
}
