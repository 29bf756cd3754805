package console

import (
	"context"
	"errors"
	"math"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// A poller's pace follows the interest and the cost.
func TestPollerPace(t *testing.T) {
	for name, c := range map[string]struct {
		watched bool
		cost    time.Duration
		least   int64 // questions in ten minutes
		most    int64
	}{
		"watched":            {true, 0, 595, 605},
		"not watched":        {false, 0, 58, 62},
		"watched and costly": {true, 2 * time.Second, 95, 105}, // rests four seconds
		"costly":             {false, 2 * time.Second, 13, 16}, // rests forty seconds
		"very costly":        {false, 9 * time.Second, 8, 10},  // rests a minute
		"watched and cheap":  {true, 10 * time.Millisecond, 585, 605},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int64
				p := newPoller(time.Second, 10*time.Second, func(context.Context, *int) (*int, error) {
					asked.Add(1)
					time.Sleep(c.cost)
					return new(int), nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				p.run(ctx, time.Now, func() bool { return c.watched })
				if n := asked.Load(); n < c.least || n > c.most {
					t.Errorf("asked %d times in ten minutes", n)
				}
			})
		})
	}
}

// Who waits gets the answer to a question asked after them, and not longer than
// they like.
func TestPollerFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var failing error
		p := newPoller(time.Hour, time.Hour, func(context.Context, *int) (*int, error) {
			n++
			now := n
			return &now, failing
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go p.run(ctx, time.Now, func() bool { return true })
		if v := p.fresh(t.Context(), time.Now, time.Second); v == nil || *v < 1 {
			t.Fatal("no answer")
		}
		time.Sleep(2 * time.Second)
		before := n
		if v := p.fresh(t.Context(), time.Now, time.Second); *v != before+1 {
			t.Errorf("an old answer: %d", *v)
		}
		if v := p.fresh(t.Context(), time.Now, time.Second); *v != before+1 {
			t.Errorf("it was asked again at once: %d", *v)
		}
		failing = errors.New("down")
		p.refresh(t.Context())
		if p.problem() == nil || *p.newest.Load() != before+1 {
			t.Error("a failure hides what was known")
		}
		time.Sleep(time.Minute)
		if v := p.fresh(t.Context(), time.Now, time.Second); v == nil {
			t.Error("a failing poller hides what was known")
		}
		cancel()
		synctest.Wait()
		short, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		p.refresh(short) // nobody asks any more: it ends with its context
	})
}

func TestSmoothRate(t *testing.T) {
	rate := 0.0
	for second := range 60 {
		rate = smoothRate(rate, int64(second*100), int64(second*100+100), time.Second)
	}
	if math.Abs(rate-100) > 0.1 {
		t.Errorf("after a minute of 100 a second the rate is %f", rate)
	}
	for range 60 {
		rate = smoothRate(rate, 6000, 6000, time.Second)
	}
	if rate != 0 {
		t.Errorf("after a minute of silence the rate is %f", rate)
	}
	for _, was := range []int64{-1, 7000} {
		if r := smoothRate(5, was, 6000, time.Second); r != 0 {
			t.Errorf("from %d: %f", was, r)
		}
	}
}

func TestRingAndTrend(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_000)
	gh := &groupHistory{}
	for i := range 2 * historyPoints * int(historyStep/time.Second) {
		gh.lag.add(at.Add(time.Duration(i)*time.Second), float64(i))
	}
	if n := len(gh.lag.times); n > historyPoints || n < historyPoints*8/10 {
		t.Errorf("%d points", n)
	}
	for i := 2; i < len(gh.lag.times); i++ {
		if gap := gh.lag.times[i-1] - gh.lag.times[i-2]; gap < view.Millis(historyStep.Milliseconds()) {
			t.Fatalf("points %d ms apart", gap)
		}
	}
	for want, values := range map[view.Trend][]float64{
		view.TrendGrowing: {10, 20, 30, 40, 50, 60}, view.TrendFalling: {60, 50, 40, 30, 20, 0},
		view.TrendSteady: {50, 50, 51, 50, 49, 50}, view.TrendUnknown: {5},
	} {
		gh := &groupHistory{}
		for i, v := range values {
			gh.lag.add(at.Add(time.Duration(i)*historyStep), v)
		}
		if got := gh.trend(); got != want {
			t.Errorf("%v: %s, not %s", values, got, want)
		}
	}
}

// Whatever a query says, it is read or refused.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"q=a&limit=5&desc=true", "partitions=1&partitions=2&offset=9223372036854775807", "position=newest&until=-1", "limit=x", "sort=rows"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, into := range []any{&view.TopicQuery{}, &view.MessageQuery{}, &view.ExportQuery{}, &view.GroupQuery{}, &view.EventQuery{}, &view.TailQuery{}, &view.PartitionerQuery{}} {
			if err := fillQuery(reflect.ValueOf(into).Elem(), values); err != nil {
				if _, ok := explain(err); !ok {
					t.Fatalf("%q: %v", query, err)
				}
			}
		}
	})
}

// Whatever a path is, it leads to a row with all its variables, or nowhere.
func FuzzRouter(f *testing.F) {
	rt := newRouter(table(), true)
	for _, p := range []string{"clusters/a/topics/b", "clusters/a/topics/b%2Fc/messages/1/2/key", "meta", "clusters//topics", "a/%zz", "clusters/x/topics/bulk"} {
		f.Add("GET", p)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		row, vars, known := rt.match(method, path)
		if row == nil {
			return
		}
		if !known || row.Method != method && method != "HEAD" {
			t.Fatalf("%s %q leads to %s", method, path, row.ID)
		}
		for _, name := range row.Names() {
			if _, ok := vars[name]; !ok {
				t.Fatalf("%s %q: %s lacks %s", method, path, row.ID, name)
			}
		}
	})
}

// A name may hold what a path may not.
func TestNamesInPaths(t *testing.T) {
	rt := newRouter(table(), false)
	row, vars, _ := rt.match("GET", "clusters/c/groups/a%2Fb%20%25c")
	if row == nil || row.ID != "getGroup" || vars["group"] != "a/b %c" {
		t.Errorf("%v %v", row, vars)
	}
	if row, _, _ := rt.match("POST", "clusters/c/topics/bulk"); row == nil || row.ID != "bulkTopics" {
		t.Errorf("%v", row)
	}
	if row, vars, _ := rt.match("GET", "clusters/c/topics/bulk"); row == nil || row.ID != "getTopic" || vars["topic"] != "bulk" {
		t.Errorf("a topic of the name of a route: %v %v", row, vars)
	}
	if _, _, known := rt.match("GET", strings.Repeat("a/", 1000)); known {
		t.Error("a deep path is known")
	}
	ids := map[string]bool{}
	for _, r := range table() {
		if ids[r.ID] || r.Doc == "" || r.Tag == "" {
			t.Errorf("row %+v", r.Route)
		}
		ids[r.ID] = true
	}
}
