package compat

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// ledger is what producers were promised.
type ledger struct {
	mu    sync.Mutex
	acked map[string]string // topic-partition@offset → value
	grew  chan struct{}     // closed when enough were promised
	until int
}

func (l *ledger) add(r *kgo.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[place(r.Topic, r.Partition, r.Offset)] = string(r.Value)
	if len(l.acked) >= l.until && l.grew != nil {
		close(l.grew)
		l.grew = nil
	}
}

// more returns a channel that is closed after n more promises.
func (l *ledger) more(n int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = len(l.acked) + n
	l.grew = make(chan struct{})
	return l.grew
}

func place(topic string, partition int32, offset int64) string {
	return fmt.Sprintf("%s-%d@%d", topic, partition, offset)
}

// write produces as fast as the broker takes it until ctx ends.
func (l *ledger) write(ctx context.Context, client *kgo.Client, topic, name string) {
	pending := make(chan struct{}, 500)
	for i := 0; ctx.Err() == nil; i++ {
		select {
		case pending <- struct{}{}:
		case <-ctx.Done():
			return
		}
		r := &kgo.Record{Topic: topic, Value: fmt.Appendf(nil, "%s %d %x", name, i, rand.Uint64())}
		client.Produce(ctx, r, func(r *kgo.Record, err error) {
			<-pending
			if err == nil {
				l.add(r)
			}
		})
	}
}

// kills is how often the broker is killed; a JVM takes long to come back.
func kills() int {
	if peer.Kafka() {
		return 3
	}
	return 12
}

// A broker that is killed at any moment starts again with everything that it
// acknowledged, at the offset it named, and an idempotent producer that goes on
// leaves nothing twice.
func TestKilledBrokerKeepsWhatItAcknowledged(t *testing.T) {
	b := peer.Start(t)
	peer.CreateTopic(t, b.Address, "acks-all", 3)
	peer.CreateTopic(t, b.Address, "acks-1", 3)
	all := peer.NewFranz(t, b.Address, kgo.RecordRetries(1000), kgo.RequestRetries(1000), kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }))
	one := peer.NewFranz(t, b.Address, kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite(), kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }))
	promised := ledger{acked: map[string]string{}}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() { promised.write(ctx, all, "acks-all", fmt.Sprint("all-", w)) })
		writers.Go(func() { promised.write(ctx, one, "acks-1", fmt.Sprint("one-", w)) })
	}
	for range kills() {
		select {
		case <-promised.more(2000 + rand.IntN(3000)):
		case <-time.After(60 * time.Second):
			t.Fatal("nothing is acknowledged any more")
		}
		<-time.After(rand.N(200 * time.Millisecond))
		b.Kill()
		b.Restart(t)
	}
	select {
	case <-promised.more(1000):
	case <-time.After(60 * time.Second):
		t.Fatal("nothing is acknowledged after the last restart")
	}
	stop()
	writers.Wait()
	// What is on its way may still be appended and acknowledged: look only after.
	for _, client := range []*kgo.Client{all, one} {
		if err := client.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	stored := readAll(t, b.Address, "acks-all", "acks-1")
	seen := map[string]int{}
	for at, value := range stored {
		if len(at) > 8 && at[:8] == "acks-all" {
			seen[value]++
		}
	}
	promised.mu.Lock()
	defer promised.mu.Unlock()
	lost := 0
	for at, value := range promised.acked {
		if stored[at] != value {
			if lost++; lost < 10 {
				t.Errorf("%s was acknowledged as %q and holds %q", at, value, stored[at])
			}
		}
	}
	twice := 0
	for value, n := range seen {
		if n > 1 {
			if twice++; twice < 10 {
				t.Errorf("%q is stored %d times by an idempotent producer", value, n)
			}
		}
	}
	t.Logf("%d acknowledged, %d stored, %d lost, %d twice", len(promised.acked), len(stored), lost, twice)
}

// readAll returns every record of the topics by its place.
func readAll(t *testing.T, address string, topics ...string) map[string]string {
	t.Helper()
	ends, err := peer.Admin(t, address).ListEndOffsets(t.Context(), topics...)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, partitions := range ends {
		for _, end := range partitions {
			total += int(end.Offset)
		}
	}
	stored := map[string]string{}
	for _, r := range (peer.Franz{}).Consume(t, address, "", topics, total) {
		stored[place(r.Topic, r.Partition, r.Offset)] = string(r.Value)
	}
	return stored
}

// What a broker knows survives both ways to end it.
func TestRestartKeepsEverything(t *testing.T) {
	b := peer.Start(t)
	peer.CreateTopic(t, b.Address, "kept", 3, "retention.ms=123456789")
	peer.Send(t, peer.Franz{}, b.Address, peer.To("kept"), spread(3, 10, "x"))
	peer.Franz{}.Consume(t, b.Address, "bookmark", []string{"kept"}, 30)
	before := state(t, b)
	b.Stop(t)
	b.Restart(t)
	if after := state(t, b); after != before {
		t.Errorf("after SIGTERM:\n%s\nbefore:\n%s", after, before)
	}
	b.Kill()
	b.Restart(t)
	if after := state(t, b); after != before {
		t.Errorf("after SIGKILL:\n%s\nbefore:\n%s", after, before)
	}
}

// state is what clients can see of topic kept and group bookmark.
func state(t *testing.T, b *peer.Broker) string {
	t.Helper()
	admin := peer.Admin(t, b.Address)
	var text string
	topics, err := admin.ListTopics(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	text += fmt.Sprintln(topics["kept"].ID, len(topics["kept"].Partitions))
	configs, err := admin.DescribeTopicConfigs(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range configs[0].Configs {
		if c.Key == "retention.ms" {
			text += fmt.Sprintln(c.Key, c.MaybeValue(), c.Source)
		}
	}
	offsets, err := admin.FetchOffsets(t.Context(), "bookmark")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range offsets.Sorted() {
		text += fmt.Sprintln(o.Topic, o.Partition, o.At, o.Metadata)
	}
	stored := readAll(t, b.Address, "kept")
	for p := range int32(3) {
		for o := range int64(11) {
			text += fmt.Sprintln(stored[place("kept", p, o)])
		}
	}
	return text
}
