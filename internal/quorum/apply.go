package quorum

import (
	"errors"
	"fmt"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

const (
	// maxLed is of how many leaderships of its own this node remembers the end.
	maxLed = 4
	// cacheBytes is how much of the stored log is kept in memory beside what is
	// not applied yet, for followers that are a little behind.
	cacheBytes = 512 << 10
)

// applyLocked makes committed entries, which are on disk, visible. It does no I/O:
// observers read the log themselves.
func (q *Quorum) applyLocked(m *raftpb.Message) {
	for _, e := range m.GetEntries() {
		if e.GetIndex() != q.applied+1 {
			panic(fmt.Sprintf("BUG: entry %d is to be applied after %d", e.GetIndex(), q.applied))
		}
		if e.GetType() == raftpb.EntryConfChangeV2 {
			q.applyConfLocked(e)
		}
		q.applied = e.GetIndex()
		q.high = q.table.endOffset(q.applied)
		q.unsnapped += q.table.bytes(e.GetIndex(), e.GetIndex())
		q.commitLocked(e.GetTerm())
		q.decideConfLocked(e)
	}
	q.noteCommitLocked()
	for _, resp := range m.GetResponses() {
		q.stepLocked(resp)
	}
	// What is applied is on disk; what is not applied must stay cached.
	q.table.trimCache(q.applied+1, cacheBytes)
	q.effects.committed, q.share = true, true
	q.wakeObserversLocked()
	q.campaignLocked()
}

// commitLocked moves on what each leadership of this node knows. An entry of a
// newer term ends it: from there on the log is another leader's.
func (q *Quorum) commitLocked(term uint64) {
	for i := range q.led {
		l := &q.led[i]
		if uint64(l.epoch) < term {
			l.ended = true
		}
		if !l.ended {
			l.committed = q.high
		}
	}
}

// stepLocked gives raft the answer of one of its local threads. A node that was removed
// while it wrote is not asked any more what it has.
func (q *Quorum) stepLocked(m *raftpb.Message) {
	if err := q.rn.Step(m); err != nil && !errors.Is(err, raft.ErrStepPeerNotFound) {
		panic(fmt.Sprintf("BUG: raft refuses its own %v: %v", m.GetType(), err))
	}
}

// confAtLocked is the configuration in force at an applied index.
func (q *Quorum) confAtLocked(index uint64) members {
	for i := len(q.history) - 1; i >= 0; i-- {
		if q.history[i].index <= index {
			return q.history[i].members
		}
	}
	panic(fmt.Sprintf("BUG: no configuration is known for entry %d", index))
}
