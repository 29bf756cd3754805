package load

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// Options say who uses the cluster.
type Options struct {
	Seeds      []string // where clients begin
	Topic      string
	Partitions int32
	Rate       int // records a second that idempotent producers try to send
	Library    string
	Logs       string // a directory for what client programs say
	Begin      time.Time
	Say        func(format string, args ...any)
}

// The client libraries of the producers beside the plain ones.
const (
	Franz      = "franz-go"
	Librdkafka = "librdkafka"
	Java       = "java"
)

// Load is the clients of a run and what they saw.
type Load struct {
	Options
	H *history.History

	ctx     context.Context
	stop    context.CancelFunc
	halt    context.Context // producers are to end
	silence context.CancelFunc
	running sync.WaitGroup
	senders sync.WaitGroup

	ok, sent atomic.Int64
	names    atomic.Int64
	mu       sync.Mutex
	trouble  []string           // of the harness itself
	read     map[position]int64 // what all consumers have got past
}

const idempotentProducers = 3

// Start runs the clients.
func Start(o Options, h *history.History) (*Load, error) {
	l := &Load{Options: o, H: h, read: map[position]int64{}}
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.halt, l.silence = context.WithCancel(l.ctx)
	if o.Library == Franz || o.Library == "" {
		for range idempotentProducers {
			l.senders.Go(func() { l.runProducer(history.Idempotent, o.Rate/idempotentProducers) })
		}
	} else {
		for range idempotentProducers {
			f, err := l.foreign()
			if err != nil {
				return nil, err
			}
			l.senders.Go(func() { l.runForeign(f, o.Rate/idempotentProducers) })
		}
	}
	l.senders.Go(func() { l.runProducer("plain", 100) })
	l.senders.Go(func() { l.runProducer("weak", 100) })
	l.running.Go(l.runReader)
	for _, group := range groups {
		l.running.Go(func() { l.runGroup(group) })
	}
	l.running.Go(l.runEnds)
	l.senders.Go(l.runChanges)
	return l, nil
}

// Silence ends the producers and waits for what they still can learn.
func (l *Load) Silence() {
	l.silence()
	l.senders.Wait()
}

// Stop ends everybody.
func (l *Load) Stop() {
	l.Silence()
	l.stop()
	l.running.Wait()
}

// Counts are the records with acks=all that were sent and those acknowledged.
func (l *Load) Counts() (sent, ok int64) { return l.sent.Load(), l.ok.Load() }

// Read is an offset that every consumer is past, of a partition.
func (l *Load) Read(p int32) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	least := int64(-1)
	for _, name := range append([]string{reader}, groups[:]...) {
		if at := l.read[position{name, p}]; least < 0 || at < least {
			least = at
		}
	}
	return least
}

// position is a consumer's in a partition.
type position struct {
	consumer  string
	partition int32
}

func (l *Load) moved(consumer string, next map[int32]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p, offset := range next {
		l.read[position{consumer, p}] = offset
	}
}

// Trouble is what went wrong in the harness, which makes a run worth nothing.
func (l *Load) Trouble() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.trouble...)
}

func (l *Load) fail(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trouble = append(l.trouble, fmt.Sprintf(format, args...))
}

func (l *Load) now() time.Duration { return time.Since(l.Begin) }

func (l *Load) at(p int32) history.Partition {
	return history.Partition{Topic: l.Topic, Number: p}
}

// dial closes connections with a reset: nothing that a client has given up is sent
// later by the system in its name.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 2 * time.Second}
	conn, err := d.DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok && err == nil {
		err = tcp.SetLinger(0)
	}
	return conn, err
}

// client is a franz-go client with the patience of a run.
func (l *Load) client(opts ...kgo.Opt) *kgo.Client {
	c, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(l.Seeds...), kgo.Dialer(dial), kgo.MetadataMinAge(100 * time.Millisecond), kgo.MetadataMaxAge(10 * time.Second),
		kgo.RequestTimeoutOverhead(3 * time.Second), kgo.RetryBackoffFn(func(int) time.Duration { return 150 * time.Millisecond }),
	}, opts...)...)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return c
}

// pause waits, and returns false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
