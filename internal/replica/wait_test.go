package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// told collects what a Completer hears.
type told struct {
	mu    sync.Mutex
	codes map[uint64]wire.ErrorCode
	order []uint64
}

func newTold() *told { return &told{codes: map[uint64]wire.ErrorCode{}} }

func (c *told) Complete(ticket uint64, code int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes[ticket] = wire.ErrorCode(code)
	c.order = append(c.order, ticket)
}

func TestAwait(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1, 2)
	c := newTold()
	for i := range 100 {
		s := w.append(p, fmt.Sprint(i))
		p.Await(s.Required(), s.Epoch, c, uint64(i), testNowMs, testNowMs+1000)
	}
	p.followerHas(2, 10)
	if len(c.order) != 10 {
		t.Fatalf("%d told at watermark 10", len(c.order))
	}
	p.Await(5, 0, c, 1000, testNowMs, testNowMs+1000) // committed already
	p.Await(100, 7, c, 1001, testNowMs, testNowMs+1000)
	if c.codes[1000] != 0 || c.codes[1001] != ErrNotLeader {
		t.Errorf("told %v and %v, want nothing wrong and another epoch", c.codes[1000], c.codes[1001])
	}
	p.followerHas(2, 90) // more than one batch of waits
	if len(c.order) != 92 {
		t.Fatalf("%d told at watermark 90", len(c.order))
	}
	if _, ok := p.Committed(91, 0); ok {
		t.Error("91 is not committed")
	}
	if code, ok := p.Committed(90, 0); !ok || code != 0 {
		t.Errorf("90 is committed: %v %v", code, ok)
	}
	if _, ok := p.Committed(90, 1); ok {
		t.Error("what was appended in another epoch is not known to be committed")
	}
	w.change("t", 2, 1, 2)
	if len(c.order) != 102 || c.codes[99] != ErrNotLeader || c.codes[50] != 0 {
		t.Errorf("%d told, the last one %v", len(c.order), c.codes[99])
	}
	if n := len(p.produces.list); n != 0 {
		t.Errorf("%d still wait", n)
	}
}

func TestAwaitOutOfOrder(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1, 2)
	w.append(p, "a", "b", "c", "d", "e")
	c := newTold()
	for _, required := range []int64{3, 1, 5, 2, 4} {
		p.Await(required, 0, c, uint64(required), testNowMs, testNowMs+1000)
	}
	for hw := range int64(6) {
		p.followerHas(2, hw)
		if len(c.order) != int(hw) {
			t.Errorf("watermark %d: told %v", hw, c.order)
		}
	}
	if !slices.IsSorted(c.order) {
		t.Errorf("told in the order %v", c.order)
	}
}

func TestExpiredWaitsAreForgotten(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1, 2)
	w.append(p, "a")
	for i := range int64(10_000) {
		p.Await(1, 0, newTold(), 1, testNowMs+i, testNowMs+i+5)
	}
	if n := len(p.produces.list); n > 100 {
		t.Errorf("%d waits are kept, of which 5 matter", n)
	}
}

// TestNoWakeIsLost has many fetches and produces race; a fetch that waits
// although there is data would wait for its full hour.
func TestNoWakeIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		parts := []*Partition{w.topic("a", 1), w.topic("b", 1), w.topic("c", 1)}
		names := []string{"a", "b", "c"}
		const perPartition = 100
		var wg sync.WaitGroup
		begin := time.Now()
		for range 5 {
			wg.Go(func() {
				next := map[string]int64{}
				for next["a"] < perPartition || next["b"] < perPartition || next["c"] < perPartition {
					w.fetchAll(t, names, next)
				}
			})
		}
		for i, p := range parts {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(1, uint64(i)))
				for n := range perPartition {
					if r.IntN(3) == 0 {
						time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
					}
					err := p.Stage(someBatch(fmt.Sprint(n)), StageOptions{NowMs: testNowMs}, &Staged{})
					if err != nil || p.Commit() != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		wg.Wait()
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("took %v: a fetch slept although it could be answered", d)
		}
		for i, p := range parts {
			if p.fetches != nil {
				t.Errorf("a fetch is still in the list of %s", names[i])
			}
		}
	})
}

// fetchAll fetches several topics from where the caller is and moves on.
func (w *world) fetchAll(t *testing.T, names []string, next map[string]int64) {
	req := &wire.FetchRequest{}
	req.SetDefaults()
	req.MinBytes, req.MaxBytes, req.MaxWaitMs = 1, 1<<20, 3_600_000
	for _, name := range names {
		p := wire.FetchRequestFetchPartition{}
		p.SetDefaults()
		p.FetchOffset, p.PartitionMaxBytes = next[name], 1<<20
		req.Topics = append(req.Topics, wire.FetchRequestFetchTopic{Topic: name, Partitions: []wire.FetchRequestFetchPartition{p}})
	}
	f, err := w.set.BeginFetch(w.image, 12, req, testNowMs)
	if err != nil {
		t.Error(err)
		return
	}
	f.Run(nil)
	read := false
	for i := range f.Results {
		r := &f.Results[i]
		if r.Err != nil {
			t.Errorf("%s: %v", r.Part.Name, r.Err)
		}
		if r.Bytes > 0 {
			next[r.Part.Name] = r.Records.NextOffset
			read = true
		}
	}
	f.Finish(testNowMs)
	if !read {
		t.Error("a fetch came back with nothing")
	}
}

func TestFetchStopsWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.topic("a", 1)
		req := &wire.FetchRequest{}
		req.SetDefaults()
		req.MinBytes, req.MaxBytes, req.MaxWaitMs = 1, 1<<20, 60_000
		p := wire.FetchRequestFetchPartition{}
		p.SetDefaults()
		req.Topics = []wire.FetchRequestFetchTopic{{Topic: "a", Partitions: []wire.FetchRequestFetchPartition{p}}}
		f, err := w.set.BeginFetch(w.image, 12, req, testNowMs)
		if err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		begin := time.Now()
		time.AfterFunc(time.Second, func() { close(stop) })
		f.Run(stop)
		if d := time.Since(begin); d != time.Second {
			t.Errorf("ended after %v", d)
		}
		f.Finish(testNowMs)
	})
}
