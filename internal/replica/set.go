package replica

import (
	"log/slog"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Logs gives a Set the logs of its partitions; package logdir has them. Its
// methods are called by Apply only, one at a time.
type Logs interface {
	// OpenLog returns the log of a replica, making it if this broker has none.
	OpenLog(topic string, id wire.UUID, partition int32, cfg *commitlog.Config) (*commitlog.Log, error)
	// RemoveLog takes a replica off this broker, because committed metadata
	// says so. Its files go later.
	RemoveLog(topic string, id wire.UUID, partition int32) error
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
	// Watermarks are the high watermarks of the last checkpoint, for replicas
	// that are not the only one.
	Watermarks func(topic string, partition int32) (int64, bool)
	Log        *slog.Logger
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
	return &Set{
		o: o, log: o.Log,
		sessions: newSessions(o.MaxSessions, o.RandomInt32),
		byName:   make(map[string]*Topic),
		byID:     make(map[wire.UUID]*Topic),
	}
}

// Sessions is the cache of fetch sessions.
func (s *Set) Sessions() *Sessions { return s.sessions }

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
