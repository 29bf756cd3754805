package config_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/brolga-io/brolga/internal/config"
)

func load(t *testing.T, props config.Properties, overrides ...string) *config.Static {
	t.Helper()
	s, err := config.Load(props, overrides)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s = %s, want %s", what, g, w)
	}
}

func TestStandalone(t *testing.T) {
	s := load(t, config.Standalone())
	equal(t, "node id", s.NodeID(), 1)
	equal(t, "roles", s.ProcessRoles(), "[broker controller]")
	equal(t, "listeners", s.Listeners(), "[PLAINTEXT://localhost:9092]")
	equal(t, "advertised", s.AdvertisedListeners(), "[PLAINTEXT://localhost:9092]")
	equal(t, "controller listeners", s.ControllerListeners(), "[]")
	equal(t, "log dirs", s.LogDirs(), "[./brolga-data]")
	equal(t, "metadata log dir", s.MetadataLogDir(), "./brolga-data")
	equal(t, "alone", s.Alone(), true)
	for _, key := range []string{"offsets.topic.replication.factor", "transaction.state.log.replication.factor", "transaction.state.log.min.isr", "share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"} {
		equal(t, key, s.Int(key), 1)
	}
}

// The environment of the lab's compose file, as properties: each listener tells
// its own address.
func TestTwoListenersWithNames(t *testing.T) {
	s := load(t, config.Properties{
		"process.roles": "broker,controller", "node.id": "1",
		"listeners":                         "LISTENER_DOCKER_INTERNAL://:19092,LISTENER_DOCKER_EXTERNAL://:9092",
		"advertised.listeners":              "listener_docker_internal://kafka1:19092,LISTENER_DOCKER_EXTERNAL://127.0.0.1:9092",
		"listener.security.protocol.map":    "LISTENER_DOCKER_INTERNAL:PLAINTEXT,LISTENER_DOCKER_EXTERNAL:SASL_SSL",
		"inter.broker.listener.name":        "LISTENER_DOCKER_INTERNAL",
		"jmx.port":                          "9997",
		"zookeeper.connect":                 "zoo1:2181",
		"confluent.support.customer.id":     "anonymous",
		"log.message.downconversion.enable": "true",
	})
	equal(t, "advertised", s.AdvertisedListeners(), "[LISTENER_DOCKER_INTERNAL://kafka1:19092 LISTENER_DOCKER_EXTERNAL://127.0.0.1:9092]")
	equal(t, "protocol", s.Listeners()[1].Protocol, config.SASLSSL)
	equal(t, "inter-broker", s.InterBrokerListener(), "LISTENER_DOCKER_INTERNAL")
	equal(t, "unknown", s.Unknown(), "[confluent.support.customer.id jmx.port]")
}

func TestQuorumOfThree(t *testing.T) {
	s := load(t, config.Properties{
		"process.roles": "broker,controller", "node.id": "2",
		"listeners":                 "PLAINTEXT://:9092,CONTROLLER://:9093",
		"advertised.listeners":      "PLAINTEXT://two:9092",
		"controller.listener.names": "CONTROLLER",
		"controller.quorum.voters":  "1@one:9093,2@two:9093,3@[::1]:9093",
		"log.dirs":                  "/a, /b",
		"metadata.log.dir":          "/m",
	})
	equal(t, "voters", s.Voters(), "[{1 one 9093} {2 two 9093} {3 ::1 9093}]")
	equal(t, "controller listeners", s.ControllerListeners(), "[CONTROLLER://:9093]")
	equal(t, "listeners", s.Listeners(), "[PLAINTEXT://:9092]")
	equal(t, "alone", s.Alone(), false)
	equal(t, "log dirs", s.LogDirs(), "[/a /b]")
	equal(t, "metadata log dir", s.MetadataLogDir(), "/m")
}

func TestOverridesWin(t *testing.T) {
	s := load(t, config.Standalone(), "node.id=7", "node.id=8", "log.retention.hours= 24 ", "num.partitions=3")
	equal(t, "node id", s.NodeID(), 8)
	equal(t, "hours", s.String("log.retention.hours"), "24")
	value, source, ok := s.Get("num.partitions")
	equal(t, "num.partitions", []any{value, source, ok}, []any{"3", config.SourceStaticBroker, true})
	value, source, ok = s.Get("num.io.threads")
	equal(t, "num.io.threads", []any{value, source, ok}, []any{"8", config.SourceDefault, true})
	if _, _, ok = s.Get("log.retention.ms"); ok {
		t.Error("log.retention.ms should be null")
	}
	if _, err := config.Load(config.Standalone(), []string{"broken"}); err == nil {
		t.Error("an override without = was accepted")
	}
}

