package console

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/filter"
	"github.com/brolga-io/brolga/internal/console/view"
)

// Limits of a tail.
const (
	tailRate    = 500
	maxTailRate = 5000
	maxTailBack = 1000
)

// tail follows a topic with a consumer of its own, so that nobody waits for
// another's long poll. Only its own goroutine touches it.
type tail struct {
	c      *call
	k      *cluster
	topic  string
	out    *eventWriter
	client *kgo.Client
	filter *filter.Program
	seen   filter.Record
	room   int // messages that one push may carry

	pending []view.Message
	status  view.TailStatus
	before  view.Int64 // status.Seen a second ago
}

// tailMessages follows a topic until the reader goes away.
func (c *call) tailMessages(q view.TailQuery, out *eventWriter) error {
	p, err := c.planQuery(view.MessageQuery{Position: view.PositionNewest, Partitions: q.Partitions, Filter: q.Filter, Search: q.Search, Isolation: q.Isolation})
	if err != nil {
		return err
	}
	rate := q.PerSecond
	if rate <= 0 {
		rate = tailRate
	}
	t := &tail{c: c, k: p.k, topic: p.topic.name, out: out, filter: p.filter, room: max(1, min(rate, maxTailRate)/int(time.Second/pushEvery))}
	st, end, err := c.s.streams.open(c)
	if err != nil {
		return err
	}
	defer end()
	if err := t.connect(p, q); err != nil {
		return err
	}
	defer t.client.Close()
	if err := out.begin(); err != nil {
		return ignoreGone(err)
	}
	if err := t.send(view.TailEvent{Hello: &view.StreamHello{ID: st.id}}); err != nil {
		return ignoreGone(err)
	}
	if err := t.past(p, min(q.Back, maxTailBack)); err != nil {
		return ignoreGone(err)
	}
	return ignoreGone(t.follow(st))
}

func (t *tail) connect(p *plan, q view.TailQuery) error {
	from := map[int32]kgo.Offset{}
	for number, b := range p.bounds {
		from[number] = kgo.NewOffset().At(b.end)
	}
	opts := []kgo.Opt{
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{t.topic: from}),
		kgo.FetchMaxWait(500 * time.Millisecond), kgo.FetchMaxBytes(4 << 20), kgo.FetchMaxPartitionBytes(1 << 20),
		kgo.MaxConcurrentFetches(2), kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()),
	}
	if q.Isolation == view.ReadCommitted {
		opts = append(opts, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	}
	var err error
	t.client, err = kgo.NewClient(append(append([]kgo.Opt{}, t.k.options...), opts...)...)
	return err
}

// past shows some messages that are there already.
func (t *tail) past(p *plan, n int) error {
	if n <= 0 {
		return nil
	}
	var newest []view.Message
	s := p.scan(pageBudget)
	err := s.run(t.c, func(r *kgo.Record) error {
		if len(newest) == n {
			return errEnough
		}
		newest = append(newest, message(r, previewBytes))
		return nil
	})
	if err != nil {
		return t.tell(err)
	}
	for len(newest) > 0 {
		batch := newest[max(0, len(newest)-t.room):]
		newest = newest[:len(newest)-len(batch)]
		oldestFirst := make([]view.Message, 0, len(batch))
		for i := len(batch) - 1; i >= 0; i-- {
			oldestFirst = append(oldestFirst, batch[i])
		}
		t.status.Sent += view.Int64(len(batch))
		if err := t.send(view.TailEvent{Messages: oldestFirst}); err != nil {
			return err
		}
	}
	return nil
}

// follow takes what comes and sends it at its own pace.
func (t *tail) follow(st *stream) error {
	ctx, cancel := context.WithCancel(st.ctx)
	polled := make(chan kgo.Fetches)
	var polling sync.WaitGroup
	polling.Go(func() { t.runPoll(ctx, polled) })
	defer polling.Wait()
	defer cancel()
	tick := time.NewTicker(pushEvery)
	defer tick.Stop()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	for {
		source := polled
		if t.status.Paused {
			source = nil // the client's buffers fill, then it stops asking the broker
		}
		var err error
		select {
		case <-st.ctx.Done():
			return nil
		case f := <-source:
			err = t.take(f)
		case <-tick.C:
			err = t.flush()
		case <-second.C:
			t.status.Rate = float64(t.status.Seen - t.before)
			t.before = t.status.Seen
			status := t.status
			err = t.send(view.TailEvent{Status: &status})
		case <-heartbeat.C:
			if t.c.over() {
				return nil
			}
			err = t.out.heartbeat()
		case request := <-st.steer:
			t.control(request)
		}
		if err != nil {
			return err
		}
	}
}

func (t *tail) runPoll(ctx context.Context, polled chan<- kgo.Fetches) {
	for ctx.Err() == nil {
		f := t.client.PollRecords(ctx, maxTailRate)
		select {
		case polled <- f:
		case <-ctx.Done():
		}
	}
}

// take filters what came. What there is no room for pushes out the oldest.
func (t *tail) take(f kgo.Fetches) error {
	var failed error
	f.EachError(func(_ string, _ int32, err error) { failed = err })
	f.EachRecord(func(r *kgo.Record) {
		t.status.Seen++
		if t.filter != nil {
			filterRecord(r, &t.seen)
			hit, err := t.filter.Match(&t.seen)
			if err != nil {
				t.status.Errors++
			}
			if !hit {
				return
			}
		}
		t.status.Matched++
		if len(t.pending) >= t.room {
			t.pending = t.pending[1:]
			t.status.Dropped++
		}
		t.pending = append(t.pending, message(r, previewBytes))
	})
	if failed != nil && t.c.Err() == nil {
		return t.tell(failed)
	}
	return nil
}

func (t *tail) flush() error {
	if len(t.pending) == 0 {
		return nil
	}
	batch := t.pending
	t.pending = nil
	t.status.Sent += view.Int64(len(batch))
	return t.send(view.TailEvent{Messages: batch})
}

// control pauses or goes on.
func (t *tail) control(request any) {
	in, ok := request.(view.TailControl)
	if !ok {
		return // it was meant for a push channel
	}
	if t.status.Paused && !in.Paused && in.Skip {
		t.skip()
	}
	t.status.Paused = in.Paused
}

// skip goes to the newest and forgets what was not shown.
func (t *tail) skip() {
	t.pending = nil
	m := t.k.meta.newest.Load()
	if m == nil || m.topics[t.topic] == nil {
		return
	}
	want := map[tp]int64{}
	for p := range m.topics[t.topic].partitions {
		want[tp{t.topic, int32(p)}] = atEnd
	}
	ends := map[int32]kgo.EpochOffset{}
	for p, l := range t.k.listOffsets(t.c, 0, want) {
		if l.err == nil {
			ends[p.partition] = kgo.EpochOffset{Epoch: -1, Offset: l.offset}
		}
	}
	t.client.SetOffsets(map[string]map[int32]kgo.EpochOffset{t.topic: ends})
}

func (t *tail) tell(err error) error {
	_, p := t.c.problem(err)
	return t.send(view.TailEvent{Error: &p})
}

func (t *tail) send(e view.TailEvent) error {
	b, err := encode(e)
	if err != nil {
		return err
	}
	return t.out.event("", b)
}

func (c *call) controlTail(in view.TailControl) (view.Done, error) {
	if err := c.steer(in); err != nil {
		return view.Done{}, err
	}
	word := "goes on"
	if in.Paused {
		word = "is paused"
	}
	return view.Done{Message: "The tail " + word + "."}, nil
}
