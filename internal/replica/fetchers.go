package replica

import (
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Leader is a connection to the broker that leads partitions followed here. One
// goroutine at a time uses it, but for Close.
type Leader interface {
	// Fetch sends a Fetch of the latest version. The records of the answer are
	// valid until the next call.
	Fetch(req *wire.FetchRequest, resp *wire.FetchResponse) error
	// OffsetForLeaderEpoch asks where epochs end.
	OffsetForLeaderEpoch(req *wire.OffsetForLeaderEpochRequest, resp *wire.OffsetForLeaderEpochResponse) error
	// Close ends the connection and a call that is under way.
	Close() error
}

// ReplicationConfig says how partitions are replicated. Zero values stand for
// Kafka's defaults.
type ReplicationConfig struct {
	Fetchers         int           // num.replica.fetchers, per leader broker
	FetchMaxBytes    int32         // replica.fetch.max.bytes, per partition
	FetchMinBytes    int32         // replica.fetch.min.bytes
	ResponseMaxBytes int32         // replica.fetch.response.max.bytes
	WaitMax          time.Duration // replica.fetch.wait.max.ms
	BackoffMax       time.Duration // replica.fetch.backoff.ms; the first retries come sooner
	LagTimeMax       time.Duration // replica.lag.time.max.ms
	SessionTimeout   time.Duration // broker.session.timeout.ms; 0 = LagTimeMax
	RackAware        bool          // replica.selector.class is RackAwareReplicaSelector
}

func (c ReplicationConfig) withDefaults() ReplicationConfig {
	orDefault(&c.Fetchers, 1)
	orDefault(&c.FetchMaxBytes, 1<<20)
	orDefault(&c.FetchMinBytes, 1)
	orDefault(&c.ResponseMaxBytes, 10<<20)
	orDefault(&c.WaitMax, 500*time.Millisecond)
	orDefault(&c.BackoffMax, time.Second)
	orDefault(&c.LagTimeMax, 30*time.Second)
	return c
}

func orDefault[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// fetcherKey names one of the fetchers of a leader broker.
type fetcherKey struct {
	leader int32
	index  int
}

// fetchers are the goroutines that copy partitions from their leaders. They are changed
// under Set.applyMu.
type fetchers struct {
	s     *Set
	byKey map[fetcherKey]*fetcher
	of    map[*Partition]*fetcher
}

// assign gives a partition to the fetcher of its leader, or takes it from whichever
// has it when this broker leads it, or nobody does.
func (x *fetchers) assign(p *Partition) {
	role := p.follow.Load()
	had := x.of[p]
	if role == nil || role.leader == metadata.NoLeader || p.Gone() || x.s.o.Connect == nil {
		if had != nil {
			had.remove(p)
			delete(x.of, p)
		}
		return
	}
	key := fetcherKey{role.leader, x.index(p)}
	f := x.byKey[key]
	if f == nil {
		f = newFetcher(x.s, key)
		x.byKey[key] = f
		if x.s.o.Stepper != nil {
			x.s.o.Stepper.Follow(Fetcher{f})
		} else {
			x.s.running.Go(f.runFetcher)
		}
	}
	if had != nil && had != f {
		had.remove(p)
	}
	f.add(p, role)
	x.of[p] = f
}

// index spreads the partitions over the fetchers of a leader.
func (x *fetchers) index(p *Partition) int {
	const prime = 16777619
	h := uint32(2166136261)
	for _, b := range p.topic.ID {
		h = (h ^ uint32(b)) * prime
	}
	h = (h ^ uint32(p.number)) * prime
	return int(h>>8) % x.s.o.Replication.Fetchers
}

// SetFetchers changes num.replica.fetchers, the number of connections to each leader
// broker (at least 1), and spreads the partitions over them anew.
func (s *Set) SetFetchers(n int) {
	s.applyMu.Lock()
	defer s.applyMu.Unlock()
	if s.closed || n < 1 || n == s.o.Replication.Fetchers {
		return
	}
	s.o.Replication.Fetchers = n
	s.All(func(p *Partition) {
		p.mu.Lock()
		if role := p.follow.Load(); role != nil {
			same := *role // the fetcher before takes no more answers for it
			p.follow.Store(&same)
		}
		p.mu.Unlock()
		s.fetchers.assign(p)
	})
	s.fetchers.prune()
}

// prune ends the fetchers that have no partitions left.
func (x *fetchers) prune() {
	if len(x.byKey) == 0 {
		return
	}
	used := make(map[*fetcher]bool, len(x.byKey))
	for _, f := range x.of {
		used[f] = true
	}
	for key, f := range x.byKey {
		if !used[f] {
			f.close()
			delete(x.byKey, key)
		}
	}
}

// closeAll ends all fetchers; it does not wait for them.
func (x *fetchers) closeAll() {
	for _, f := range x.byKey {
		f.close()
	}
}
