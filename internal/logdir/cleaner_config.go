package logdir

import (
	"math"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// CleanerConfig are the log.cleaner.* settings. The zero value runs no
// cleaner.
type CleanerConfig struct {
	Enable  bool          // log.cleaner.enable
	Threads int           // log.cleaner.threads
	Backoff time.Duration // log.cleaner.backoff.ms: between looks when there is nothing to do

	DedupeBufferBytes int64   // log.cleaner.dedupe.buffer.size, of all threads together
	LoadFactor        float64 // log.cleaner.io.buffer.load.factor
	// MaxBytesPerSecond is log.cleaner.io.max.bytes.per.second, of all threads
	// together, read and written.
	MaxBytesPerSecond float64
}

// DefaultCleanerConfig returns Kafka's defaults.
func DefaultCleanerConfig() CleanerConfig {
	return CleanerConfig{Enable: true, Threads: 1, Backoff: 15 * time.Second,
		DedupeBufferBytes: 128 << 20, LoadFactor: 0.9, MaxBytesPerSecond: math.MaxFloat64}
}

// CleanerState is what the cleaners have done and found.
type CleanerState struct {
	LastRunMs     int64   // when a cleaner looked for work last; 0 if never
	MaxDirtyRatio float64 // of the dirtiest log then
	Compactions   int64
	ReadBytes     int64
	WrittenBytes  int64
	// Uncleanable are the logs that were set aside, with the reason.
	Uncleanable map[commitlog.TopicPartition]error
}
