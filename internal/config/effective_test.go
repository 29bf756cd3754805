package config_test

import (
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/config"
)

func equalSettings(a, b config.TopicSettings) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestDynamicValuesWin(t *testing.T) {
	e := config.Effective{
		Static:    load(t, config.Standalone(), "log.retention.ms=4"),
		PerBroker: map[string]string{"log.retention.ms": "2", "log.segment.bytes": "nonsense"},
		Cluster:   map[string]string{"log.retention.ms": "3", "log.segment.bytes": " 2000000 "},
	}
	v, source, ok := e.Get("log.retention.ms")
	equal(t, "log.retention.ms", []any{v, source, ok}, []any{"2", config.SourceDynamicBroker, true})
	v, source, ok = e.Get("log.segment.bytes")
	equal(t, "log.segment.bytes", []any{v, source, ok}, []any{"2000000", config.SourceDynamicDefaultBroker, true})
	v, source, ok = e.Get("num.partitions")
	equal(t, "num.partitions", []any{v, source, ok}, []any{"1", config.SourceDefault, true})
	equal(t, "topic", config.ResolveTopic(nil, e.Lookup).RetentionMs, 2)
}

// The chains are those that a real Kafka lists; see also kafka-configs --all.
func TestSynonyms(t *testing.T) {
	e := config.Effective{
		Static:    load(t, config.Standalone(), "log.retention.ms=4", "log.roll.hours=5", "ssl.key.password=secret", "listener.name.plaintext.max.connections=9"),
		PerBroker: map[string]string{"log.retention.ms": "2"},
		Cluster:   map[string]string{"log.retention.ms": "3", "log.cleanup.policy": "compact"},
	}
	tests := []struct{ name, want string }{
		{"log.retention.ms", "[{log.retention.ms 2 2} {log.retention.ms 3 3} {log.retention.ms 4 4} {log.retention.hours 168 5}]"},
		{"log.retention.hours", "[{log.retention.hours 168 5}]"},
		{"log.roll.ms", "[]"},
		{"num.partitions", "[{num.partitions 1 5}]"},
		{"ssl.key.password", "[{ssl.key.password  4}]"},
		{"listener.name.plaintext.max.connections", "[{listener.name.plaintext.max.connections 9 4} {max.connections 2147483647 5}]"},
		{"no.such.key", "[]"},
	}
	for _, tt := range tests {
		equal(t, tt.name, e.BrokerSynonyms(tt.name), tt.want)
	}
	overrides := map[string]string{"retention.ms": " 1 ", "preallocate": "TRUE"}
	for _, tt := range []struct{ name, want string }{
		{"retention.ms", "[{retention.ms 1 1} {log.retention.ms 2 2} {log.retention.ms 3 3} {log.retention.ms 4 4} {log.retention.hours 168 5}]"},
		{"preallocate", "[{preallocate true 1} {log.preallocate false 5}]"},
		{"cleanup.policy", "[{log.cleanup.policy compact 3} {log.cleanup.policy delete 5}]"},
		{"segment.ms", "[]"},
		{"remote.storage.enable", "[]"},
		{"no.such.key", "[]"},
	} {
		equal(t, tt.name, e.TopicSynonyms(tt.name, overrides), tt.want)
	}
}

func TestGroupValue(t *testing.T) {
	e := config.Effective{
		Static:  load(t, config.Standalone(), "group.consumer.session.timeout.ms=50000"),
		Cluster: map[string]string{"group.consumer.assignment.interval.ms": "2000"},
	}
	configs := map[string]string{"consumer.heartbeat.interval.ms": "6000"}
	for _, tt := range []struct {
		name string
		want []any
	}{
		{"consumer.heartbeat.interval.ms", []any{"6000", config.SourceGroup, true}},
		{"consumer.session.timeout.ms", []any{"50000", config.SourceStaticBroker, true}},
		{"consumer.assignment.interval.ms", []any{"2000", config.SourceDynamicDefaultBroker, true}},
		{"share.isolation.level", []any{"read_uncommitted", config.SourceDefault, true}},
		{"streams.assignor.name", []any{"sticky", config.SourceDefault, true}},
		{"no.such.key", []any{"", config.SourceUnknown, false}},
	} {
		v, source, ok := e.GroupValue(tt.name, configs)
		equal(t, tt.name, []any{v, source, ok}, tt.want)
	}
	for _, tt := range []struct{ name, want string }{
		{"consumer.heartbeat.interval.ms", "[{consumer.heartbeat.interval.ms 6000 8} {group.consumer.heartbeat.interval.ms 5000 5}]"},
		{"consumer.session.timeout.ms", "[{group.consumer.session.timeout.ms 50000 4} {group.consumer.session.timeout.ms 45000 5}]"},
		{"share.isolation.level", "[{share.isolation.level read_uncommitted 5}]"},
		{"no.such.key", "[]"},
	} {
		equal(t, tt.name, e.GroupSynonyms(tt.name, configs), tt.want)
	}
}
