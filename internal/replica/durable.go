package replica

import (
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/planted"
)

// Flusher makes logs durable; *logdir.Dirs implements it. A Set that has one keeps
// log.durability=fsync: what a replica has counts when its disk has it, the leader's
// own included, so the watermark, acks=all and consumers never see a record that a
// power failure of every broker could take away.
//
// A follower tells what its disk has in the HighWatermark of its fetches (tag 1 of
// version 18, KIP-1166), which says something in fetches of the metadata log only and
// is ignored by Kafka in all others. Its default, the largest number, stands for
// nothing told; such a follower counts for nothing here. No private tag is needed, so
// the codec stays generated from Kafka's definitions.
type Flusher interface {
	// SyncSoon has everything in a log made durable, together with what others ask
	// for, and tells to when it is. It does not block.
	SyncSoon(l *commitlog.Log, to logdir.Waiter)
}

// SetFlusher turns log.durability=fsync on, or with nil off, also while partitions are
// led and followed. When it is turned on, what the leaders' logs have is synced at once
// and counts as soon as it is, and what followers have counts when they have told what
// their disks have.
func (s *Set) SetFlusher(f Flusher) {
	if f == nil {
		s.durable.Store(nil)
	} else {
		s.durable.Store(&f)
	}
	s.All(func(p *Partition) {
		if f != nil {
			p.forgetAcked()
		}
		if p.lead.Load() != nil && p.log.Loaded() {
			p.syncSoon()
			p.advance()
		}
	})
}

// flusher is nil with log.durability=os.
func (s *Set) flusher() Flusher {
	if f := s.durable.Load(); f != nil {
		return *f
	}
	return nil
}

// forgetAcked forgets what of the other replicas counts, until they tell it anew.
func (p *Partition) forgetAcked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.remotes {
		p.remotes[i].ackedOffset = unknownOffset
	}
}

// ackedEnd is the exclusive offset up to which this replica may promise records.
func (p *Partition) ackedEnd() int64 {
	if p.topic.set.flusher() == nil || planted.On(planted.PromiseBeforeFsync) {
		return p.log.EndOffset()
	}
	return p.log.RecoveryPoint()
}

// syncSoon asks for what the leader's log has to be made durable, if that is needed.
// Followers were told of it before: their disks work at the same time.
func (p *Partition) syncSoon() {
	if f := p.topic.set.flusher(); f != nil && p.log.RecoveryPoint() < p.log.EndOffset() {
		f.SyncSoon(p.log, p)
	}
}

// Synced implements logdir.Waiter. After a failed sync nothing is promised: the
// directory is offline.
func (p *Partition) Synced(err error) {
	if err == nil {
		p.advance()
	}
}

// followerSync waits for the logs that one answer of the leader filled.
type followerSync struct {
	done chan error // capacity of all that may be waited for
	n    int
}

// Synced implements logdir.Waiter.
func (w *followerSync) Synced(err error) { w.done <- err }

// syncFilled makes durable what was appended from one answer, before the next
// request says so. Syncing all partitions of the answer together, and nothing more
// being fetched meanwhile, is the follower's group commit.
func (f *fetcher) syncFilled() {
	flusher := f.s.flusher()
	if len(f.filled) == 0 || flusher == nil {
		f.filled = f.filled[:0]
		return
	}
	w := &followerSync{done: make(chan error, len(f.filled))}
	for _, fp := range f.filled {
		w.n++
		flusher.SyncSoon(fp.p.log, w)
	}
	clear(f.filled)
	f.filled = f.filled[:0]
	for ; w.n > 0; w.n-- {
		select {
		case <-w.done: // what failed is not durable, and its log says so
		case <-f.stop:
			return
		}
	}
}

// noteFilled notes that a partition's log may have what its disk has not.
func (f *fetcher) noteFilled(fp *followed) {
	if f.s.flusher() != nil {
		f.filled = append(f.filled, fp)
	}
}

// checkDurability begins the session anew when log.durability has changed: the leader
// has to hear of each partition what counts from now on. What was appended before was
// not noted.
func (f *fetcher) checkDurability() {
	if tells := f.s.flusher() != nil; tells != f.tellsDurable {
		f.tellsDurable = tells
		f.session.reset()
		f.dueAgain()
		for _, fp := range f.parts {
			if tells && fp.p.log.RecoveryPoint() < fp.p.log.EndOffset() {
				f.filled = append(f.filled, fp)
			}
		}
		f.syncFilled()
	}
}

// durableEnd is what a fetch says of the follower's disk.
func (f *fetcher) durableEnd(fp *followed) int64 {
	if !f.tellsDurable {
		return noHighWatermark
	}
	return fp.p.log.RecoveryPoint()
}
