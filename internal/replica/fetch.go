package replica

import (
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// FetchLimits bound what one fetch may take, whatever the client asks for.
type FetchLimits struct {
	MaxBytes int           // fetch.max.bytes
	MaxWait  time.Duration // longest a fetch is kept waiting
}

// Fetch is one fetch of a consumer or a follower being answered. It is reused.
type Fetch struct {
	// Results are the partitions to answer, in reading order. Their slices are
	// released by Finish unless taken.
	Results []FetchResult

	set           *Set
	img           *metadata.Image
	byID          bool // partitions are named by topic id
	committedOnly bool
	fromFollower  bool // followers may answer too
	rack          string
	deaf          bool // this broker may have been replaced: it answers no clients
	incremental   bool
	minBytes      int
	maxBytes      int
	maxWait       time.Duration

	replica     int32 // of a follower; negative for others
	brokerEpoch int64 // of a follower
	looks       []*watch
	held        time.Duration // how long a throttle holds back partitions of a follower

	session *Session    // nil without
	own     []FetchPart // the partitions of a fetch without session
	list    partList    // of own

	waits  []fetchWait
	waiter fetchWaiter
	timer  *time.Timer
	waited time.Duration // of the last Run
}

// firstVersionWithRack is the first version whose senders know of replicas that
// follow (KIP-392).
const firstVersionWithRack = 11

// debuggingReplica is what the replica verification tool calls itself: it reads
// what consumers may, from any replica.
const debuggingReplica int32 = -2

// firstVersionWithIDs is the first Fetch version with topic ids instead of names.
const firstVersionWithIDs = 13

// BeginFetch prepares the answer to a fetch request of a consumer or a follower. An error is the
// code of the whole answer. The request must stay as it is until Finish.
func (s *Set) BeginFetch(img *metadata.Image, version int16, req *wire.FetchRequest, nowMs int64) (*Fetch, error) {
	f, _ := s.fetches.Get().(*Fetch)
	if f == nil {
		f = &Fetch{set: s}
		f.waiter.ch = make(chan struct{}, 1)
	}
	f.img, f.byID = img, version >= firstVersionWithIDs
	f.replica, f.brokerEpoch = replicaOf(req), req.ReplicaState.ReplicaEpoch
	f.fromFollower = version >= firstVersionWithRack || f.replica == debuggingReplica
	f.deaf = f.replica < 0 && !s.alive()
	f.rack = s.rackOf(req)
	f.committedOnly = req.IsolationLevel == readCommitted
	f.maxBytes = min(max(int(req.MaxBytes), 0), s.o.FetchLimits.MaxBytes)
	f.minBytes = min(int(req.MinBytes), f.maxBytes)
	f.maxWait = min(time.Duration(req.MaxWaitMs)*time.Millisecond, s.o.FetchLimits.MaxWait)
	if err := f.choosePartitions(req, nowMs); err != nil {
		s.fetches.Put(f)
		return nil, err
	}
	return f, nil
}

// readCommitted is the isolation level of consumers that see decided
// transactions only.
const readCommitted = 1

// choosePartitions takes the partitions from the request, from a session, or
// from the request into a new session.
func (f *Fetch) choosePartitions(req *wire.FetchRequest, nowMs int64) error {
	sessions := f.set.sessions
	if f.replica >= 0 && !f.byID {
		return wire.UnsupportedVersion
	}
	f.incremental = req.SessionEpoch != initialSessionEpoch && req.SessionEpoch != finalSessionEpoch
	if f.incremental {
		var err error
		f.session, err = sessions.continueSession(f.img, f.byID, req, nowMs)
		return err
	}
	if req.SessionId != 0 {
		sessions.close(req.SessionId)
	}
	if f.replica >= 0 {
		f.chooseFollowers(req, nowMs)
		return nil
	}
	count := 0
	for i := range req.Topics {
		count += len(req.Topics[i].Partitions)
	}
	if req.SessionEpoch == initialSessionEpoch && sessions.max > 0 {
		if f.session = sessions.create(f.byID, count, nowMs); f.session != nil {
			for i := range req.Topics {
				t := &req.Topics[i]
				for j := range t.Partitions {
					f.session.put(f.img, t, &t.Partitions[j])
				}
			}
			return nil
		}
	}
	f.takeOwn(req, count)
	return nil
}

// takeOwn lists the partitions of a fetch without session.
func (f *Fetch) takeOwn(req *wire.FetchRequest, count int) {
	f.own = resize(f.own, count)
	f.list = partList{}
	n := 0
	for i := range req.Topics {
		t := &req.Topics[i]
		for j := range t.Partitions {
			fp := &f.own[n]
			*fp = FetchPart{Name: t.Topic, ID: t.TopicId, Number: t.Partitions[j].Partition}
			fp.update(&t.Partitions[j])
			f.list.pushBack(fp)
			n++
		}
	}
}

// resize returns s with length n, reusing its memory.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// parts are the partitions to read, in order.
func (f *Fetch) parts() *partList {
	if f.session != nil {
		return &f.session.list
	}
	return &f.list
}

// SessionID is what the answer carries: 0 without a session.
func (f *Fetch) SessionID() int32 {
	if f.session == nil || f.session.list.count == 0 || f.session.id == 0 {
		return 0
	}
	return f.session.id
}

// keepParts is how many partitions' memory a Fetch keeps for the next request.
const keepParts = 1024

// Finish ends the fetch: the session may be used again, slices that were not
// taken are released.
func (f *Fetch) Finish(nowMs int64) {
	f.count()
	f.releaseSlices()
	if f.session != nil {
		f.set.sessions.finish(f.session, nowMs)
		f.session = nil
	}
	clear(f.own)
	clear(f.Results)
	f.Results = f.Results[:0]
	f.img, f.list = nil, partList{}
	clear(f.looks)
	f.looks = f.looks[:0]
	if cap(f.own) > keepParts || cap(f.Results) > keepParts {
		f.own, f.Results, f.waits, f.looks = nil, nil, nil, nil
	}
	f.set.fetches.Put(f)
}

// count adds what the consumer was given to the counts of the topics.
func (f *Fetch) count() {
	if f.replica >= 0 {
		return // replication is not traffic of clients
	}
	for i := range f.Results {
		r := &f.Results[i]
		if r.Part.replica == nil {
			continue
		}
		n := r.Part.replica.topic.counts
		n.FetchRequests.Inc()
		if r.Err != nil {
			n.FailedFetch.Inc()
		}
		n.BytesOut.Add(int64(r.Bytes))
	}
}
