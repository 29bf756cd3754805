package replica

import (
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// fetcher copies the partitions that it was given from one leader broker, over one
// connection and in one fetch session: request, answer, request.
type fetcher struct {
	s    *Set
	key  fetcherKey
	conn Leader
	stop chan struct{}

	mu      sync.Mutex
	inbox   []order
	stopped bool
	wake    chan struct{} // capacity 1

	// Of the goroutine.
	parts   map[partKey]*followed
	due     []*followed // their place or epoch is not known to the leader yet
	resting []*followed // failed, and wait for their next try
	forget  []*followed // in the leader's session, to be taken out
	filled  []*followed // got records with this answer
	shorter []*followed // begin later since this answer
	session fetcherSession
	// tellsDurable: the session tells the leader what the disk has.
	tellsDurable bool
	failed       backoff // of the connection
	req          wire.FetchRequest
	resp         wire.FetchResponse
}

// order tells a fetcher to follow a partition in a role, or no longer if that is
// nil.
type order struct {
	p    *Partition
	role *followership
}

func newFetcher(s *Set, key fetcherKey) *fetcher {
	f := &fetcher{s: s, key: key, conn: s.o.Connect(key.leader), stop: make(chan struct{}),
		wake: make(chan struct{}, 1), parts: make(map[partKey]*followed)}
	f.failed.max = s.o.Replication.BackoffMax
	return f
}

func (f *fetcher) add(p *Partition, role *followership) { f.send(order{p, role}) }
func (f *fetcher) remove(p *Partition)                  { f.send(order{p, nil}) }

func (f *fetcher) send(o order) {
	f.mu.Lock()
	f.inbox = append(f.inbox, o)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// close ends the goroutine and a fetch that is under way.
func (f *fetcher) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.stopped {
		f.stopped = true
		close(f.stop)
		f.conn.Close()
	}
}

func (f *fetcher) runFetcher() {
	timer := time.NewTimer(0)
	<-timer.C
	defer timer.Stop()
	for {
		select {
		case <-f.stop:
			return
		default:
		}
		ask, wait := f.prepare()
		if ask {
			f.answered(f.conn.Fetch(&f.req, &f.resp))
			continue
		}
		timer.Reset(wait)
		select {
		case <-f.stop:
			return
		case <-f.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// prepare makes the next request. When there is nothing to ask for now, or the
// connection rests, it tells for how long instead.
func (f *fetcher) prepare() (ask bool, wait time.Duration) {
	f.takeOrders()
	rest := f.wakeResting()
	f.syncFilled()
	if f.session.count+len(f.due) > 0 && f.failed.over() {
		f.buildRequest(rest)
		return true, 0
	}
	wait = time.Hour
	if rest > 0 {
		wait = rest
	}
	if left := f.failed.left(); left > 0 {
		wait = min(wait, left)
	}
	return false, wait
}

// takeOrders takes over what Apply decided since.
func (f *fetcher) takeOrders() {
	f.mu.Lock()
	orders := f.inbox
	f.inbox = nil
	f.mu.Unlock()
	for _, o := range orders {
		key := partKey{id: o.p.topic.ID, number: o.p.number}
		fp := f.parts[key]
		if fp != nil && fp.p != o.p {
			f.drop(fp) // the topic's directory was made anew
			fp = nil
		}
		switch {
		case o.role == nil && fp != nil:
			f.drop(fp)
			delete(f.parts, key)
		case o.role != nil && fp == nil:
			fp = &followed{p: o.p, role: o.role}
			fp.backoff.max = f.s.o.Replication.BackoffMax
			f.parts[key] = fp
			f.begin(fp)
		case o.role != nil:
			// What the leader told in the role before may not have been taken, and it
			// does not tell the same again within the session.
			f.drop(fp)
			fp.role = o.role
			f.begin(fp)
		}
	}
}

// begin finds out where the log is and has it fetched from there.
func (f *fetcher) begin(fp *followed) {
	fp.backoff.reset()
	f.locate(fp)
}

// locate finds out where the log ends; a log that does not tell rests.
func (f *fetcher) locate(fp *followed) {
	end, epoch, err := fp.p.log.BeginFollowing(fp.role.epoch)
	if err != nil {
		f.failPart(fp, fp.p.report(err))
		return
	}
	fp.offset, fp.lastEpoch, fp.located = end, epoch, true
	if planted.On(planted.TruncateToWatermark) {
		f.cut(fp, fp.p.HighWatermark(), fp.p.log.TruncateForLeader)
	}
	f.noteFilled(fp)     // what was recovered may not be on the disk
	fp.p.HighWatermark() // so that it is known from now on
	f.makeDue(fp)
}

// answered ends a round: the answer is in f.resp, unless there is an error instead.
func (f *fetcher) answered(err error) {
	if err == nil && f.resp.ErrorCode != wire.None {
		err = f.resp.ErrorCode
	}
	if err != nil {
		f.session.reset()
		f.dueAgain()
		if err == wire.FetchSessionIdNotFound || err == wire.InvalidFetchSessionEpoch {
			return // a new one is made with the next request
		}
		f.failed.fail()
		f.log(err)
		return
	}
	f.failed.reset()
	f.session.answered(&f.resp)
	f.handle()
	f.saveStarts()
	f.syncFilled()
}

// log tells of a leader that cannot be reached, once until it can.
func (f *fetcher) log(err error) {
	select {
	case <-f.stop:
		return
	default:
	}
	if f.failed.times == 1 {
		f.s.log.Warn("Fetching from a leader failed and is tried again", "broker", f.key.leader, "err", err)
	}
}

// handle takes over the answer, partition by partition.
func (f *fetcher) handle() {
	for i := range f.resp.Responses {
		t := &f.resp.Responses[i]
		for j := range t.Partitions {
			d := &t.Partitions[j]
			fp := f.parts[partKey{id: t.TopicId, number: d.PartitionIndex}]
			if fp != nil && fp.inSession && fp.p.follow.Load() == fp.role {
				f.handlePart(fp, d)
			}
		}
	}
}
