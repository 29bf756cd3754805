package quorum

import (
	"time"

	"go.etcd.io/raft/v3"
)

// maxProposals bounds of how many entries under way it is remembered when they were
// appended.
const maxProposals = 1024

// proposal is an entry of this leader that is not committed yet.
type proposal struct {
	index uint64
	began time.Time
}

// measure is what the metrics need to know of the past.
type measure struct {
	proposals     []proposal // oldest first
	electionBegan time.Time  // zero while nobody is being elected
	counted       int32      // the newest epoch whose leader was counted
}

func (q *Quorum) noteProposalLocked(index uint64) {
	if len(q.measure.proposals) < maxProposals {
		q.measure.proposals = append(q.measure.proposals, proposal{index, q.opts.Clock.Now()})
	}
}

// noteCommitLocked measures the entries that are committed now.
func (q *Quorum) noteCommitLocked() {
	done := 0
	var now time.Time
	for _, p := range q.measure.proposals {
		if p.index > q.applied {
			break
		}
		if done == 0 {
			now = q.opts.Clock.Now()
		}
		q.opts.Metrics.Commits.Observe(now, now.Sub(p.began))
		done++
	}
	q.measure.proposals = append(q.measure.proposals[:0], q.measure.proposals[done:]...)
}

// noteStateLocked follows elections: one begins when the leader is lost, or this node
// stands, and ends when there is one.
func (q *Quorum) noteStateLocked() {
	if q.state != raft.StateLeader {
		q.measure.proposals = q.measure.proposals[:0]
	}
	began := &q.measure.electionBegan
	switch {
	case q.lead == 0 && began.IsZero():
		*began = q.opts.Clock.Now()
	case q.lead != 0 && !began.IsZero():
		now := q.opts.Clock.Now()
		q.opts.Metrics.Elections.Observe(now, now.Sub(*began))
		*began = time.Time{}
	}
	if q.lead != 0 {
		q.countLeaderLocked(int32(q.hard.Term))
	}
}

// countLeaderLocked counts the leader of an epoch once.
func (q *Quorum) countLeaderLocked(epoch int32) {
	if epoch > q.measure.counted {
		q.measure.counted = epoch
		q.opts.Metrics.NewLeaders.Inc()
	}
}

// noteRecordsLocked counts records that came into the log.
func (q *Quorum) noteRecordsLocked(n int64) {
	if n == 0 {
		return
	}
	rate := &q.opts.Metrics.Fetched
	if q.state == raft.StateLeader {
		rate = &q.opts.Metrics.Appended
	}
	rate.Add(q.opts.Clock.Now(), float64(n))
}

// noteBusy counts the time since began as work.
func (q *Quorum) noteBusy(began time.Time) {
	now := q.opts.Clock.Now()
	q.opts.Metrics.Busy.Add(now, now.Sub(began).Seconds())
}
