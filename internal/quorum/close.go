package quorum

import (
	"github.com/brolga-io/brolga/internal/shard"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/tracker"
)

// Close ends this node's part in the quorum. A leader that is not alone first stops
// deciding and hands leadership to the follower that is furthest, which takes an
// election timeout at most. Then the log is closed so that the next start has
// nothing to recover. The transport must not deliver or fetch for long any more.
func (q *Quorum) Close() error {
	q.mu.Lock()
	if q.closing {
		q.mu.Unlock()
		return nil
	}
	q.closing = true
	q.mu.Unlock()
	q.handOver()
	q.mu.Lock()
	q.stopped = true
	if q.ticker != nil {
		q.ticker.Stop()
	}
	q.dropReadsLocked()
	q.endConfLocked(shard.ErrUnknownOutcome)
	fx := q.effects
	q.effects = effects{}
	for _, ob := range q.observers {
		close(ob.stop)
	}
	q.observers = nil
	clean := q.failed == nil
	q.mu.Unlock()
	q.perform(fx, nil)
	close(q.stop)
	if q.mirrors() {
		q.opts.Source.Close()
	}
	q.running.Wait()
	return q.disk.close(clean)
}

// handOver tells the role to resign and transfers leadership, if there is somebody
// to take it and is there until it did.
func (q *Quorum) handOver() {
	var handed chan struct{}
	q.drive(func() error {
		to := q.successorLocked()
		if to == 0 {
			return nil
		}
		handed = make(chan struct{})
		q.handed, q.handingTo = handed, to
		q.rn.TransferLeader(to)
		return nil
	})
	q.tellRole()
	if handed == nil {
		return
	}
	late := make(chan struct{})
	timer := q.opts.Clock.AfterFunc(q.opts.electionTimeout(), func() { close(late) })
	select {
	case <-handed:
	case <-late:
	}
	timer.Stop()
}

// successorLocked is the voter that holds most of the log, or 0.
func (q *Quorum) successorLocked() uint64 {
	if q.state != raft.StateLeader {
		return 0
	}
	var best, bestMatch uint64
	q.rn.WithProgress(func(id uint64, typ raft.ProgressType, pr tracker.Progress) {
		if id != q.opts.RaftID && typ == raft.ProgressTypePeer && pr.RecentActive && pr.Match >= bestMatch {
			best, bestMatch = id, pr.Match
		}
	})
	return best
}

func (q *Quorum) isStopped() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stopped || q.closing
}
