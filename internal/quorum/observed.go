package quorum

import (
	"cmp"
	"slices"
	"time"

	"go.etcd.io/raft/v3"
)

// maxObserved bounds the observers that a leader remembers.
const maxObserved = 1000

// observedFor is how long an observer that does not fetch any more is shown, as in
// Kafka.
const observedFor = 5 * time.Minute

// ObserverID tells observers apart.
type ObserverID struct {
	NodeID      int32
	DirectoryID [16]byte
}

// observed is what the leader knows of an observer.
type observed struct {
	offset     int64
	fetchedMs  int64
	caughtUpMs int64 // -1 if never
}

// Observed notes that an observer has everything below an offset. Only the leader
// remembers it, for DescribeQuorum.
func (q *Quorum) Observed(id ObserverID, offset int64) {
	if id.NodeID < 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state != raft.StateLeader {
		q.observedBy = nil
		return
	}
	now := q.opts.Clock.Now().UnixMilli()
	o, known := q.observedBy[id]
	if !known {
		if len(q.observedBy) >= maxObserved {
			return
		}
		if q.observedBy == nil {
			q.observedBy = make(map[ObserverID]observed)
		}
		o.caughtUpMs = -1
	}
	if o.offset, o.fetchedMs = offset, now; offset >= q.high {
		o.caughtUpMs = now
	}
	q.observedBy[id] = o
}

// observersLocked lists the observers that fetched lately, by node id.
func (q *Quorum) observersLocked() []ReplicaStatus {
	if q.state != raft.StateLeader {
		return nil
	}
	oldest := q.opts.Clock.Now().Add(-observedFor).UnixMilli()
	var out []ReplicaStatus
	for id, o := range q.observedBy {
		if o.fetchedMs < oldest {
			delete(q.observedBy, id)
			continue
		}
		r := ReplicaStatus{LogEndOffset: o.offset, LastFetchMs: o.fetchedMs, LastCaughtUpMs: o.caughtUpMs}
		r.NodeID, r.DirectoryID = id.NodeID, id.DirectoryID
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b ReplicaStatus) int { return cmp.Compare(a.NodeID, b.NodeID) })
	return out
}
