package replica

import (
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
)

// topicConfig is what is in force for a topic. Logs share the log part.
type topicConfig struct {
	config.TopicSettings
	log commitlog.Config
}

// configCache holds the settings of topics without any of their own, which are
// nearly all; so a thousand logs share one value.
type configCache struct {
	plain *topicConfig
}

func (c *configCache) reset() { c.plain = nil }

// outdated tells whether a change touches the settings of all topics: those of
// this broker or the cluster's default.
func (c *configCache) outdated(d *metadata.Delta) bool {
	return slices.ContainsFunc(d.Configs, func(r metadata.Resource) bool { return r.Type == brokerResource })
}

// of returns the settings of a topic.
func (c *configCache) of(s *Set, img *metadata.Image, topic string) *topicConfig {
	if len(img.Config(topicResource, topic)) > 0 {
		return newTopicConfig(s.o.Settings(img, topic))
	}
	if c.plain == nil {
		c.plain = newTopicConfig(s.o.Settings(img, topic))
	}
	return c.plain
}

func newTopicConfig(t config.TopicSettings) *topicConfig {
	return &topicConfig{TopicSettings: t, log: commitlog.Config{
		SegmentBytes:           int64(t.SegmentBytes),
		SegmentMs:              t.SegmentMs,
		SegmentJitterMs:        t.SegmentJitterMs,
		SegmentIndexBytes:      int64(t.SegmentIndexBytes),
		IndexIntervalBytes:     int64(t.IndexIntervalBytes),
		RetentionMs:            t.RetentionMs,
		RetentionBytes:         t.RetentionBytes,
		FileDeleteDelayMs:      t.FileDeleteDelayMs,
		FlushMessages:          t.FlushMessages,
		FlushMs:                t.FlushMs,
		MaxMessageBytes:        int64(t.MaxMessageBytes),
		MaxRecordBytes:         maxRecordBytes(t.MaxDecompressedMessageBytes),
		LogAppendTime:          t.LogAppendTime,
		TimestampBeforeMaxMs:   t.TimestampBeforeMaxMs,
		TimestampAfterMaxMs:    t.TimestampAfterMaxMs,
		Delete:                 t.Delete,
		Compact:                t.Compact,
		MinCleanableDirtyRatio: t.MinCleanableDirtyRatio,
		DeleteRetentionMs:      t.DeleteRetentionMs,
		MinCompactionLagMs:     t.MinCompactionLagMs,
		MaxCompactionLagMs:     t.MaxCompactionLagMs,
	}}
}

// maxRecordBytes is 0 for the default of max.decompressed.message.bytes, which is
// no limit: then batches that are right already are not decompressed.
func maxRecordBytes(limit int32) int64 {
	const none = 2147483639
	if limit >= none {
		return 0
	}
	return int64(limit)
}

// LogConfig is the part of a topic's settings that its logs need.
func LogConfig(t config.TopicSettings) *commitlog.Config {
	return &newTopicConfig(t).log
}
