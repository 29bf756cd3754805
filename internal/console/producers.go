package console

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// producers are the clients that write, one for each way of writing: a client's
// compression and acks are its own. They are closed after a while without work.
type producers struct {
	k *cluster

	mu     sync.Mutex
	byWay  map[writeWay]*producer
	closed bool
}

// writeWay is what cannot be chosen record by record.
type writeWay struct {
	compression string
	acks        string
}

type producer struct {
	client *kgo.Client
	users  int
	idle   time.Time // since when it has no users
}

const producerIdleTime = time.Minute

func newProducers(k *cluster) *producers {
	return &producers{k: k, byWay: map[writeWay]*producer{}}
}

// take returns the client of a way and a function that gives it back.
func (ps *producers) take(way writeWay) (*kgo.Client, func(), error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.closed {
		return nil, nil, kgo.ErrClientClosed
	}
	p := ps.byWay[way]
	if p == nil {
		client, err := kgo.NewClient(append(ps.k.options, writeOptions(way)...)...)
		if err != nil {
			return nil, nil, err
		}
		p = &producer{client: client}
		ps.byWay[way] = p
	}
	p.users++
	return p.client, func() { ps.give(p) }, nil
}

func (ps *producers) give(p *producer) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p.users--
	p.idle = ps.k.now()
}

func writeOptions(way writeWay) []kgo.Opt {
	opts := []kgo.Opt{
		// Partitions are chosen before: the page is told which and why.
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		// Not by time: that would count from a record's timestamp, which may be
		// years ago.
		kgo.RecordRetries(8),
		kgo.ProducerBatchMaxBytes(maxBodyBytes),
		kgo.MaxBufferedBytes(2 * maxBodyBytes),
		kgo.ProducerLinger(0),
	}
	switch way.acks {
	case "leader":
		opts = append(opts, kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite())
	case "none":
		opts = append(opts, kgo.RequiredAcks(kgo.NoAck()), kgo.DisableIdempotentWrite())
	}
	codec := map[string]kgo.CompressionCodec{
		"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	if c, ok := codec[way.compression]; ok {
		return append(opts, kgo.ProducerBatchCompression(c))
	}
	return append(opts, kgo.ProducerBatchCompression(kgo.NoCompression()))
}

// run closes clients that nobody uses.
func (ps *producers) run(ctx context.Context) {
	tick := time.NewTicker(producerIdleTime / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			ps.sweep()
		}
	}
}

func (ps *producers) sweep() {
	var idle []*kgo.Client
	ps.mu.Lock()
	for way, p := range ps.byWay {
		if p.users == 0 && ps.k.now().Sub(p.idle) > producerIdleTime {
			idle = append(idle, p.client)
			delete(ps.byWay, way)
		}
	}
	ps.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
}

func (ps *producers) close() {
	ps.mu.Lock()
	all := ps.byWay
	ps.byWay, ps.closed = map[writeWay]*producer{}, true
	ps.mu.Unlock()
	for _, p := range all {
		p.client.Close()
	}
}
