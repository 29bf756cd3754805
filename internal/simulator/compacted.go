package simulator

import (
	"maps"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// lastValue is the newest record of a key.
type lastValue struct {
	offset int64
	value  string
}

// checkCompacted is I22 for the topic that is compacted: each replica has the newest
// value of each key, and that is not older than what was acknowledged.
func (w *world) checkCompacted() {
	t := w.newest().TopicByName(keyedTopic)
	if t == nil {
		return
	}
	mp := t.Partition(0)
	var newest map[string]lastValue
	for _, id := range append([]int32{mp.Leader}, mp.Replicas...) {
		part, err := w.node(id).proc.replicas.FindByID(w.newest(), t.ID, 0)
		if err != nil {
			w.fail("%s on %d: %v", keyedTopic, id, err)
			return
		}
		last, err := lastValues(part)
		switch {
		case err != nil:
			w.fail("%s on %d cannot be read: %v", keyedTopic, id, err)
		case newest == nil:
			newest = last
		case !maps.Equal(newest, last):
			w.fail("I22 compaction: %s on %d has other newest values than its leader %d: %v and %v", keyedTopic, id, mp.Leader, last, newest)
		}
	}
	at := w.seen.at(t.Name, t.ID, 0)
	for _, p := range w.seen.h.Produces {
		if p.Outcome != history.OK || p.Partition != at {
			continue
		}
		key := w.clients.keys[p.Value]
		if last, ok := newest[key]; !ok || last.offset < p.Offset || last.offset == p.Offset && last.value != p.Value {
			w.fail("I22 compaction: %s was acknowledged for %s at %d, the newest is %v", p.Value, key, p.Offset, last)
		}
	}
}

// lastValues reads a log.
func lastValues(part *replica.Partition) (map[string]lastValue, error) {
	all := map[string]lastValue{}
	log := part.Log()
	end := part.HighWatermark()
	for next := log.StartOffset(); next < end; {
		s, err := log.Read(next, 1<<20, end, true)
		if err != nil || s.Len() == 0 {
			return all, err
		}
		b, err := s.Bytes()
		next = s.NextOffset
		s.Release()
		if err != nil {
			return all, err
		}
		at := int64(0)
		err = eachRecordOf(b, 0, func(_ batch.Header, r batch.Record) {
			all[string(r.Key)] = lastValue{r.Offset, string(r.Value)}
		}, &at)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}
