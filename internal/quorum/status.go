package quorum

import (
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// Status is what DescribeQuorum answers (KIP-595). Only the leader knows the
// progress of the others.
type Status struct {
	// LeaderID is the node id of the leader, -1 if unknown; LeaderEpoch is the
	// newest epoch this node knows.
	LeaderID      int32
	LeaderEpoch   int32
	HighWatermark int64
	LogEndOffset  int64
	LogEndEpoch   int32
	// State is one of Kafka's names: leader, follower, candidate, prospective,
	// unattached, observer.
	State string
	// Vote is the node id which this one voted for in the epoch, -1 if none; and its
	// directory.
	Vote          int32
	VoteDirectory wire.UUID
	// Changing: a change of the voters is not committed yet, on the leader.
	Changing bool
	// Voters and Learners hold everybody of the configuration in force.
	Voters, Learners []ReplicaStatus
	// Observers are those who fetched the log lately, as the leader knows them.
	Observers []ReplicaStatus
}

// ReplicaStatus is one controller's progress as the leader sees it.
type ReplicaStatus struct {
	Member
	// LogEndOffset is up to where it has acknowledged the log, -1 if unknown.
	LogEndOffset int64
	// LastFetchMs and LastCaughtUpMs are wall-clock times: when it was last heard
	// of, and when it last held everything the leader held. -1 if never; the
	// leader's own are now.
	LastFetchMs, LastCaughtUpMs int64
}

// followerTimes is when the leader heard of a follower.
type followerTimes struct {
	lastHeard, lastCaughtUp time.Time
	snapshotTicks           int // how long it has been taking in a snapshot
}

func (q *Quorum) timesLocked(raftID uint64) *followerTimes {
	t := q.progress[raftID]
	if t == nil {
		t = &followerTimes{}
		q.progress[raftID] = t
	}
	return t
}

// heardLocked notes the answer of a follower.
func (q *Quorum) heardLocked(m *raftpb.Message) {
	if q.state != raft.StateLeader || q.members.find(m.GetFrom()) == nil {
		return
	}
	t := q.timesLocked(m.GetFrom())
	t.lastHeard = q.opts.Clock.Now()
	if m.GetType() == raftpb.MsgAppResp && !m.GetReject() && m.GetIndex() >= q.table.lastIndex() {
		t.lastCaughtUp = t.lastHeard
	}
}

// Status describes the quorum.
func (q *Quorum) Status() Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	st := Status{LeaderID: -1, LeaderEpoch: int32(q.hard.Term), HighWatermark: q.high, LogEndOffset: q.table.end}
	if m := q.members.find(q.lead); m != nil {
		st.LeaderID = m.NodeID
	}
	if q.mirrors() {
		st.LeaderID = q.leaderNode
	}
	q.describeLocked(&st)
	match := map[uint64]uint64{}
	if q.state == raft.StateLeader && q.failed == nil {
		q.rn.WithProgress(func(id uint64, _ raft.ProgressType, pr tracker.Progress) { match[id] = pr.Match })
	}
	for _, m := range q.members {
		r := q.replicaStatusLocked(m, match)
		if m.Learner {
			st.Learners = append(st.Learners, r)
		} else {
			st.Voters = append(st.Voters, r)
		}
	}
	st.Observers = q.observersLocked()
	return st
}

// describeLocked tells of this node itself.
func (q *Quorum) describeLocked(st *Status) {
	term, _ := q.table.term(q.table.lastIndex())
	st.LogEndEpoch, st.Vote, st.Changing, st.State = int32(term), -1, q.confWait != nil, "follower"
	if m := q.members.find(q.hard.Vote); m != nil {
		st.Vote, st.VoteDirectory = m.NodeID, m.DirectoryID
		if m.RaftID == q.opts.RaftID {
			st.VoteDirectory = q.opts.DirectoryID
		}
	}
	switch {
	case q.mirrors():
		st.State = "observer"
	case q.state == raft.StateLeader:
		st.State = "leader"
	case q.state == raft.StateCandidate:
		st.State = "candidate"
	case q.state == raft.StatePreCandidate:
		st.State = "prospective"
	case q.lead == 0:
		st.State = "unattached"
	}
}

func (q *Quorum) replicaStatusLocked(m Member, match map[uint64]uint64) ReplicaStatus {
	r := ReplicaStatus{Member: m, LogEndOffset: -1, LastFetchMs: -1, LastCaughtUpMs: -1}
	if m.DirectoryID.IsZero() {
		r.DirectoryID = q.hard.Bindings[m.RaftID]
	}
	if m.RaftID == q.opts.RaftID {
		r.DirectoryID = q.opts.DirectoryID
		r.LogEndOffset = q.table.end
		r.LastFetchMs = shard.WallMs(q.opts.Clock)
		r.LastCaughtUpMs = r.LastFetchMs
		return r
	}
	index, known := match[m.RaftID]
	if !known {
		return r
	}
	r.LogEndOffset = 0
	if index >= q.table.anchor.index && index <= q.table.lastIndex() && index > 0 {
		r.LogEndOffset = q.table.endOffset(index)
	}
	t := q.timesLocked(m.RaftID)
	if !t.lastHeard.IsZero() {
		r.LastFetchMs = t.lastHeard.UnixMilli()
	}
	if !t.lastCaughtUp.IsZero() {
		r.LastCaughtUpMs = t.lastCaughtUp.UnixMilli()
	}
	return r
}

// Leader is the node id of the leader and its epoch; -1 and the newest epoch that
// this node knows while nobody leads.
func (q *Quorum) Leader() (nodeID, epoch int32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.mirrors() {
		return q.leaderNode, max(q.leaderEpoch, int32(q.hard.Term))
	}
	nodeID, epoch = -1, int32(q.hard.Term)
	if m := q.members.find(q.lead); m != nil {
		nodeID = m.NodeID
	}
	return nodeID, epoch
}

// Members is the configuration in force, ordered by raft id.
func (q *Quorum) Members() []Member {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.members)
}

// LogBytesSinceSnapshot is how much log has been committed since the newest
// snapshot: the node takes another one after 20 MB, or after an hour.
func (q *Quorum) LogBytesSinceSnapshot() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.unsnapped
}
