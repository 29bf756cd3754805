package commitlog

import "math"

// Config are the settings of one log, named as Kafka's topic settings. A
// Config is not changed after it was given to a log, so many logs can share
// one.
type Config struct {
	SegmentBytes       int64 // segment.bytes
	SegmentMs          int64 // segment.ms
	SegmentJitterMs    int64 // segment.jitter.ms
	SegmentIndexBytes  int64 // segment.index.bytes
	IndexIntervalBytes int64 // index.interval.bytes

	RetentionMs       int64 // retention.ms, -1 = for ever
	RetentionBytes    int64 // retention.bytes, -1 = any size
	FileDeleteDelayMs int64 // file.delete.delay.ms

	FlushMessages int64 // flush.messages: fsync before this many records are unflushed
	FlushMs       int64 // flush.ms

	MaxMessageBytes      int64 // max.message.bytes, of one batch
	MaxRecordBytes       int64 // max.decompressed.message.bytes, of one record behind a codec; 0 = any
	LogAppendTime        bool  // message.timestamp.type=LogAppendTime
	TimestampBeforeMaxMs int64 // message.timestamp.before.max.ms
	TimestampAfterMaxMs  int64 // message.timestamp.after.max.ms

	Delete  bool // cleanup.policy contains delete
	Compact bool // cleanup.policy contains compact

	MinCleanableDirtyRatio float64 // min.cleanable.dirty.ratio
	DeleteRetentionMs      int64   // delete.retention.ms
	MinCompactionLagMs     int64   // min.compaction.lag.ms
	MaxCompactionLagMs     int64   // max.compaction.lag.ms
}

// DefaultConfig returns Kafka's defaults.
func DefaultConfig() Config {
	const hour = 3600 * 1000
	return Config{
		SegmentBytes:           1 << 30,
		SegmentMs:              7 * 24 * hour,
		SegmentIndexBytes:      10 << 20,
		IndexIntervalBytes:     4096,
		RetentionMs:            7 * 24 * hour,
		RetentionBytes:         -1,
		FileDeleteDelayMs:      60_000,
		FlushMessages:          math.MaxInt64,
		FlushMs:                math.MaxInt64,
		MaxMessageBytes:        1<<20 + 12,
		TimestampBeforeMaxMs:   math.MaxInt64,
		TimestampAfterMaxMs:    hour,
		Delete:                 true,
		MinCleanableDirtyRatio: 0.5,
		DeleteRetentionMs:      24 * hour,
		MaxCompactionLagMs:     math.MaxInt64,
	}
}

// maxSegmentMs is segment.ms, or less if records must be compacted earlier:
// the active segment never is (KIP-354).
func (c *Config) maxSegmentMs() int64 {
	if c.Compact && c.MaxCompactionLagMs > 0 {
		return min(c.SegmentMs, c.MaxCompactionLagMs)
	}
	return c.SegmentMs
}
