package logdir

import (
	"log/slog"
	"math"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metrics"
)

// UUID is a topic id or directory id.
type UUID = [16]byte

// Config is what Open needs to know.
type Config struct {
	Dirs      []string // log.dirs
	NodeID    int32
	ClusterID string
	// Format writes the identity into directories that have none. Without
	// it, such a directory is an error.
	Format bool

	// Log are the settings of a partition that LogConfig does not know, or
	// of all if LogConfig is nil.
	Log       *commitlog.Config
	LogConfig func(commitlog.TopicPartition) *commitlog.Config

	MaxOpenFiles           int // descriptors kept open for logs; 0 = 4,096
	RecoveryThreads        int // per directory; 0 = 2
	ProducerIDExpirationMs int64

	FlushInterval     time.Duration // how long appended bytes wait to be fsynced; 0 = 5 s
	RetentionInterval time.Duration // log.retention.check.interval.ms; 0 = 5 min
	CheckpointEvery   time.Duration // start offsets and high watermarks; 0 = 5 s

	Cleaner CleanerConfig // compaction; see SetCleaner

	// FlushTimes takes how long each flush of a log took; nil for nobody to see.
	FlushTimes *metrics.Histogram

	// Machine names the run of the system and the mount that a directory is on:
	// what was written to it before is still there, synced or not, while the name
	// stays the same. "" stands for unknown; nil for always unknown.
	Machine func(dir string) string

	// Replicated: other brokers have copies, and this one tells them whether it has all
	// that it had. Open then looks at the end of every log, also after an orderly end,
	// instead of leaving that to the first use.
	Replicated bool

	// OnFailure is called once for each directory that goes offline, from
	// whatever goroutine found out.
	OnFailure func(Failure)
	Logger    *slog.Logger
	NewID     func() UUID // random
	// Stepped has Open start no goroutines: the owner calls the methods whose names
	// begin with Step instead, as a simulation does that replays from a seed.
	Stepped bool
	// Uptime is a clock that only goes on, whoever sets the wall clock; nil is the time
	// since Open.
	Uptime func() time.Duration
	// NewTicker drives the background work; nil is time.NewTicker.
	NewTicker func(time.Duration) (c <-chan time.Time, stop func())
}

// Failure is a data directory that went offline.
type Failure struct {
	Dir         string
	DirectoryID UUID
	Err         error
	Partitions  []commitlog.TopicPartition
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		d := commitlog.DefaultConfig()
		c.Log = &d
	}
	if c.MaxOpenFiles == 0 {
		c.MaxOpenFiles = 4096
	}
	if c.RecoveryThreads == 0 {
		c.RecoveryThreads = 2
	}
	if c.FlushInterval == 0 {
		c.FlushInterval = 5 * time.Second
	}
	if c.RetentionInterval == 0 {
		c.RetentionInterval = 5 * time.Minute
	}
	if c.CheckpointEvery == 0 {
		c.CheckpointEvery = 5 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Machine == nil {
		c.Machine = func(string) string { return "" }
	}
	if c.FlushTimes == nil {
		c.FlushTimes = new(metrics.Histogram)
	}
	if c.Uptime == nil {
		opened := time.Now()
		c.Uptime = func() time.Duration { return time.Since(opened) }
	}
	if c.NewTicker == nil {
		c.NewTicker = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
	return c
}

func (c *Config) logConfig(tp commitlog.TopicPartition) *commitlog.Config {
	if c.LogConfig != nil {
		if lc := c.LogConfig(tp); lc != nil {
			return lc
		}
	}
	return c.Log
}

// maxUnflushed is how many bytes may wait to be fsynced whatever the flush
// interval: what recovery has to scan at most.
const maxUnflushed = 64 << 20

const never = math.MaxInt64
