package quorum

import (
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/tracker"
)

// snapshotPatienceTicks is how long a leader waits for a follower to take in a
// snapshot before it probes it again. The follower fetches the file by itself, so
// nothing but its progress tells how far it is.
const snapshotPatienceTicks = 200

// tick moves raft's clock and sets the timer again. A timer that rings late counts
// as one tick. A lone leader has nobody to hear from and needs no clock.
func (q *Quorum) tick(rang bool) {
	q.drive(func() error {
		if rang && !q.hard.Lost {
			q.rn.Tick()
			q.releaseSnapshotsLocked()
		}
		return nil
	})
	q.mu.Lock()
	defer q.mu.Unlock()
	q.rearmLocked()
}

func (q *Quorum) rearmLocked() {
	if q.stopped || q.failed != nil {
		return
	}
	d := time.Duration(q.opts.TickMs) * time.Millisecond
	switch {
	case q.aloneLocked() && q.state == raft.StateLeader:
		q.ticking = false
		return
	case q.ticker == nil:
		q.ticker = q.opts.Clock.AfterFunc(d, func() { q.tick(true) })
	default:
		q.ticker.Reset(d)
	}
	q.ticking = true
}

// releaseSnapshotsLocked lets raft probe followers again that have been taking in a
// snapshot for long.
func (q *Quorum) releaseSnapshotsLocked() {
	if q.state != raft.StateLeader {
		return
	}
	var stuck []uint64
	q.rn.WithProgress(func(id uint64, _ raft.ProgressType, pr tracker.Progress) {
		t := q.timesLocked(id)
		if pr.State != tracker.StateSnapshot {
			t.snapshotTicks = 0
			return
		}
		if t.snapshotTicks++; t.snapshotTicks >= snapshotPatienceTicks {
			t.snapshotTicks = 0
			stuck = append(stuck, id)
		}
	})
	for _, id := range stuck {
		q.rn.ReportSnapshot(id, raft.SnapshotFailure)
	}
}
