package replica

import (
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/wire"
)

// Logs are the logs of this broker; *logdir.Dirs implements it. Create and Delete
// are called by Apply only, one at a time.
type Logs interface {
	// Create returns the log of a replica, making it if this broker has none. home
	// says where the metadata has it.
	Create(tp commitlog.TopicPartition, topicID [16]byte, home logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error)
	// Delete takes a replica off this broker, because committed metadata says
	// so. Its files go later.
	Delete(tp commitlog.TopicPartition, topicID [16]byte) error
	// HighWatermark is what the last checkpoint before the start said.
	HighWatermark(tp commitlog.TopicPartition) (int64, bool)
	// Salvage opens a log that Create has found damaged with what is left of it.
	Salvage(tp commitlog.TopicPartition) (*commitlog.Log, commitlog.Recovery, error)
	// Report tells of an error that a log returned. It is called without a lock.
	Report(l *commitlog.Log, err error)
	// SaveStarts makes durable where logs begin. The error is ErrStorage.
	SaveStarts(logs []*commitlog.Log) error
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
	// Connect makes the connection to a leader broker; it is dialled when it is
	// used. nil for a broker that replicates from nobody.
	Connect func(brokerID int32) Leader
	// AlterPartition asks the active controller and blocks; after an error nobody
	// knows whether it was done. nil for a broker that never changes an ISR.
	AlterPartition func(*wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error)
	// BrokerEpoch is that of this process' registration; nil for -1.
	BrokerEpoch func() int64
	// Alive is false while this broker has not heard of the controller for a
	// session: then it may have been replaced and serves no clients. nil for always.
	Alive       func() bool
	Replication ReplicationConfig
	// Flusher is set for log.durability=fsync, nil for os; see SetFlusher.
	Flusher Flusher
	// Stepper, if not nil, does what the goroutines of a Set do, which then starts none.
	Stepper Stepper
	// ThrottledRates are leader. and follower.replication.throttled.rate, in bytes
	// per second; nil for no limit.
	ThrottledRates func() (leader, follower int64)
	// ReplicaMetrics count what happens to replicas; nil for nobody to see.
	ReplicaMetrics *metrics.Replica
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
	// waitingFetches counts consumers' fetches without enough data.
	waitingFetches atomic.Int64
	fetches        sync.Pool // of *Fetch

	began   time.Time // monotonicMs counts from here
	stop    chan struct{}
	running sync.WaitGroup
	isr     *isrKeeper
	image   atomic.Pointer[metadata.Image] // that Apply was last called with
	hurryMs atomic.Int64                   // until when followers' fetches wait less

	leaderThrottle, followerThrottle throttle

	durable atomic.Pointer[Flusher] // nil for log.durability=os

	applyMu  sync.Mutex // held by Apply
	configs  configCache
	fetchers fetchers
	closed   bool
	first    bool // the first image is being applied

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
	if o.ReplicaMetrics == nil {
		o.ReplicaMetrics = new(metrics.Replica)
	}
	if o.BrokerEpoch == nil {
		o.BrokerEpoch = func() int64 { return -1 }
	}
	o.Replication = o.Replication.withDefaults()
	s := &Set{
		o: o, log: o.Log,
		sessions: newSessions(o.MaxSessions, o.RandomInt32),
		began:    time.Now(),
		stop:     make(chan struct{}),
		byName:   make(map[string]*Topic),
		byID:     make(map[wire.UUID]*Topic),
	}
	if rates := o.ThrottledRates; rates != nil {
		s.leaderThrottle.rate = func() int64 { leader, _ := rates(); return leader }
		s.followerThrottle.rate = func() int64 { _, follower := rates(); return follower }
	} else {
		s.leaderThrottle.rate = unlimited
		s.followerThrottle.rate = unlimited
	}
	s.SetFlusher(o.Flusher)
	s.isr = &isrKeeper{s: s, wake: make(chan struct{}, 1)}
	s.fetchers = fetchers{s: s, byKey: make(map[fetcherKey]*fetcher), of: make(map[*Partition]*fetcher)}
	return s
}

// Close ends the replication from and to other brokers and waits for it. Metadata is
// not taken over any more; clients are still served.
func (s *Set) Close() {
	s.applyMu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
		s.fetchers.closeAll()
	}
	s.applyMu.Unlock()
	s.running.Wait()
}

func unlimited() int64 { return math.MaxInt64 }

// monotonicMs is a clock that only compares times within this process.
func (s *Set) monotonicMs() int64 { return time.Since(s.began).Milliseconds() }

// alive tells whether this broker may serve clients.
func (s *Set) alive() bool { return s.o.Alive == nil || s.o.Alive() }

// lagMs is replica.lag.time.max.ms.
func (s *Set) lagMs() int64 { return s.o.Replication.LagTimeMax.Milliseconds() }

// silentMs is how long a leader waits for a member of the ISR that has not fetched from it
// yet. It may be the leader before, which does not know of this one and answers clients
// for a session: until then the watermark must not pass what it knows (KIP-207).
func (s *Set) silentMs() int64 {
	return max(s.lagMs(), s.o.Replication.SessionTimeout.Milliseconds())
}

// brokerEpochOf is the epoch of a broker's newest process, -1 if none is known.
func (s *Set) brokerEpochOf(id int32) int64 {
	if img := s.image.Load(); img != nil {
		if b := img.Broker(id); b != nil {
			return b.Epoch
		}
	}
	return -1
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
