package replica

import (
	"time"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// replicaOf returns the broker that sent a fetch as a follower; negative for
// consumers and tools.
func replicaOf(req *wire.FetchRequest) int32 {
	if req.ReplicaState.ReplicaId != noReplica {
		return req.ReplicaState.ReplicaId
	}
	return req.ReplicaId
}

// chooseFollowers puts the partitions of a follower's full fetch into a session:
// one that is kept, unless the follower wants none or is no broker that is known.
func (f *Fetch) chooseFollowers(req *wire.FetchRequest, nowMs int64) {
	s := f.set
	delay := watermarkDelay
	if s.o.Replication.RackAware {
		delay = 0 // consumers wait for followers' watermarks
	}
	if req.SessionEpoch == initialSessionEpoch && f.img.Broker(f.replica) != nil {
		f.session = s.sessions.createFollower(f.replica, f.brokerEpoch, delay, nowMs)
	} else {
		f.session = newFollowerSession(f.replica, f.brokerEpoch, delay)
	}
	for i := range req.Topics {
		t := &req.Topics[i]
		for j := range t.Partitions {
			f.session.put(f.img, t, &t.Partitions[j])
		}
	}
}

// runFollower answers a follower: with records, errors or a divergence at once,
// with new watermarks soon, else when the wait is over. Only partitions that have
// something to tell are looked at.
func (f *Fetch) runFollower(stop <-chan struct{}) {
	fd := f.session.feed
	fd.heardMs.Store(f.set.monotonicMs())
	begin := time.Now()
	for expired := false; ; {
		done, news, left := f.look(begin, expired)
		if done {
			break
		}
		if fd.park(left, news) {
			select {
			case <-fd.wake:
			case <-fd.timer.C:
				expired = true
			case <-stop:
				expired = true
			}
			fd.unpark()
		}
		f.releaseSlices()
	}
	f.keepLooked()
}

// look reads what may have something to tell and says whether the answer leaves now,
// or else whether there are new watermarks and how long it may be held.
func (f *Fetch) look(begin time.Time, expired bool) (done, news bool, left time.Duration) {
	f.looks, f.held = f.session.feed.take(f.looks), 0
	bytes, urgent, news := f.readLooks()
	left = f.set.followerWait(f.maxWait) - time.Since(begin)
	if f.held > 0 && f.held < left {
		left = f.held
	}
	done = urgent || bytes >= max(f.minBytes, 1) || expired || left <= 0 || !f.incremental && f.session.list.count == 0
	return done, news, left
}

// readLooks reads the partitions that may have something to tell. news says that
// one has a new watermark or log start.
func (f *Fetch) readLooks() (bytes int, urgent, news bool) {
	clear(f.Results)
	f.Results = f.Results[:0]
	for _, w := range f.looks {
		fp := w.part
		f.Results = append(f.Results, FetchResult{
			Part: fp, Preferred: noReplica, HighWatermark: unknownOffset, LastStable: unknownOffset, LogStart: unknownOffset,
		})
		r := &f.Results[len(f.Results)-1]
		r.Err = f.readLook(r, w, f.maxBytes-bytes, bytes == 0)
		urgent = urgent || r.Err != nil || r.Diverging
		news = news || r.HighWatermark != fp.sentWatermark || r.LogStart != fp.sentLogStart
		bytes += r.Bytes
	}
	return bytes, urgent, news
}

// readLook reads one partition for a follower, up to the end of the log. Before the
// first read it takes note of what the follower has.
func (f *Fetch) readLook(r *FetchResult, w *watch, limit int, first bool) error {
	fp := w.part
	p, err := f.resolve(fp)
	if err != nil {
		return err
	}
	w.listen(p)
	l, err := p.leaderFor(fp.leaderEpoch)
	if err != nil {
		return err
	}
	if err := p.log.Load(); err != nil {
		return err
	}
	r.LogStart = p.log.StartOffset()
	if fp.fresh {
		if err := f.meet(r, p, l); err != nil || r.Diverging {
			return err
		}
		fp.fresh = false
	}
	r.HighWatermark = p.HighWatermark()
	end := p.log.EndOffset()
	if fp.offset >= end || limit <= 0 && !first {
		return nil
	}
	if p.throttles(f.replica) {
		if held := f.set.leaderThrottle.wait(); held > 0 {
			f.held = held
			return nil
		}
	}
	limit = max(min(limit, int(fp.maxBytes)), 0)
	if r.Records, err = p.log.Read(fp.offset, limit, end, first); err != nil {
		return p.report(err)
	}
	r.Bytes = r.Records.Len()
	return nil
}

// meet compares where a follower is with the leader's log, and takes note of it if
// it is on the same line.
func (f *Fetch) meet(r *FetchResult, p *Partition, l *leadership) error {
	fp := r.Part
	if f.brokerEpoch < f.set.brokerEpochOf(f.replica) {
		return wire.StaleBrokerEpoch // of a process that was replaced (KIP-903)
	}
	if !p.hasRemote(f.replica) {
		// The follower may know of its assignment earlier than this leader.
		return ErrUnknownEpoch
	}
	end := p.log.EndOffset()
	if fp.offset < r.LogStart {
		return ErrOffsetOutOfRange
	}
	if fp.lastEpoch >= 0 && !planted.On(planted.DivergenceUnnoticed) {
		epoch, endOffset := p.log.EndOffsetForEpoch(fp.lastEpoch)
		if endOffset == unknownOffset {
			return ErrOffsetOutOfRange
		}
		if epoch < fp.lastEpoch || endOffset < fp.offset {
			r.Diverging, r.Epoch, r.EndOffset = true, epoch, endOffset
			return nil
		}
	}
	if fp.offset > end {
		return ErrOffsetOutOfRange
	}
	p.noteFetch(l, &fetchNote{replica: f.replica, brokerEpoch: f.brokerEpoch, endOffset: fp.offset,
		durable: fp.durable, logStart: fp.logStart, feed: f.session.feed})
	return nil
}

// keepLooked drops the results without anything to tell, and lets partitions that
// were not read to their end be looked at again.
func (f *Fetch) keepLooked() {
	kept := f.Results[:0]
	for i := range f.Results {
		r := &f.Results[i]
		w := r.Part.watch
		w.looked = false
		if r.Bytes > 0 && r.Part.replica.throttles(f.replica) {
			f.set.leaderThrottle.passed(r.Bytes)
		}
		if r.Err == nil && r.Bytes == 0 && !r.Diverging && r.Part.offset < r.Part.replica.log.EndOffset() {
			w.feed.requeue(w)
		}
		if f.session.report(r) || !f.incremental {
			kept = append(kept, *r)
		}
	}
	clear(f.Results[len(kept):])
	f.Results = kept
}

func (p *Partition) hasRemote(id int32) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return find(p.remotes, id) != nil
}

// After this broker began to lead, followers' fetches wait for hurryWait only, for
// hurryTime: a follower that hears of it while its fetch is held here could not ask
// for the partitions that are new to it, and their records would not be
// acknowledged meanwhile.
const (
	hurryTime = time.Second
	hurryWait = 20 * time.Millisecond
)

// followerWait is how long a follower's fetch may be held.
func (s *Set) followerWait(wait time.Duration) time.Duration {
	if s.monotonicMs() < s.hurryMs.Load() {
		return min(wait, hurryWait)
	}
	return wait
}

// hurryFollowers answers followers' fetches early for a while.
func (s *Set) hurryFollowers() {
	now := s.monotonicMs()
	if until := now + hurryTime.Milliseconds(); s.hurryMs.Swap(until) < now+hurryWait.Milliseconds() {
		s.sessions.followers(func(session *Session) { session.feed.hurry() })
	}
}
