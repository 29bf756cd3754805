package console

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// endsPart is where partitions begin and end at a moment. It is not changed once
// made.
type endsPart struct {
	at       time.Time
	startsAt time.Time
	topics   map[string][]partitionEnds // by partition number
	in       float64                    // records per second, all topics
}

type partitionEnds struct {
	start, end int64 // -1: not known
	in         float64
	err        error
}

// startsAge is how old the beginnings of partitions may be: they move seldom.
const startsAge = 10 * time.Second

// askEnds asks every leader for the ends of its partitions.
func (k *cluster) askEnds(ctx context.Context, prev *endsPart) (*endsPart, error) {
	m := k.meta.fresh(ctx, k.now, 2*time.Second)
	if m == nil {
		return nil, errors.Join(k.meta.problem(), context.DeadlineExceeded)
	}
	ends, starts := map[tp]int64{}, map[tp]int64{}
	now := k.now()
	allStarts := k.startsMoved.Swap(false) || prev == nil || now.Sub(prev.startsAt) > startsAge
	for _, t := range m.topics {
		for p, meta := range t.partitions {
			if meta.leader < 0 {
				continue
			}
			ends[tp{t.name, int32(p)}] = atEnd
			if allStarts || prev.of(t.name, int32(p)).start < 0 {
				starts[tp{t.name, int32(p)}] = atStart
			}
		}
	}
	first := k.listOffsets(ctx, 0, starts)
	last := k.listOffsets(ctx, 0, ends)
	e := &endsPart{at: now, startsAt: now, topics: make(map[string][]partitionEnds, len(m.topics))}
	if !allStarts {
		e.startsAt = prev.startsAt
	}
	for _, t := range m.topics {
		list := make([]partitionEnds, len(t.partitions))
		for p := range list {
			at := tp{t.name, int32(p)}
			list[p] = nextEnds(prev.of(t.name, int32(p)), first, last, at, prev.age(now))
			e.in += list[p].in
		}
		e.topics[t.name] = list
	}
	return e, nil
}

// nextEnds is what is known of a partition after an answer.
func nextEnds(was partitionEnds, first, last map[tp]listed, at tp, passed time.Duration) partitionEnds {
	now := was
	if s, ok := first[at]; ok && s.err == nil {
		now.start = s.offset
	}
	l, ok := last[at]
	switch {
	case !ok:
		now.err = kerr.LeaderNotAvailable
	case l.err != nil:
		now.err = l.err
	default:
		now.err, now.end = nil, l.offset
		now.in = smoothRate(was.in, was.end, l.offset, passed)
	}
	return now
}

// rateMemory is the time constant with which a rate follows.
const rateMemory = 4 * time.Second

// smoothRate brings a rate up to date after a counter moved. A counter that was
// not known, or went back, tells nothing.
func smoothRate(rate float64, was, now int64, passed time.Duration) float64 {
	if was < 0 || now < was || passed <= 0 {
		return 0
	}
	weight := 1 - math.Exp(-passed.Seconds()/rateMemory.Seconds())
	rate += (float64(now-was)/passed.Seconds() - rate) * weight
	if rate < 0.005 {
		return 0
	}
	return math.Round(rate*1000) / 1000
}

// of finds a partition; one that is not known has -1 for its ends.
func (e *endsPart) of(topic string, partition int32) partitionEnds {
	if e != nil {
		if list := e.topics[topic]; int(partition) < len(list) && partition >= 0 {
			return list[partition]
		}
	}
	return partitionEnds{start: -1, end: -1}
}

func (e *endsPart) age(now time.Time) time.Duration {
	if e == nil {
		return 0
	}
	return now.Sub(e.at)
}

// records is how many offsets a topic has; ok is false where a partition is not
// known.
func (e *endsPart) records(topic string, partitions int) (n int64, in float64, ok bool) {
	ok = true
	for p := range partitions {
		ends := e.of(topic, int32(p))
		in += ends.in
		if ends.start < 0 || ends.end < 0 {
			ok = false
			continue
		}
		n += max(0, ends.end-ends.start)
	}
	return n, in, ok
}

// partitionError names the partition in which something failed.
func partitionError(topic string, partition int32, err error) error {
	f, _ := explain(err)
	named := *f
	named.message = fmt.Sprintf("Partition %d of %s: %s", partition, clip(topic, 249), f.message)
	return &named
}

// forgetStarts makes the next question ask for all beginnings: records were
// deleted.
func (k *cluster) forgetStarts() { k.startsMoved.Store(true) }
