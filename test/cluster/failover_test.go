package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// producer sends one record after the other, acks=all, and remembers when the last
// acknowledgement came and the longest time without one.
type producer struct {
	prefix string
	count  atomic.Int64 // acknowledged
	acked  []string
	gap    time.Duration
	stop   context.CancelFunc
	ended  chan struct{}
	failed error
}

// produce starts a producer that works until it is stopped.
func produce(t *testing.T, f *fleet.Fleet, topic string) *producer {
	client := f.Client(t, kgo.DefaultProduceTopic(topic), kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }),
		kgo.ProduceRequestTimeout(2*time.Second), kgo.RequestTimeoutOverhead(2*time.Second), kgo.DialTimeout(time.Second))
	ctx, cancel := context.WithCancel(t.Context())
	p := &producer{prefix: fmt.Sprintf("%d-", time.Now().UnixNano()), stop: cancel, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		last := time.Now()
		for i := 0; ctx.Err() == nil; i++ {
			value := fmt.Sprint(p.prefix, i)
			err := client.ProduceSync(ctx, kgo.StringRecord(value)).FirstErr()
			switch {
			case err == nil:
				p.acked = append(p.acked, value)
				p.count.Add(1)
				p.gap = max(p.gap, time.Since(last))
				last = time.Now()
			case !errors.Is(err, context.Canceled):
				p.failed = err
				return
			}
		}
	}()
	return p
}

// await waits until n more records are acknowledged.
func (p *producer) await(t *testing.T, n int64) {
	t.Helper()
	want := p.count.Load() + n
	peer.Eventually(t, 30*time.Second, func() error {
		if have := p.count.Load(); have < want {
			return fmt.Errorf("%d records acknowledged, want %d", have, want)
		}
		return nil
	})
}

// end stops the producer and returns the longest time without an acknowledgement.
func (p *producer) end(t *testing.T) time.Duration {
	t.Helper()
	p.stop()
	<-p.ended
	if p.failed != nil {
		t.Fatalf("the producer failed: %v", p.failed)
	}
	return p.gap
}

// mustHold checks that the topic holds every acknowledged record once and in order.
func mustHold(t *testing.T, f *fleet.Fleet, topic string, acked []string) {
	t.Helper()
	client := f.Client(t, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(200*time.Millisecond))
	ctx := limit(t)
	var got []string
	for len(got) == 0 || got[len(got)-1] != acked[len(acked)-1] {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%d of %d acknowledged records came back", len(got), len(acked))
		}
		fetches.EachRecord(func(r *kgo.Record) { got = append(got, string(r.Value)) })
	}
	if !slices.Equal(got, acked) {
		t.Errorf("%d acknowledged records, %d came back, or in another order", len(acked), len(got))
	}
}

// mustContain checks that the topic holds every acknowledged record; a producer
// that is not idempotent may have sent one twice.
func mustContain(t *testing.T, f *fleet.Fleet, topic string, acked []string) {
	t.Helper()
	client := f.Client(t, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(200*time.Millisecond))
	ctx := limit(t)
	missing := map[string]bool{}
	for _, value := range acked {
		missing[value] = true
	}
	for len(missing) > 0 {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("acknowledged and lost: %v", missing)
		}
		fetches.EachRecord(func(r *kgo.Record) { delete(missing, string(r.Value)) })
	}
}

// oneTopic makes a topic of one partition on three brokers and returns its leader.
func oneTopic(t *testing.T, f *fleet.Fleet, topic string) {
	t.Helper()
	two := "2"
	if _, err := f.Admin(t).CreateTopic(limit(t), 1, 3, map[string]*string{"min.insync.replicas": &two}, topic); err != nil {
		t.Fatal(err)
	}
}

