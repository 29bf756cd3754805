package config_test

import (
	"testing"

	"github.com/brolga-io/brolga/internal/config"
)

func TestTopicDefaults(t *testing.T) {
	got := config.ResolveTopic(nil, load(t, config.Standalone()).Lookup)
	equal(t, "settings", got, config.TopicSettings{
		Delete: true, CompressionType: "producer", GzipLevel: -1, LZ4Level: 9, ZstdLevel: 3,
		MaxMessageBytes: 1048588, MaxDecompressedMessageBytes: 2147483639,
		TimestampBeforeMaxMs: 9223372036854775807, TimestampAfterMaxMs: 3600000,
		SegmentBytes: 1 << 30, SegmentIndexBytes: 10 << 20, SegmentMs: 604800000, IndexIntervalBytes: 4096,
		FileDeleteDelayMs: 60000, RetentionMs: 604800000, RetentionBytes: -1,
		FlushMessages: 9223372036854775807, FlushMs: 9223372036854775807,
		MinCleanableDirtyRatio: 0.5, MaxCompactionLagMs: 9223372036854775807, DeleteRetentionMs: 86400000,
		MinInsyncReplicas: 1, RemoteCopyLagBytes: -1, LocalRetentionMs: -2, LocalRetentionBytes: -2,
	})
}

func TestTopicFallsBackToTheBroker(t *testing.T) {
	tests := []struct {
		name      string
		broker    []string
		overrides map[string]string
		got       func(config.TopicSettings) any
		want      any
	}{
		{"hours", []string{"log.retention.hours=2"}, nil, func(s config.TopicSettings) any { return s.RetentionMs }, 7200000},
		{"minutes before hours", []string{"log.retention.hours=2", "log.retention.minutes=3"}, nil, func(s config.TopicSettings) any { return s.RetentionMs }, 180000},
		{"milliseconds before minutes", []string{"log.retention.ms=5", "log.retention.minutes=3"}, nil, func(s config.TopicSettings) any { return s.RetentionMs }, 5},
		{"the topic before all", []string{"log.retention.ms=5"}, map[string]string{"retention.ms": "6"}, func(s config.TopicSettings) any { return s.RetentionMs }, 6},
		{"any negative retention is none", []string{"log.retention.ms=-5"}, nil, func(s config.TopicSettings) any { return s.RetentionMs }, -1},
		{"rolling hours", []string{"log.roll.hours=1"}, nil, func(s config.TopicSettings) any { return s.SegmentMs }, 3600000},
		{"jitter hours", []string{"log.roll.jitter.hours=1"}, nil, func(s config.TopicSettings) any { return s.SegmentJitterMs }, 3600000},
		{"flush falls back to the scheduler's interval", []string{"log.flush.scheduler.interval.ms=9"}, nil, func(s config.TopicSettings) any { return s.FlushMs }, 9},
		{"both policies", nil, map[string]string{"cleanup.policy": "compact, delete"}, func(s config.TopicSettings) any { return []bool{s.Compact, s.Delete} }, "[true true]"},
		{"no policy", nil, map[string]string{"cleanup.policy": ""}, func(s config.TopicSettings) any { return []bool{s.Compact, s.Delete} }, "[false false]"},
		{"small segments for tests", nil, map[string]string{"internal.segment.bytes": "100"}, func(s config.TopicSettings) any { return s.SegmentBytes }, 100},
		{"a damaged value counts as not set", []string{"log.segment.bytes=2000000"}, map[string]string{"segment.bytes": "many"}, func(s config.TopicSettings) any { return s.SegmentBytes }, 2000000},
		{"a list", nil, map[string]string{"leader.replication.throttled.replicas": "0:1,1:2"}, func(s config.TopicSettings) any { return s.LeaderThrottledReplicas }, "[0:1 1:2]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := load(t, config.Standalone(), tt.broker...)
			equal(t, "setting", tt.got(config.ResolveTopic(tt.overrides, s.Lookup)), tt.want)
		})
	}
}

// Every topic key must reach TopicSettings: changing its value changes them.
func TestEveryTopicKeyCounts(t *testing.T) {
	static := load(t, config.Standalone())
	before := config.ResolveTopic(nil, static.Lookup)
	other := map[config.Type]string{config.Boolean: "true", config.Int: "7", config.Long: "77", config.Double: "0.75", config.List: "0:1"}
	special := map[string]string{
		"cleanup.policy": "compact", "compression.type": "gzip", "message.timestamp.type": "LogAppendTime",
		"segment.bytes": "1048577", "internal.segment.bytes": "14",
	}
	for _, d := range config.TopicDefs() {
		v := special[d.Name]
		if v == "" {
			v = other[d.Type]
		}
		after := config.ResolveTopic(map[string]string{d.Name: v}, static.Lookup)
		if equalSettings(before, after) {
			t.Errorf("%s=%s changes no setting", d.Name, v)
		}
	}
}