func TestTypedValues(t *testing.T) {
	s := load(t, config.Standalone(), "log.cleaner.min.cleanable.ratio=0.25", "auto.create.topics.enable=FALSE")
	equal(t, "double", s.Double("log.cleaner.min.cleanable.ratio"), 0.25)
	equal(t, "bool", s.Bool("auto.create.topics.enable"), false)
	equal(t, "long", s.Long("log.flush.interval.messages"), int64(9223372036854775807))
	equal(t, "null as number", s.Long("log.retention.ms"), 0)
	equal(t, "list", s.List("group.consumer.assignors"), "[uniform range]")
	equal(t, "empty list", len(s.List("ssl.cipher.suites")), 0)
	defer func() {
		if recover() == nil {
			t.Error("a key that does not exist should be a bug")
		}
	}()
	s.Int("no.such.key")
}

func TestListenerPrefix(t *testing.T) {
	s := load(t, config.Standalone(), "listener.name.plaintext.ssl.client.auth=required", "listener.name.plaintext.plain.sasl.jaas.config=x", "listener.name.plaintext.vendor.key=y")
	equal(t, "own value", valueOf(t, s, "listener.name.plaintext.ssl.client.auth"), "required")
	equal(t, "plain key", valueOf(t, s, "ssl.client.auth"), "none")
	equal(t, "falls back", valueOf(t, s, "listener.name.other.ssl.client.auth"), "none")
	equal(t, "unknown", s.Unknown(), "[listener.name.plaintext.vendor.key]")
	for _, tt := range [][4]string{
		{"listener.name.a.ssl.client.auth", "a", "", "ssl.client.auth"},
		{"listener.name.a.scram-sha-256.sasl.jaas.config", "a", "scram-sha-256", "sasl.jaas.config"},
		{"listener.name.a.sasl.jaas.config", "a", "", "sasl.jaas.config"},
		{"listener.name.", "", "", "listener.name."},
		{"listener.name.a", "", "", "listener.name.a"},
		{"num.partitions", "", "", "num.partitions"},
	} {
		l, m, b := config.SplitListenerPrefix(tt[0])
		equal(t, tt[0], []string{l, m, b}, tt[1:])
	}
}

func TestTablesAreInOrder(t *testing.T) {
	for _, defs := range [][]config.Def{config.BrokerDefs(), config.TopicDefs(), config.GroupDefs(), config.ClientMetricsDefs()} {
		if !slices.IsSortedFunc(defs, func(a, b config.Def) int {
			if a.Name < b.Name {
				return -1
			}
			return 1
		}) {
			t.Error("a table is not sorted or holds a name twice")
		}
		for _, d := range defs {
			if d.Doc == "" || d.Doc[len(d.Doc)-1] != '.' || len(d.Doc) > 130 {
				t.Errorf("%s: documentation %q is not one short sentence", d.Name, d.Doc)
			}
			if d.HasDefault() {
				if got, err := d.Parse(d.Default); err != nil || got != d.Default && d.Name != "sasl.kerberos.principal.to.local.rules" {
					t.Errorf("%s: default %q parses as %q, %v", d.Name, d.Default, got, err)
				}
			}
			for _, syn := range d.Synonyms {
				if _, ok := config.Broker(syn); !ok {
					t.Errorf("%s: synonym %s does not exist", d.Name, syn)
				}
			}
		}
	}
}

// valueOf returns the value of a key that may have a listener's prefix.
func valueOf(t *testing.T, s *config.Static, name string) string {
	t.Helper()
	v, _, ok := s.Get(name)
	if !ok {
		t.Errorf("%s is null", name)
	}
	return v
}

// FuzzLoad looks for panics in whatever a file may say about listeners, the
// quorum and connection limits.
func FuzzLoad(f *testing.F) {
	f.Add("PLAINTEXT://:9092,CONTROLLER://[::1]:9093", "PLAINTEXT://a:1", "PLAINTEXT:SSL", "1@a:1", "a:1", "a:2")
	f.Add("A://::", "://", "A:B:C", "@", ":", "[::]:1")
	f.Fuzz(func(t *testing.T, listeners, advertised, protocols, voters, bootstrap, limits string) {
		props := config.Standalone()
		props["controller.listener.names"] = "CONTROLLER"
		props["listeners"], props["advertised.listeners"] = listeners, advertised
		props["listener.security.protocol.map"] = protocols
		props["controller.quorum.voters"], props["controller.quorum.bootstrap.servers"] = voters, bootstrap
		props["max.connections.per.ip.overrides"] = limits
		if s, err := config.Load(props, nil); err == nil && len(s.AdvertisedListeners()) == 0 {
			t.Error("a broker without an advertised listener was accepted")
		}
	})
}
