package console

import (
	"context"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// ages remembers the timestamps of records at bookmarks, which change only when
// the bookmarks move.
type ages struct {
	mu    sync.Mutex
	known map[recordPlace]int64
}

type recordPlace struct {
	tp
	offset int64
}

const maxAges = 5000

// recordAges tells how long ago the records at some places were written, as far
// as that can be had soon.
func (k *cluster) recordAges(ctx context.Context, want map[tp]int64) map[tp]view.Millis {
	found := map[tp]view.Millis{}
	now := k.now().UnixMilli()
	byTopic := map[string][]fetchAsk{}
	k.ages.mu.Lock()
	if len(k.ages.known) > maxAges {
		k.ages.known = nil
	}
	for p, offset := range want {
		if at, ok := k.ages.known[recordPlace{p, offset}]; ok {
			found[p] = view.Millis(max(0, now-at))
			continue
		}
		byTopic[p.topic] = append(byTopic[p.topic], fetchAsk{p.partition, offset})
	}
	k.ages.mu.Unlock()
	m := k.meta.newest.Load()
	if m == nil || len(byTopic) == 0 {
		return found
	}
	const patience = time.Second
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for topic, asks := range byTopic {
		t := m.topics[topic]
		if t == nil {
			continue
		}
		f := &fetcher{k: k, topic: t, maxBytes: 1, control: true}
		for number, got := range f.round(asking, asks) {
			if got.err != nil || len(got.records) == 0 {
				continue
			}
			at := got.records[0].Timestamp.UnixMilli()
			p := tp{topic, number}
			found[p] = view.Millis(max(0, now-at))
			k.ages.put(recordPlace{p, want[p]}, at)
		}
	}
	return found
}

func (a *ages) put(p recordPlace, at int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[recordPlace]int64{}
	}
	a.known[p] = at
}
