package container

import (
	"bytes"
	"maps"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/config"
)

var here = place{hostname: "box", keeperDir: "/var/lib/kafka/data"}

// The lab's broker service.
var labBroker = []string{
	"KAFKA_ADVERTISED_LISTENERS=LISTENER_DOCKER_INTERNAL://kafka1:19092,LISTENER_DOCKER_EXTERNAL://127.0.0.1:9092",
	"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=LISTENER_DOCKER_INTERNAL:PLAINTEXT,LISTENER_DOCKER_EXTERNAL:PLAINTEXT",
	"KAFKA_INTER_BROKER_LISTENER_NAME=LISTENER_DOCKER_INTERNAL", "KAFKA_BROKER_ID=1", "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1",
	"KAFKA_LOG4J_LOGGERS=kafka.controller=INFO", "KAFKA_JMX_PORT=9999", "KAFKA_JMX_HOSTNAME=127.0.0.1",
}

func TestProperties(t *testing.T) {
	for _, c := range []struct {
		what string
		env  []string
		want string // some of the properties, one a line
		not  string // a key that must not be there
	}{
		{"nothing", nil, `
			process.roles=broker,controller
			node.id=1
			listeners=PLAINTEXT://0.0.0.0:9092
			advertised.listeners=PLAINTEXT://localhost:9092
			log.dirs=/var/lib/kafka/data
			offsets.topic.replication.factor=1
			console.listener=http://0.0.0.0:8080`, "controller.quorum.voters"},
		{"the lab's broker", labBroker, `
			process.roles=broker,controller
			broker.id=1
			listeners=LISTENER_DOCKER_INTERNAL://0.0.0.0:19092,LISTENER_DOCKER_EXTERNAL://0.0.0.0:9092
			inter.broker.listener.name=LISTENER_DOCKER_INTERNAL
			transaction.state.log.min.isr=1`, "jmx.port"},
		{"the lab's broker with ZooKeeper", append([]string{"KAFKA_ZOOKEEPER_CONNECT=zoo1:2181,zoo2:2181/kafka"}, labBroker...), `
			process.roles=broker
			broker.id=1
			controller.quorum.bootstrap.servers=zoo1:2181,zoo2:2181
			controller.listener.names=CONTROLLER
			listener.security.protocol.map=LISTENER_DOCKER_INTERNAL:PLAINTEXT,LISTENER_DOCKER_EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`, "zookeeper.connect"},
		{"a broker that got its id from ZooKeeper", []string{"KAFKA_ZOOKEEPER_CONNECT=zoo1", "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://k:9092", "KAFKA_BROKER_ID=-1"}, `
			node.id=1001
			controller.quorum.bootstrap.servers=zoo1:2181`, "broker.id"},
		{"the lab's zoo1", []string{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_SERVER_ID=1", "ZOOKEEPER_SERVERS=zoo1:2888:3888", "KAFKA_METRICS_LISTENER=http://0.0.0.0:9404"}, `
			process.roles=controller
			node.id=3001
			controller.quorum.voters=3001@zoo1:2888
			controller.listener.names=CONTROLLER,CLIENTS
			listeners=CONTROLLER://0.0.0.0:2888,CLIENTS://0.0.0.0:2181
			metrics.listener=http://0.0.0.0:9404
			console.listener=none`, "advertised.listeners"},
		{"a ZooKeeper of three", []string{"ZOOKEEPER_CLIENT_PORT=22181", "ZOOKEEPER_SERVER_ID=2", "ZOOKEEPER_SERVERS=zoo1:2888:3888;0.0.0.0:2889:3888;zoo3:2888:3888"}, `
			node.id=3002
			controller.quorum.voters=3001@zoo1:2888,3002@box:2889,3003@zoo3:2888
			listeners=CONTROLLER://0.0.0.0:2889,CLIENTS://0.0.0.0:22181`, ""},
		{"a ZooKeeper alone", []string{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_TICK_TIME=2000"}, `
			node.id=3001
			controller.quorum.voters=3001@box:2888`, ""},
		{"KRaft", []string{"KAFKA_PROCESS_ROLES=broker,controller", "KAFKA_NODE_ID=1", "KAFKA_CONTROLLER_QUORUM_VOTERS=1@k:29093", "KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER",
			"KAFKA_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:29093", "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://k:9092", "KAFKA_LOG_DIRS=/tmp/kraft-combined-logs"}, `
			process.roles=broker,controller
			log.dirs=/tmp/kraft-combined-logs
			listeners=PLAINTEXT://:9092,CONTROLLER://:29093`, "offsets.topic.replication.factor"},
		{"a KRaft controller", []string{"KAFKA_PROCESS_ROLES=controller", "KAFKA_NODE_ID=1", "KAFKA_CONTROLLER_QUORUM_VOTERS=1@k:29093",
			"KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER", "KAFKA_LISTENERS=CONTROLLER://:29093"}, `console.listener=none`, ""},
	} {
		e := ParseEnviron(c.env)
		got, err := properties(e, KindOf(e), here)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		for line := range strings.Lines(strings.TrimSpace(c.want)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			if got[key] != value {
				t.Errorf("%s: %s is %q, want %q", c.what, key, got[key], value)
			}
		}
		if _, there := got[c.not]; there {
			t.Errorf("%s: %s is there", c.what, c.not)
		}
		if _, err := config.Load(maps.Clone(got), nil); err != nil {
			t.Errorf("%s: the server would refuse it: %v", c.what, err)
		}
	}
}

func TestPropertiesRefused(t *testing.T) {
	for _, env := range [][]string{
		{"ZOOKEEPER_CLIENT_PORT=no"},
		{"ZOOKEEPER_CLIENT_PORT=2888"},
		{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_SERVER_ID=0"},
		{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_SERVER_ID=2", "ZOOKEEPER_SERVERS=zoo1:2888:3888"},
		{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_SERVERS=zoo1:x:3888"},
		{"ZOOKEEPER_CLIENT_PORT=2181", "ZOOKEEPER_SERVERS=:2888:3888"},
		{"KAFKA_ZOOKEEPER_CONNECT=/chroot"},
	} {
		e := ParseEnviron(env)
		if p, err := properties(e, KindOf(e), here); err == nil {
			t.Errorf("%v gave %v", env, p)
		}
	}
}

func TestListenersOf(t *testing.T) {
	for advertised, want := range map[string]string{
		"PLAINTEXT://kafka1:9092":              "PLAINTEXT://0.0.0.0:9092",
		"A://kafka1:19092, B://127.0.0.1:9092": "A://0.0.0.0:19092,B://0.0.0.0:9092",
		"A://[2001:db8::1]:9092":               "A://0.0.0.0:9092",
		"A://:9092":                            "A://0.0.0.0:9092",
		"no listener":                          "no listener",
	} {
		if got := listenersOf(advertised); got != want {
			t.Errorf("%s gave %s, want %s", advertised, got, want)
		}
	}
}

// What is written is read back as it was.
func TestWritePropertiesAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.MapOf(rapid.StringMatching(`[a-z]{1,5}(\.[a-z]{1,5}){0,3}`), rapid.String()).Draw(t, "properties")
		var text bytes.Buffer
		if err := writeProperties(&text, p); err != nil {
			t.Fatal(err)
		}
		got, err := config.Parse(&text)
		if err != nil || len(p) > 0 && !reflect.DeepEqual(map[string]string(got), p) {
			t.Errorf("%q came back as %q (%v)", p, got, err)
		}
	})
}

func TestBootstrapOf(t *testing.T) {
	for _, c := range []struct {
		p    map[string]string
		want string
	}{
		{map[string]string{"listeners": "PLAINTEXT://0.0.0.0:9092", "advertised.listeners": "PLAINTEXT://localhost:9092"}, "localhost:9092"},
		{map[string]string{"advertised.listeners": "A://k:1,B://l:2", "inter.broker.listener.name": "B"}, "l:2"},
		{map[string]string{"listeners": "CONTROLLER://:9093,PLAINTEXT://:9092", "controller.listener.names": "CONTROLLER"}, "localhost:9092"},
	} {
		if got := bootstrapOf(c.p); got != c.want {
			t.Errorf("%v: %s, want %s", c.p, got, c.want)
		}
	}
}

func TestAgreedClusterID(t *testing.T) {
	a, b := agreedClusterID("3001@zoo1:2888,3002@zoo2:2888"), agreedClusterID("3001@zoo1:2888,3002@zoo3:2888")
	if a == b || len(a) != 22 || a[0] == '-' || a != agreedClusterID("3001@zoo1:2888,3002@zoo2:2888") {
		t.Errorf("%s and %s", a, b)
	}
}
