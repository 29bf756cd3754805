package quorum

import (
	"slices"
	"time"

	"go.etcd.io/raft/v3"
)

const (
	// rankPause is how long each controller lets those before it go first when the
	// leader has died.
	rankPause = 50 * time.Millisecond
	// deadTries is how often it then stands for election: another one that has not
	// noticed yet does not answer the first time.
	deadTries    = 3
	deadTryPause = 150 * time.Millisecond
)

// LeaderDead is told that a controller's process is gone for certain. If that was
// the leader, it is forgotten at once, which lets this node vote for another, and
// the controllers stand for election one after the other instead of waiting for an
// election timeout.
func (q *Quorum) LeaderDead(raftID uint64) {
	rank := -1
	_ = q.drive(func() error { // a quorum that is over elects nobody
		if raftID == 0 || raftID != q.lead || raftID == q.opts.RaftID {
			return nil
		}
		q.log.Info("The leader of the metadata quorum has died", "raftId", raftID)
		rank = q.rankLocked(raftID)
		return q.rn.ForgetLeader()
	})
	if rank >= 0 {
		q.standAfter(time.Duration(rank)*rankPause, deadTries)
	}
}

// rankLocked is this node's place among the voters without the dead one, or -1.
func (q *Quorum) rankLocked(dead uint64) int {
	var left []uint64
	for _, m := range q.members {
		if !m.Learner && m.RaftID != dead {
			left = append(left, m.RaftID)
		}
	}
	return slices.Index(left, q.opts.RaftID)
}

// standAfter lets this node stand for election after a while if there is still no
// leader then, and again while there is none.
func (q *Quorum) standAfter(d time.Duration, tries int) {
	if tries == 0 {
		return
	}
	q.opts.Clock.AfterFunc(d, func() {
		again := false
		_ = q.drive(func() error {
			if again = q.lead == 0 && q.state != raft.StateLeader; again {
				return q.rn.Campaign()
			}
			return nil
		})
		if again {
			q.standAfter(deadTryPause, tries-1)
		}
	})
}
