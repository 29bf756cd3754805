package quorum

import (
	"fmt"
	"runtime/debug"

	"github.com/brolga-io/brolga/internal/shard"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

// drive is the only way to raft's core: it calls fn under the mutex, takes out what
// raft wants done, and does what must be done without the mutex.
func (q *Quorum) drive(fn func() error) error {
	q.mu.Lock()
	err := q.driveLocked(fn)
	q.noteActiveLocked()
	fx := q.effects
	q.effects = effects{}
	listeners := q.listeners
	q.mu.Unlock()
	q.perform(fx, listeners)
	return err
}

// driveLocked catches what raft and we ourselves panic with: a broken invariant
// ends this node's part in the quorum, and the process goes on without it.
func (q *Quorum) driveLocked(fn func() error) (err error) {
	if q.failed != nil {
		return q.failed
	}
	if q.stopped {
		return ErrClosed
	}
	defer func() {
		if r := recover(); r != nil {
			q.log.Error("the quorum gave up on a bug", "err", r, "stack", string(debug.Stack()))
			q.failLocked(fmt.Errorf("BUG in the metadata quorum: %v", r))
			err = q.failed
		}
	}()
	err = fn()
	q.pumpLocked()
	if q.share {
		q.shareDirectoriesLocked()
		q.pumpLocked()
	}
	return err
}

// pumpLocked takes out everything raft wants done.
func (q *Quorum) pumpLocked() {
	for q.failed == nil && q.rn != nil && q.rn.HasReady() {
		q.readyLocked(q.rn.Ready())
	}
}

// readyLocked takes over one round of what raft wants done.
func (q *Quorum) readyLocked(rd raft.Ready) {
	if !raft.IsEmptyHardState(rd.HardState) {
		q.hard.Term, q.hard.Vote, q.hard.Commit = rd.GetTerm(), rd.GetVote(), rd.GetCommit()
		if q.hard.Term > maxTerm {
			panic("BUG: raft's terms are used up")
		}
	}
	if rd.SoftState != nil {
		q.lead, q.state = rd.SoftState.Lead, rd.SoftState.RaftState
		q.noteStateLocked()
	}
	q.leadershipLocked()
	var restore *snapshotHeader
	if !raft.IsEmptySnap(rd.Snapshot) {
		restore = q.restoreLocked(rd.Snapshot)
	}
	firstBase := q.appendLocked(rd.Entries)
	for _, rs := range rd.ReadStates {
		q.confirmedLocked(rs.RequestCtx)
	}
	for _, m := range rd.Messages {
		switch m.GetTo() {
		case raft.LocalAppendThread:
			q.queueLocked(appendWork{msg: m, base: firstBase, restore: restore})
		case raft.LocalApplyThread:
			q.applyLocked(m)
		default:
			q.effects.send = append(q.effects.send, m)
		}
	}
}

// appendLocked brings new entries into the table, behind a cut tail if they
// replace something, and returns the base offset of the first one.
func (q *Quorum) appendLocked(entries []*raftpb.Entry) int64 {
	if len(entries) == 0 {
		return q.table.end
	}
	first := entries[0].GetIndex()
	if first <= q.table.lastIndex() {
		if first <= q.applied {
			panic(fmt.Sprintf("BUG: entry %d would replace an applied one, applied %d", first, q.applied))
		}
		q.table.truncate(first)
	}
	if first != q.table.lastIndex()+1 {
		panic(fmt.Sprintf("BUG: entry %d after entry %d", first, q.table.lastIndex()))
	}
	base := q.table.end
	for _, e := range entries {
		size, records := mustMeasure(e)
		q.table.append(e, size, records)
	}
	q.noteRecordsLocked(q.table.end - base)
	return base
}

// queueLocked gives the append loop something to do.
func (q *Quorum) queueLocked(w appendWork) {
	q.pending = append(q.pending, w)
	select {
	case q.work <- struct{}{}:
	default:
	}
}

// leadershipLocked notes a leadership that begins, and ends what one that has
// ended leaves.
func (q *Quorum) leadershipLocked() {
	epoch := int32(q.hard.Term)
	if q.state == raft.StateLeader && (len(q.led) == 0 || q.led[len(q.led)-1].epoch != epoch) {
		if len(q.led) == maxLed {
			q.led = append(q.led[:0], q.led[1:]...)
		}
		q.led = append(q.led, leadership{epoch: epoch, committed: q.high})
		q.progress = map[uint64]*followerTimes{}
	}
	if q.state != raft.StateLeader {
		q.dropReadsLocked()
		q.endConfLocked(shard.ErrUnknownOutcome)
		q.handedLocked()
	}
}

// noteActiveLocked sees to it that the role learns of a change.
func (q *Quorum) noteActiveLocked() {
	if active := q.activeLocked(); active != q.active {
		q.active, q.effects.role = active, true
	}
}

// handedLocked tells Close that leadership has left this node.
func (q *Quorum) handedLocked() {
	if q.handed != nil {
		close(q.handed)
		q.handed = nil
	}
}

// activeLocked is the epoch in which this node is the active controller, or 0. It
// is not, as long as an entry of its own term has not been applied: only then is
// everything older known to be committed.
func (q *Quorum) activeLocked() int32 {
	if q.state != raft.StateLeader || q.closing || q.stopped || q.failed != nil {
		return 0
	}
	if term, _ := q.table.term(q.applied); term != q.hard.Term {
		return 0
	}
	return int32(q.hard.Term)
}

// perform does what must not be done under the mutex.
func (q *Quorum) perform(fx effects, listeners []func()) {
	if len(fx.send) > 0 && q.opts.Transport != nil {
		q.opts.Transport.Send(fx.send)
	}
	for _, c := range fx.calls {
		c.done(c.err)
	}
	if fx.role {
		q.tellRole()
	}
	if fx.committed {
		for _, fn := range listeners {
			fn()
		}
	}
	if fx.failure != nil && q.opts.Failed != nil {
		q.opts.Failed(fx.failure)
	}
}

// tellRole tells the role what it does not know yet. Several goroutines may come
// here at once; each tells what is true when its turn comes.
func (q *Quorum) tellRole() {
	q.roleMu.Lock()
	defer q.roleMu.Unlock()
	q.mu.Lock()
	active := q.activeLocked()
	q.mu.Unlock()
	switch {
	case active == q.told:
		return
	case active == 0:
		q.opts.Role.Resign()
	default:
		q.opts.Role.Lead(active)
	}
	q.told = active
}

// fail ends this node's part in the quorum.
func (q *Quorum) fail(err error) {
	q.drive(func() error {
		q.failLocked(err)
		return nil
	})
}

func (q *Quorum) failLocked(err error) {
	if q.failed != nil {
		return
	}
	q.failed = err
	q.state, q.lead = raft.StateFollower, 0
	q.effects.failure = err
	q.dropReadsLocked()
	q.endConfLocked(shard.ErrUnknownOutcome)
	q.handedLocked()
	if q.ticker != nil {
		q.ticker.Stop()
	}
}
