package console

import (
	"slices"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// history keeps an hour of numbers for charts: a point each few seconds.
type history struct {
	mu      sync.Mutex
	in      ring
	out     ring
	inBytes ring
	lag     ring
	byGroup map[string]*groupHistory
}

type groupHistory struct {
	lag, members, out ring
	partitions        map[tp]*ring
	seen              time.Time
}

const (
	historyStep      = 5 * time.Second
	historyPoints    = 720 // an hour
	maxHistoryGroups = 500
	maxHistoryParts  = 64 // of each group
)

func newHistory() *history { return &history{byGroup: map[string]*groupHistory{}} }

// ring is one line of a chart.
type ring struct {
	times  []view.Millis
	values []float64
}

// add puts a point behind the last, or in its place where that is too close to
// the one before.
func (r *ring) add(at time.Time, value float64) {
	now := view.Millis(at.UnixMilli())
	n := len(r.times)
	if n > 1 && r.times[n-1]-r.times[n-2] < view.Millis(historyStep.Milliseconds()) {
		r.times[n-1], r.values[n-1] = now, value
		return
	}
	if n >= historyPoints {
		r.times, r.values = slices.Delete(r.times, 0, historyPoints/10), slices.Delete(r.values, 0, historyPoints/10)
	}
	r.times, r.values = append(r.times, now), append(r.values, value)
}

func (r *ring) series() view.Series {
	return view.Series{Times: slices.Clone(r.times), Values: slices.Clone(r.values)}
}

// largest is the largest value since a time.
func (r *ring) largest(since view.Millis) float64 {
	most := 0.0
	for i, at := range r.times {
		if at >= since {
			most = max(most, r.values[i])
		}
	}
	return most
}

// endsLearnt notes how much is written.
func (k *cluster) endsLearnt(_, now *endsPart) {
	k.changes.Add(1)
	h := k.history
	bytes, known := 0.0, false
	if d := k.dirs.newest.Load(); d != nil {
		known = true
		for _, rate := range d.in {
			bytes += rate
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.in.add(now.at, now.in)
	if known {
		h.inBytes.add(now.at, bytes)
	}
}

// groups notes how far groups are behind.
func (h *history) groups(e *endsPart, g *groupsPart) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all, out := 0.0, 0.0
	for name, s := range g.groups {
		lag := float64(max(0, s.lag(e, "")))
		all += lag
		out += s.out()
		gh := h.byGroup[name]
		if gh == nil {
			if len(h.byGroup) >= maxHistoryGroups {
				continue
			}
			gh = &groupHistory{partitions: map[tp]*ring{}}
			h.byGroup[name] = gh
		}
		gh.add(g.at, s, e, lag)
	}
	h.lag.add(g.at, all)
	h.out.add(g.at, out)
	for name, gh := range h.byGroup {
		if g.at.Sub(gh.seen) > time.Hour {
			delete(h.byGroup, name)
		}
	}
}

func (gh *groupHistory) add(at time.Time, s *groupState, e *endsPart, lag float64) {
	gh.seen = at
	gh.lag.add(at, lag)
	gh.members.add(at, float64(len(s.members)))
	gh.out.add(at, s.out())
	for p, c := range s.commits {
		l, ok := lagOf(e.of(p.topic, p.partition), c.offset)
		r := gh.partitions[p]
		if !ok || r == nil && (l == 0 || len(gh.partitions) >= maxHistoryParts) {
			continue
		}
		if r == nil {
			r = &ring{}
			gh.partitions[p] = r
		}
		r.add(at, float64(l))
	}
}

// trendWindow is how far back a trend looks.
const trendWindow = time.Minute

// trend says where the lag of a group is going: the last third of a minute
// against the first.
func (gh *groupHistory) trend() view.Trend {
	n := len(gh.lag.times)
	if n < 3 {
		return view.TrendUnknown
	}
	from := n - 1
	for from > 0 && gh.lag.times[n-1]-gh.lag.times[from-1] <= view.Millis(trendWindow.Milliseconds()) {
		from--
	}
	values := gh.lag.values[from:]
	third := max(1, len(values)/3)
	before, now := mean(values[:third]), mean(values[len(values)-third:])
	margin := max(1, before*0.02)
	switch {
	case now > before+margin:
		return view.TrendGrowing
	case now < before-margin:
		return view.TrendFalling
	}
	return view.TrendSteady
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

// trendOf is the trend of a group by name.
func (h *history) trendOf(group string) view.Trend {
	h.mu.Lock()
	defer h.mu.Unlock()
	if gh := h.byGroup[group]; gh != nil {
		return gh.trend()
	}
	return view.TrendUnknown
}
