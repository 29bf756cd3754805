package quorum

import (
	"errors"
	"fmt"
	"maps"

	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

var (
	// ErrWrongDirectory means that a raft id speaks from another directory than the
	// one it was first met in: its controller lost its disk and must join again
	// under a new identity.
	ErrWrongDirectory = errors.New("this controller's identity belongs to another metadata directory")
	errMessage        = errors.New("invalid raft message")
)

// Step takes a message of another controller, which speaks from the metadata
// directory from. The transport has authenticated the sender; what the message
// says is checked here, before raft's core, which panics on nonsense, sees it. The
// message must not be changed afterwards.
func (q *Quorum) Step(from wire.UUID, m *raftpb.Message) error {
	if err := checkMessage(m); err != nil {
		return err
	}
	return q.drive(func() error { return q.receiveLocked(from, m) })
}

// receiveLocked checks a message against what this node knows.
func (q *Quorum) receiveLocked(from wire.UUID, m *raftpb.Message) error {
	if q.hard.Lost {
		return ErrLostEntries
	}
	if !q.started || m.GetTo() != q.opts.RaftID || m.GetFrom() == q.opts.RaftID {
		return fmt.Errorf("%w: from %d to %d", errMessage, m.GetFrom(), m.GetTo())
	}
	known, err := q.identifyLocked(from, m)
	if err != nil || !known {
		return err
	}
	switch m.GetType() {
	case raftpb.MsgHeartbeat:
		if m.GetCommit() > q.table.lastIndex() {
			q.lostLocked(m)
			return ErrLostEntries
		}
	case raftpb.MsgAppResp, raftpb.MsgHeartbeatResp:
		if !m.GetReject() && m.GetTerm() == q.hard.Term && m.GetIndex() > q.table.lastIndex() {
			return fmt.Errorf("%w: %d acknowledges entry %d, the last one is %d",
				errMessage, m.GetFrom(), m.GetIndex(), q.table.lastIndex())
		}
		q.heardLocked(m)
	case raftpb.MsgSnap:
		if !q.snapshotReadyLocked(m) {
			return nil
		}
	}
	return q.rn.Step(m)
}

// lostLocked stops all voting: a leader's heartbeat names as committed only what
// this node has acknowledged, so entries it acknowledged are gone. From here on
// nothing is received or answered; when that is on disk, the role ends.
func (q *Quorum) lostLocked(m *raftpb.Message) {
	q.log.Error("the leader counted entries that are not on this disk; this controller stops voting "+
		"and must join again with a new metadata directory",
		"leader", m.GetFrom(), "committed", m.GetCommit(), "last", q.table.lastIndex())
	q.hard.Lost = true
	q.queueLocked(appendWork{lost: true})
}

// identifyLocked ties a raft id to the directory in which it is first met, so that
// a voter that was wiped cannot vote a second time. known is false while the tie is
// being written; the message is held back until then.
func (q *Quorum) identifyLocked(from wire.UUID, m *raftpb.Message) (known bool, err error) {
	id := m.GetFrom()
	dir, bound := q.hard.Bindings[id]
	if member := q.members.find(id); !bound && member != nil && !member.DirectoryID.IsZero() {
		dir, bound = member.DirectoryID, true
	}
	switch {
	case from.IsZero():
		return false, fmt.Errorf("%w: no directory id", errMessage)
	case bound && dir == from:
		return true, nil
	case bound:
		return false, fmt.Errorf("%w: raft id %d is bound to %v and speaks from %v", ErrWrongDirectory, id, dir, from)
	}
	if b := q.binding[id]; b != nil {
		if b.dir == from && len(b.held) < maxHeld {
			b.held = append(b.held, m)
		}
		return false, nil
	}
	if len(q.hard.Bindings)+len(q.binding) >= maxBindings {
		return false, fmt.Errorf("%w: too many identities", errMessage)
	}
	b := &binding{raftID: id, dir: from, held: []*raftpb.Message{m}}
	q.binding[id] = b
	q.queueLocked(appendWork{bind: b})
	return false, nil
}

// maxHeld bounds the messages that wait for a first contact to be written; raft
// repeats what is lost.
const maxHeld = 16

// boundLocked steps the messages that waited for a first contact to be durable.
func (q *Quorum) boundLocked(b *binding) {
	delete(q.binding, b.raftID)
	bindings := maps.Clone(q.hard.Bindings)
	bindings[b.raftID] = b.dir
	q.hard.Bindings = bindings
	q.share = true
	for _, m := range b.held {
		if err := q.receiveLocked(b.dir, m); err != nil {
			q.log.Debug("a raft message was dropped", "err", err)
		}
	}
}

// checkMessage refuses what no controller sends, and what raft's core would panic
// on, as far as the message alone tells.
func checkMessage(m *raftpb.Message) error {
	switch m.GetType() {
	case raftpb.MsgApp, raftpb.MsgAppResp, raftpb.MsgVote, raftpb.MsgVoteResp, raftpb.MsgPreVote,
		raftpb.MsgPreVoteResp, raftpb.MsgHeartbeat, raftpb.MsgHeartbeatResp, raftpb.MsgSnap, raftpb.MsgTimeoutNow:
	default:
		return fmt.Errorf("%w: type %v", errMessage, m.GetType())
	}
	if m.GetFrom() == 0 || m.GetFrom() >= 1<<63 || m.GetTerm() == 0 || m.GetTerm() > maxTerm || m.GetLogTerm() > maxTerm {
		return fmt.Errorf("%w: from %d, term %d, log term %d", errMessage, m.GetFrom(), m.GetTerm(), m.GetLogTerm())
	}
	if m.GetIndex() > maxIndex || m.GetCommit() > maxIndex || m.GetRejectHint() > maxIndex {
		return fmt.Errorf("%w: index %d, commit %d", errMessage, m.GetIndex(), m.GetCommit())
	}
	if m.GetType() != raftpb.MsgApp && len(m.GetEntries()) > 0 {
		return fmt.Errorf("%w: %v with entries", errMessage, m.GetType())
	}
	if m.GetType() == raftpb.MsgSnap {
		return checkSnapshotMessage(m)
	}
	return checkEntries(m)
}

// checkEntries wants whole, storable entries without a gap.
func checkEntries(m *raftpb.Message) error {
	term := m.GetLogTerm()
	for i, e := range m.GetEntries() {
		if e.GetIndex() != m.GetIndex()+1+uint64(i) || e.GetTerm() < term || e.GetTerm() > m.GetTerm() {
			return fmt.Errorf("%w: entry %d of term %d after entry %d", errMessage, e.GetIndex(), e.GetTerm(), m.GetIndex()+uint64(i))
		}
		if err := checkEntry(e); err != nil {
			return err
		}
		term = e.GetTerm()
	}
	return nil
}

func checkSnapshotMessage(m *raftpb.Message) error {
	md := m.GetSnapshot().GetMetadata()
	if md.GetIndex() == 0 || md.GetIndex() > maxIndex || md.GetTerm() == 0 || md.GetTerm() > m.GetTerm() {
		return fmt.Errorf("%w: snapshot at index %d, term %d", errMessage, md.GetIndex(), md.GetTerm())
	}
	if _, err := snapshotIDOf(m.GetSnapshot()); err != nil {
		return fmt.Errorf("%w: %w", errMessage, err)
	}
	return nil
}
