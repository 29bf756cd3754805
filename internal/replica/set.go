package replica

import (
	"log/slog"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/wire"
)

// Logs are the logs of this broker; *logdir.Dirs implements it. Create and Delete
// are called by Apply only, one at a time.
type Logs interface {
	// Create returns the log of a replica, making it if this broker has none.
	Create(tp commitlog.TopicPartition, topicID [16]byte, cfg *commitlog.Config) (*commitlog.Log, error)
	// Delete takes a replica off this broker, because committed metadata says
	// so. Its files go later.
	Delete(tp commitlog.TopicPartition, topicID [16]byte) error
	// HighWatermark is what the last checkpoint before the start said.
	HighWatermark(tp commitlog.TopicPartition) (int64, bool)
	// Report tells of an error that a log returned. It is called without a lock.
	Report(l *commitlog.Log, err error)
}

// Options are what a Set needs. All fields are required but those with a default.
type Options struct {
	BrokerID int32
	Logs     Logs
	// Settings returns what is in force for a topic according to an image.
	Settings func(img *metadata.Image, topic string) config.TopicSettings
	// RandomInt32 makes the ids of fetch sessions.
	RandomInt32 func() int32
	// MaxSessions is max.incremental.fetch.session.cache.slots.
	MaxSessions int
	FetchLimits FetchLimits
	// Metrics count the traffic of topics; nil for nobody to see.
	Metrics *metrics.Topics
	Log     *slog.Logger
}

// Defaults of FetchLimits.
const (
	DefaultFetchMaxBytes = 55 << 20
	DefaultFetchMaxWait  = 5 * time.Minute
)

// Set is all partitions on this broker.
type Set struct {
	o        Options
	log      *slog.Logger
	sessions *Sessions
	fetches  sync.Pool // of *Fetch

	configs configCache // used by Apply only

	mu     sync.RWMutex
	byName map[string]*Topic
	byID   map[wire.UUID]*Topic
}

// NewSet returns a set without partitions.
func NewSet(o Options) *Set {
	if o.FetchLimits.MaxBytes == 0 {
		o.FetchLimits.MaxBytes = DefaultFetchMaxBytes
	}
	if o.FetchLimits.MaxWait == 0 {
		o.FetchLimits.MaxWait = DefaultFetchMaxWait
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = new(metrics.Topics)
	}
	return &Set{
		o: o, log: o.Log,
		sessions: newSessions(o.MaxSessions, o.RandomInt32),
		byName:   make(map[string]*Topic),
		byID:     make(map[wire.UUID]*Topic),
	}
}

// Sessions is the cache of fetch sessions.
func (s *Set) Sessions() *Sessions { return s.sessions }

// HighWatermarkOf returns the high watermark of a replica for the checkpoint;
// false when it is not known or there is no such replica. It does not load logs.
func (s *Set) HighWatermarkOf(tp commitlog.TopicPartition) (int64, bool) {
	t := s.TopicByName([]byte(tp.Topic))
	if t == nil {
		return 0, false
	}
	p := t.Partition(tp.Partition)
	if p == nil {
		return 0, false
	}
	hw := p.watermark.Load()
	return hw, hw != unknownOffset
}

// All calls fn for every partition on this broker, in no order.
func (s *Set) All(fn func(*Partition)) {
	s.mu.RLock()
	topics := make([]*Topic, 0, len(s.byID))
	for _, t := range s.byID {
		topics = append(topics, t)
	}
	s.mu.RUnlock()
	for _, t := range topics {
		for _, p := range *t.parts.Load() {
			if p != nil {
				fn(p)
			}
		}
	}
}
