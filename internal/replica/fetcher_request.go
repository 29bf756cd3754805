package replica

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// fetcherSession is the follower's side of its fetch session (KIP-227).
type fetcherSession struct {
	id    int32
	epoch int32
	count int // partitions the leader has in it
}

func (s *fetcherSession) reset() { *s = fetcherSession{} }

// answered takes over what the leader's answer says of the session. A leader that
// has no room for one answers full fetches only.
func (s *fetcherSession) answered(resp *wire.FetchResponse) {
	if s.epoch == initialSessionEpoch {
		s.id = resp.SessionId
	}
	s.epoch = nextSessionEpoch(s.epoch)
	if s.id == 0 {
		s.epoch = initialSessionEpoch
	}
}

// buildRequest asks for what is due, in the session. The leader holds the request
// for as long as nothing happens, but no longer than until a resting partition has
// its next try.
func (f *fetcher) buildRequest(rest time.Duration) {
	f.checkDurability()
	c, req := &f.s.o.Replication, &f.req
	wait := c.WaitMax
	if rest > 0 {
		wait = min(wait, max(rest, time.Millisecond))
	}
	if f.session.id == 0 && f.session.count > 0 {
		f.session.reset()
		f.dueAgain()
	}
	req.SetDefaults()
	req.ReplicaState = wire.FetchRequestReplicaState{ReplicaId: f.s.o.BrokerID, ReplicaEpoch: f.s.o.BrokerEpoch()}
	req.MaxWaitMs = int32(wait.Milliseconds())
	req.MinBytes, req.MaxBytes = c.FetchMinBytes, c.ResponseMaxBytes
	req.SessionId, req.SessionEpoch = f.session.id, f.session.epoch
	req.Topics, req.ForgottenTopicsData = req.Topics[:0], req.ForgottenTopicsData[:0]
	for _, fp := range f.forget {
		f.forgetPart(fp)
	}
	clear(f.forget)
	f.forget = f.forget[:0]
	for _, fp := range f.due {
		f.askFor(fp)
	}
	clear(f.due)
	f.due = f.due[:0]
}

// askFor puts a partition into the request.
func (f *fetcher) askFor(fp *followed) {
	fp.isDue = false
	if !fp.inSession {
		fp.inSession = true
		f.session.count++
	}
	fp.toldStart = fp.p.log.StartOffset()
	req := &f.req
	if n := len(req.Topics); n == 0 || req.Topics[n-1].TopicId != fp.p.topic.ID {
		req.Topics = extend(req.Topics)
		t := &req.Topics[n]
		t.TopicId, t.Partitions = fp.p.topic.ID, t.Partitions[:0]
	}
	t := &req.Topics[len(req.Topics)-1]
	t.Partitions = append(t.Partitions, wire.FetchRequestFetchPartition{
		Partition: fp.p.number, CurrentLeaderEpoch: fp.role.epoch, FetchOffset: fp.offset, LastFetchedEpoch: fp.lastEpoch,
		LogStartOffset: fp.toldStart, PartitionMaxBytes: f.s.o.Replication.FetchMaxBytes,
		HighWatermark: f.durableEnd(fp),
	})
}

// noHighWatermark is the default of a field that only the metadata quorum uses
// (KIP-1166).
const noHighWatermark = 1<<63 - 1

func (f *fetcher) forgetPart(fp *followed) {
	req := &f.req
	if req.SessionEpoch == initialSessionEpoch {
		return // what a full request does not name is not in the session
	}
	if n := len(req.ForgottenTopicsData); n == 0 || req.ForgottenTopicsData[n-1].TopicId != fp.p.topic.ID {
		req.ForgottenTopicsData = extend(req.ForgottenTopicsData)
		t := &req.ForgottenTopicsData[n]
		t.TopicId, t.Partitions = fp.p.topic.ID, t.Partitions[:0]
	}
	t := &req.ForgottenTopicsData[len(req.ForgottenTopicsData)-1]
	t.Partitions = append(t.Partitions, fp.p.number)
}

// extend makes s one longer and keeps what its memory held before.
func extend[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var zero T
	return append(s, zero)
}

// makeDue has the next request say where the partition is.
func (f *fetcher) makeDue(fp *followed) {
	if !fp.isDue {
		fp.isDue = true
		f.due = append(f.due, fp)
	}
}

// dueAgain makes everything due, because the session is lost.
func (f *fetcher) dueAgain() {
	f.forget = f.forget[:0]
	for _, fp := range f.parts {
		fp.inSession = false
		if fp.located && !fp.resting {
			f.makeDue(fp)
		}
	}
	slices.SortFunc(f.due, func(a, b *followed) int { return comparePartitions(a.p, b.p) })
}

// comparePartitions orders partitions by topic id, so that requests with many name
// each topic once, and a request does not depend on chance.
func comparePartitions(a, b *Partition) int {
	return cmp.Or(bytes.Compare(a.topic.ID[:], b.topic.ID[:]), cmp.Compare(a.number, b.number))
}

// drop takes a partition out of everything.
func (f *fetcher) drop(fp *followed) {
	if fp.isDue {
		f.due = without(f.due, fp)
		fp.isDue = false
	}
	if fp.resting {
		f.resting = without(f.resting, fp)
		fp.resting = false
	}
	if fp.inSession {
		fp.inSession = false
		f.session.count--
		f.forget = append(f.forget, fp)
	}
}

func without(list []*followed, fp *followed) []*followed {
	for i := range list {
		if list[i] == fp {
			list[i] = list[len(list)-1]
			list[len(list)-1] = nil
			return list[:len(list)-1]
		}
	}
	return list
}
