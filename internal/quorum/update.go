package quorum

import (
	"slices"

	"github.com/brolga-io/brolga/internal/shard"
	"go.etcd.io/raft/v3/raftpb"
)

// Update notes where a voter is reached from now on (KIP-853, UpdateVoter). done is
// called once, and must not block: with nil as soon as the change is in the leader's
// log, as in Kafka, or right away if nothing changes; else with the reason.
func (q *Quorum) Update(raftID uint64, endpoints []Endpoint, done func(err error)) {
	err := q.drive(func() error {
		if q.activeLocked() == 0 {
			return shard.ErrNotLeader
		}
		old := q.members.find(raftID)
		switch {
		case old == nil || old.Learner:
			return ErrUnknownMember
		case slices.Equal(old.Endpoints, endpoints):
			return nil
		}
		m := *old
		m.Endpoints = slices.Clone(endpoints)
		return q.proposeConfLocked(raftpb.ConfChangeUpdateNode, raftID, q.members.with(m), nil)
	})
	done(err)
}
