package config

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Lookup returns the value of a broker key as it is in force on a broker, its
// default included; ok is false when it is null.
type Lookup func(name string) (value string, ok bool)

// Lookup is the lookup in what the process was started with.
func (s *Static) Lookup(name string) (string, bool) {
	v, _, ok := s.Get(name)
	return v, ok
}

// TopicSettings are all settings of one topic, resolved. Times are in
// milliseconds and sizes in bytes; -1 stands for no limit where Kafka says so,
// -2 in the Local… fields for the same as the whole retention.
type TopicSettings struct {
	Delete, Compact bool // cleanup.policy

	CompressionType                 string // producer, uncompressed, gzip, snappy, lz4 or zstd
	GzipLevel, LZ4Level, ZstdLevel  int
	MaxMessageBytes                 int32
	MaxDecompressedMessageBytes     int32
	LogAppendTime                   bool // message.timestamp.type
	TimestampBeforeMaxMs            int64
	TimestampAfterMaxMs             int64
	SegmentBytes, SegmentIndexBytes int32
	SegmentMs, SegmentJitterMs      int64
	IndexIntervalBytes              int32
	Preallocate                     bool
	FileDeleteDelayMs               int64
	RetentionMs, RetentionBytes     int64
	FlushMessages, FlushMs          int64
	MinCleanableDirtyRatio          float64
	MinCompactionLagMs              int64
	MaxCompactionLagMs              int64
	DeleteRetentionMs               int64
	MinInsyncReplicas               int32
	UncleanLeaderElection           bool
	LeaderThrottledReplicas         []string // partition:broker pairs, or *
	FollowerThrottledReplicas       []string
	DeadLetterQueue                 bool // errors.deadletterqueue.group.enable
	RemoteStorage                   bool
	RemoteCopyDisable               bool
	RemoteDeleteOnDisable           bool
	RemoteCopyLagMs                 int64
	RemoteCopyLagBytes              int64
	LocalRetentionMs                int64
	LocalRetentionBytes             int64
}

// TopicValue returns the value of a topic key in force, in canonical form:
// the topic's own, else the broker's by the first synonym that is not null
// (minutes and hours as milliseconds), else the default. ok is false when it
// is null.
func TopicValue(d Def, overrides map[string]string, broker Lookup) (value string, ok bool) {
	if v, set := overrides[d.Name]; set {
		if v, err := d.Parse(v); err == nil {
			return v, true
		}
	}
	for _, name := range d.Synonyms {
		if v, set := broker(name); set {
			return inMilliseconds(name, v), true
		}
	}
	return d.Default, !d.Null
}

// inMilliseconds converts the value of a key in minutes or hours.
func inMilliseconds(name, value string) string {
	factor := int64(1)
	switch {
	case strings.HasSuffix(name, ".minutes"):
		factor = 60 * 1000
	case strings.HasSuffix(name, ".hours"):
		factor = 60 * 60 * 1000
	default:
		return value
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return value
	}
	return strconv.FormatInt(n*factor, 10)
}

// ResolveTopic returns the settings in force for a topic with these overrides
// on a broker with that configuration. A stored value that is not valid, which
// only a damaged or foreign log can hold, counts as not set.
func ResolveTopic(overrides map[string]string, broker Lookup) TopicSettings {
	r := resolver{overrides, broker}
	policy := r.list("cleanup.policy")
	return TopicSettings{
		Delete:                      slices.Contains(policy, "delete"),
		Compact:                     slices.Contains(policy, "compact"),
		CompressionType:             r.text("compression.type"),
		GzipLevel:                   int(r.long("compression.gzip.level")),
		LZ4Level:                    int(r.long("compression.lz4.level")),
		ZstdLevel:                   int(r.long("compression.zstd.level")),
		MaxMessageBytes:             int32(r.long("max.message.bytes")),
		MaxDecompressedMessageBytes: int32(r.long("max.decompressed.message.bytes")),
		LogAppendTime:               r.text("message.timestamp.type") == "LogAppendTime",
		TimestampBeforeMaxMs:        r.long("message.timestamp.before.max.ms"),
		TimestampAfterMaxMs:         r.long("message.timestamp.after.max.ms"),
		SegmentBytes:                r.segmentBytes(),
		SegmentIndexBytes:           int32(r.long("segment.index.bytes")),
		SegmentMs:                   r.long("segment.ms"),
		SegmentJitterMs:             r.long("segment.jitter.ms"),
		IndexIntervalBytes:          int32(r.long("index.interval.bytes")),
		Preallocate:                 r.bool("preallocate"),
		FileDeleteDelayMs:           r.long("file.delete.delay.ms"),
		RetentionMs:                 max(-1, r.long("retention.ms")),
		RetentionBytes:              r.long("retention.bytes"),
		FlushMessages:               r.long("flush.messages"),
		FlushMs:                     r.long("flush.ms"),
		MinCleanableDirtyRatio:      r.double("min.cleanable.dirty.ratio"),
		MinCompactionLagMs:          r.long("min.compaction.lag.ms"),
		MaxCompactionLagMs:          r.long("max.compaction.lag.ms"),
		DeleteRetentionMs:           r.long("delete.retention.ms"),
		MinInsyncReplicas:           int32(r.long("min.insync.replicas")),
		UncleanLeaderElection:       r.bool("unclean.leader.election.enable"),
		LeaderThrottledReplicas:     r.list("leader.replication.throttled.replicas"),
		FollowerThrottledReplicas:   r.list("follower.replication.throttled.replicas"),
		DeadLetterQueue:             r.bool("errors.deadletterqueue.group.enable"),
		RemoteStorage:               r.bool("remote.storage.enable"),
		RemoteCopyDisable:           r.bool("remote.log.copy.disable"),
		RemoteDeleteOnDisable:       r.bool("remote.log.delete.on.disable"),
		RemoteCopyLagMs:             r.long("remote.copy.lag.ms"),
		RemoteCopyLagBytes:          r.long("remote.copy.lag.bytes"),
		LocalRetentionMs:            r.long("local.retention.ms"),
		LocalRetentionBytes:         r.long("local.retention.bytes"),
	}
}

// ElectionSettings are two of a topic's settings, for whoever decides about many
// topics and needs no others.
func ElectionSettings(overrides map[string]string, broker Lookup) (minInsyncReplicas int, unclean bool) {
	r := resolver{overrides, broker}
	return int(r.long("min.insync.replicas")), r.bool("unclean.leader.election.enable")
}

// resolver reads typed topic values.
type resolver struct {
	overrides map[string]string
	broker    Lookup
}

func (r resolver) text(name string) string {
	d, ok := Topic(name)
	if !ok {
		panic("BUG: unknown topic config " + name)
	}
	v, _ := TopicValue(d, r.overrides, r.broker)
	return v
}

func (r resolver) bool(name string) bool { return r.text(name) == "true" }

func (r resolver) list(name string) []string { return SplitList(r.text(name)) }

func (r resolver) long(name string) int64 {
	n, err := strconv.ParseInt(r.text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (r resolver) double(name string) float64 {
	f, err := strconv.ParseFloat(r.text(name), 64)
	if err != nil {
		return 0
	}
	return f
}

// segmentBytes lets internal.segment.bytes, which tests use, go below the
// bound of segment.bytes.
func (r resolver) segmentBytes() int32 {
	if n := r.long("internal.segment.bytes"); n > 0 {
		return int32(min(n, math.MaxInt32))
	}
	return int32(r.long("segment.bytes"))
}
