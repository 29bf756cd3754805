package quorum

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/shard"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
	"google.golang.org/protobuf/proto"
)

var (
	// ErrChangePending means that an earlier change of the controllers is not
	// committed yet, or that another learner has not been promoted yet.
	ErrChangePending = errors.New("another change of the controllers is under way")
	// ErrNotCaughtUp means that a learner does not hold the log yet.
	ErrNotCaughtUp = errors.New("the controller has not caught up with the log")
	// ErrUnknownMember means that nobody of the quorum has that raft id.
	ErrUnknownMember = errors.New("no such controller in the quorum")
	// ErrMemberExists means that the raft id is in the quorum already.
	ErrMemberExists = errors.New("the controller is in the quorum already")
	// ErrLastVoter means that a quorum cannot lose its only voter.
	ErrLastVoter = errors.New("the only voter cannot be removed")
)

// confWait is a change of the configuration whose fate is open.
type confWait struct {
	index uint64
	term  uint64
	done  func(err error)
}

// AddLearner lets a controller receive the log without a vote; only one at a time.
// done is called once, and must not block: with nil when the change is committed,
// shard.ErrUnknownOutcome when leadership was lost before that was known, or the
// reason why nothing happened.
func (q *Quorum) AddLearner(m Member, done func(err error)) {
	m.Learner = true
	q.change(done, func() (raftpb.ConfChangeType, uint64, members, error) {
		if q.members.find(m.RaftID) != nil {
			return 0, 0, nil, ErrMemberExists
		}
		if len(q.members) > q.members.voters() {
			return 0, 0, nil, ErrChangePending
		}
		return raftpb.ConfChangeAddLearnerNode, m.RaftID, q.members.with(m), nil
	})
}

// Promote gives a learner that has caught up a vote. done is as for AddLearner.
func (q *Quorum) Promote(raftID uint64, done func(err error)) {
	q.change(done, func() (raftpb.ConfChangeType, uint64, members, error) {
		old := q.members.find(raftID)
		if old == nil || !old.Learner {
			return 0, 0, nil, ErrUnknownMember
		}
		if !q.caughtUpLocked(raftID) {
			return 0, 0, nil, ErrNotCaughtUp
		}
		m := *old
		m.Learner = false
		return raftpb.ConfChangeAddNode, raftID, q.members.with(m), nil
	})
}

// Remove takes a controller out of the quorum. done is as for AddLearner. A leader
// that removes itself steps down when the change is committed.
func (q *Quorum) Remove(raftID uint64, done func(err error)) {
	q.change(done, func() (raftpb.ConfChangeType, uint64, members, error) {
		old := q.members.find(raftID)
		if old == nil {
			return 0, 0, nil, ErrUnknownMember
		}
		if !old.Learner && q.members.voters() == 1 {
			return 0, 0, nil, ErrLastVoter
		}
		return raftpb.ConfChangeRemoveNode, raftID, q.members.without(raftID), nil
	})
}

func (q *Quorum) caughtUpLocked(raftID uint64) bool {
	caughtUp := false
	q.rn.WithProgress(func(id uint64, _ raft.ProgressType, pr tracker.Progress) {
		if id == raftID {
			caughtUp = pr.State == tracker.StateReplicate && pr.Match >= q.applied
		}
	})
	return caughtUp
}

// change proposes what plan says, under the mutex.
func (q *Quorum) change(done func(err error), plan func() (raftpb.ConfChangeType, uint64, members, error)) {
	err := q.drive(func() error {
		if q.activeLocked() == 0 {
			return shard.ErrNotLeader
		}
		typ, raftID, ms, err := plan()
		if err != nil {
			return err
		}
		return q.proposeConfLocked(typ, raftID, ms, done)
	})
	if err != nil {
		done(err)
	}
}

// proposeConfLocked proposes one step. The table must hold everything raft has.
func (q *Quorum) proposeConfLocked(typ raftpb.ConfChangeType, raftID uint64, ms members, done func(err error)) error {
	if q.confWait != nil {
		return ErrChangePending
	}
	if err := ms.check(); err != nil {
		return err
	}
	cc := &raftpb.ConfChangeV2{
		Changes: []*raftpb.ConfChangeSingle{{Type: typ.Enum(), NodeId: new(raftID)}},
		Context: ms.append(nil),
	}
	if err := q.rn.ProposeConfChange(cc); err != nil {
		return appendError(err)
	}
	q.confWait = &confWait{index: q.table.lastIndex() + 1, term: q.hard.Term, done: done}
	return nil
}

// decideConfLocked ends the wait for a change when an entry is applied at its
// index. Raft puts an empty entry where it refuses a change.
func (q *Quorum) decideConfLocked(e *raftpb.Entry) {
	w := q.confWait
	switch {
	case w == nil || e.GetIndex() < w.index:
	case e.GetTerm() != w.term:
		q.endConfLocked(shard.ErrNotLeader)
	case e.GetType() != raftpb.EntryConfChangeV2:
		q.endConfLocked(ErrChangePending)
	default:
		q.endConfLocked(nil)
	}
}

// endConfLocked tells who waits for the change under way, if there is one.
func (q *Quorum) endConfLocked(err error) {
	w := q.confWait
	q.confWait = nil
	if w != nil && w.done != nil {
		q.effects.calls = append(q.effects.calls, call{w.done, err})
	}
}

// applyConfLocked brings a committed change of the configuration into force.
func (q *Quorum) applyConfLocked(e *raftpb.Entry) {
	cc, ms, err := parseConfChange(e.GetData())
	if err != nil {
		panic(fmt.Sprintf("BUG: entry %d was stored and cannot be applied: %v", e.GetIndex(), err))
	}
	cs, want := q.rn.ApplyConfChange(cc), ms.confState()
	if !proto.Equal(sortedConf(cs), sortedConf(want)) {
		panic(fmt.Sprintf("BUG: entry %d leads to %v and says %v", e.GetIndex(), cs, want))
	}
	q.members = ms
	q.history = append(q.history, confAt{index: e.GetIndex(), members: ms})
	if !q.ticking {
		q.rearmLocked()
	}
	q.log.Info("the quorum's controllers changed", "voters", cs.GetVoters(), "learners", cs.GetLearners())
}

// shareDirectoriesLocked writes the directories of voters whom the initial
// configuration does not name, and whom the leader has met, into the log. Followers
// never speak with each other, so without it one of them could take a wiped voter's
// new directory for the first one.
func (q *Quorum) shareDirectoriesLocked() {
	q.share = false
	if q.activeLocked() == 0 || q.confWait != nil {
		return // tried again with the next entry that is applied
	}
	ms, met := q.members, uint64(0)
	for _, m := range q.members {
		dir := q.hard.Bindings[m.RaftID]
		if m.RaftID == q.opts.RaftID {
			dir = q.opts.DirectoryID
		}
		if m.DirectoryID.IsZero() && !dir.IsZero() {
			m.DirectoryID, met = dir, m.RaftID
			ms = ms.with(m)
		}
	}
	if met == 0 {
		return
	}
	if err := q.proposeConfLocked(raftpb.ConfChangeUpdateNode, met, ms, nil); err != nil {
		q.log.Debug("the controllers' directories are not written yet", "err", err)
	}
}
