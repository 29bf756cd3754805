package replica

import (
	"strings"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Values of a fetch request's session epoch with a meaning of their own (KIP-227).
const (
	initialSessionEpoch int32 = 0  // a full fetch that wants a session
	finalSessionEpoch   int32 = -1 // a full fetch that wants none
)

// Session is what a consumer or follower need not repeat in each fetch. It belongs to one
// Fetch at a time; between fetches nobody touches it but the cache.
type Session struct {
	id    int32
	byID  bool  // partitions are named by topic id (Fetch 13 and later)
	epoch int32 // the next fetch must carry it
	parts map[partKey]*FetchPart
	list  partList
	// feed is that of a follower's session, nil for consumers. Such a session is
	// that of one process of one broker.
	feed        *feed
	replica     int32
	brokerEpoch int64

	// Guarded by Sessions.mu.
	busy       bool // a fetch is being answered
	removed    bool
	createdMs  int64
	lastUsedMs int64
}

// nextSessionEpoch counts from 1 to 2³¹-1 and begins again.
func nextSessionEpoch(epoch int32) int32 {
	if epoch < 0 {
		return finalSessionEpoch
	}
	if epoch == 1<<31-1 {
		return 1
	}
	return epoch + 1
}

// put adds or updates a partition.
func (s *Session) put(img *metadata.Image, t *wire.FetchRequestFetchTopic, p *wire.FetchRequestFetchPartition) {
	if fp := s.parts[partKey{id: t.TopicId, name: t.Topic, number: p.Partition}]; fp != nil {
		fp.update(p)
		if s.feed != nil {
			s.feed.requeue(fp.watch)
		}
		return
	}
	fp := &FetchPart{Name: lastingName(img, t.Topic), ID: t.TopicId, Number: p.Partition,
		sentWatermark: unknownOffset, sentLogStart: unknownOffset}
	fp.update(p)
	s.parts[fp.key()] = fp
	s.list.pushBack(fp)
	if s.feed != nil {
		fp.watch = &watch{feed: s.feed, part: fp}
		s.feed.requeue(fp.watch)
	}
}

// lastingName returns a topic name that does not alias a request.
func lastingName(img *metadata.Image, name string) string {
	if t := img.TopicByName(name); t != nil {
		return t.Name
	}
	return strings.Clone(name)
}

// forget drops partitions the client does not want any more.
func (s *Session) forget(t *wire.FetchRequestForgottenTopic) {
	for _, number := range t.Partitions {
		key := partKey{id: t.TopicId, name: t.Topic, number: number}
		if fp := s.parts[key]; fp != nil {
			s.list.remove(fp)
			delete(s.parts, key)
			if fp.watch != nil {
				fp.watch.drop()
			}
		}
	}
}

// end takes a follower's session out of the lists of its partitions.
func (s *Session) end() {
	if s.feed == nil {
		return
	}
	for fp := s.list.first; fp != nil; fp = fp.next {
		fp.watch.drop()
	}
}

// report tells whether the partition must be in an incremental answer, and notes
// that the client will then know its state. Partitions with records go to the
// end, so that a small limit reaches all of them in turn.
func (s *Session) report(r *FetchResult) bool {
	fp := r.Part
	if r.Err != nil {
		fp.sentWatermark = unknownOffset // the state is told again when the error is over
		return true
	}
	changed := fp.sentWatermark != r.HighWatermark || fp.sentLogStart != r.LogStart
	fp.sentWatermark, fp.sentLogStart = r.HighWatermark, r.LogStart
	if r.Bytes > 0 && s.feed == nil {
		s.list.remove(fp)
		s.list.pushBack(fp)
	}
	return changed || r.Bytes > 0 || r.Diverging || r.Preferred != noReplica
}