// leaderOf waits for a leader of the topic's partition and n in-sync replicas.
func leaderOf(t *testing.T, f *fleet.Fleet, topic string, isr int) *fleet.Node {
	t.Helper()
	admin := f.Admin(t)
	defer admin.Close()
	var p kadm.PartitionDetail
	peer.Eventually(t, 30*time.Second, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		meta, err := admin.Metadata(ctx, topic)
		if err != nil {
			return err
		}
		if p = meta.Topics[topic].Partitions[0]; p.Leader <= 0 || len(p.ISR) != isr {
			return fmt.Errorf("leader %d, in sync %v, want %d", p.Leader, p.ISR, isr)
		}
		return nil
	})
	return f.Node(p.Leader)
}

// Promises: a killed leader costs 1.5 s in the median and never more than 4 s. The
// bound here leaves room for a machine that does other things too.
const killBound = 6 * time.Second

func TestLeaderIsKilled(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	var gaps []time.Duration
	var acked []string
	for range 5 {
		leader := leaderOf(t, f, "t", 3)
		gap, more := disturb(t, f, "t", leader.Kill)
		gaps, acked = append(gaps, gap), append(acked, more...)
		leader.Start(t)
	}
	report(t, "kill -9 of a leader to the next acknowledged record", gaps, killBound)
	mustHold(t, f, "t", acked)
}

// TestLeaderIsStopped: a clean stop gives the leaderships away first.
func TestLeaderIsStopped(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	var gaps []time.Duration
	var acked []string
	for range 5 {
		leader := leaderOf(t, f, "t", 3)
		gap, more := disturb(t, f, "t", func() { leader.Stop(t) })
		gaps, acked = append(gaps, gap), append(acked, more...)
		leader.Start(t)
	}
	report(t, "SIGTERM of a leader: longest time without an acknowledgement", gaps, 2*time.Second)
	mustHold(t, f, "t", acked)
}

// TestLeaderIsFrozen: SIGSTOP, and SIGCONT when another one leads. The time is that
// of clients that dial again: one that waits for an answer of the frozen process
// waits for its own timeout.
func TestLeaderIsFrozen(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	var times []time.Duration
	var acked []string
	for i := range 3 {
		leader := leaderOf(t, f, "t", 3)
		value := fmt.Sprint(i)
		leader.Freeze(t)
		begin := time.Now()
		peer.Eventually(t, 30*time.Second, func() error { return produceAnew(t, f, leader, "t", value) })
		times, acked = append(times, time.Since(begin)), append(acked, value)
		leader.Signal(syscall.SIGCONT)
	}
	leaderOf(t, f, "t", 3)
	report(t, "a frozen leader to the next acknowledged record", times, killBound)
	mustContain(t, f, "t", acked)
}

// produceAnew sends one record with a client of its own through any node but one.
func produceAnew(t *testing.T, f *fleet.Fleet, but *fleet.Node, topic, value string) error {
	var seeds []string
	for _, n := range f.Nodes {
		if n != but {
			seeds = append(seeds, n.Address)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.DefaultProduceTopic(topic), kgo.DisableIdempotentWrite(),
		kgo.ProduceRequestTimeout(200*time.Millisecond), kgo.RequestTimeoutOverhead(200*time.Millisecond))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.ProduceSync(ctx, kgo.StringRecord(value)).FirstErr()
}

// disturb produces before, during and after what is done to the cluster, and
// returns the longest time without an acknowledgement and what was acknowledged.
func disturb(t *testing.T, f *fleet.Fleet, topic string, do func()) (time.Duration, []string) {
	t.Helper()
	p := produce(t, f, topic)
	p.await(t, 50)
	do()
	p.await(t, 50)
	return p.end(t), p.acked
}

// report logs measured times and compares the longest with a bound.
func report(t *testing.T, what string, times []time.Duration, bound time.Duration) {
	t.Helper()
	slices.Sort(times)
	t.Logf("%s: median %v, all %v", what, times[len(times)/2], times)
	if longest := times[len(times)-1]; longest > bound {
		t.Errorf("%s took %v", what, longest)
	}
}
