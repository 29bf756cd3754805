package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/bench/load"
)

// Topics of the load.
const (
	keptTopic    = "kept"    // three replicas, acks=all: nothing may be lost
	keyedTopic   = "keyed"   // compacted
	expiredTopic = "expired" // small segments that expire after a minute
)

// Records of the kept topic expire after keptFor, so that nothing grows for ever;
// before that, when they are auditAge old, each is looked for.
const (
	keptFor  = 10 * time.Minute
	auditAge = 5 * time.Minute
)

// createTopics makes the topics of the load.
func (r *run) createTopics(ctx context.Context) error {
	admin := kadm.NewClient(r.client)
	some := func(pairs ...string) map[string]*string {
		m := map[string]*string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = &pairs[i+1]
		}
		return m
	}
	for _, t := range []struct {
		name       string
		partitions int32
		configs    map[string]*string
	}{
		{keptTopic, 6, some("segment.ms", "60000", "retention.ms", strconv.Itoa(int(keptFor.Milliseconds())))},
		{keyedTopic, 3, some("cleanup.policy", "compact", "segment.bytes", "1048576", "segment.ms", "20000",
			"min.cleanable.dirty.ratio", "0.1", "delete.retention.ms", "1000")},
		{expiredTopic, 3, some("segment.bytes", "1048576", "segment.ms", "15000", "retention.ms", "60000")},
	} {
		if _, err := admin.CreateTopic(ctx, t.partitions, nodeCount, t.configs, t.name); err != nil {
			return fmt.Errorf("create %s: %w", t.name, err)
		}
	}
	// The probe's topic is there.
	resp, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{
		{Name: "retention.ms", Value: kadm.StringPtr("60000")}, {Name: "segment.ms", Value: kadm.StringPtr("15000")}}, load.Topic)
	if err == nil {
		err = resp[0].Err
	}
	return err
}

// codecs are what the producers of the kept topic compress with, in turn.
func codecs() []kgo.CompressionCodec {
	return []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
}

// runKept writes to the topic that loses nothing, in batches of ten records twice a
// second, idempotent, acks=all, and notes what was acknowledged.
func (r *run) runKept(ctx context.Context, number int) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.DefaultProduceTopic(keptTopic),
		kgo.ProducerBatchCompression(codecs()[number%len(codecs())]), kgo.ProducerLinger(5*time.Millisecond))
	if err != nil {
		return err
	}
	defer client.Close()
	seq := 0
	return every(ctx, 500*time.Millisecond, func() error {
		for range 10 {
			seq++
			value := fmt.Sprintf("%d-%d", number, seq)
			record := &kgo.Record{Value: padded(value), Key: []byte(value)}
			client.Produce(ctx, record, func(done *kgo.Record, err error) {
				if err != nil {
					r.load.refused.Add(1)
					return
				}
				r.load.produced.Add(1)
				r.ledger.keep(place{done.Partition, done.Offset}, value)
			})
		}
		return nil
	})
}

// padded gives a value the size of a usual record; what it says ends at the space.
func padded(value string) []byte {
	const size = 200
	return []byte(value + " " + strings.Repeat("x", size-len(value)))
}

func unpadded(value []byte) string {
	s, _, _ := strings.Cut(string(value), " ")
	return s
}

// keyCount is how many keys the compacted topic has.
const keyCount = 1000

// runKeyed writes to random keys of the compacted topic, every tenth time a
// tombstone, and waits for each answer.
func (r *run) runKeyed(ctx context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.DefaultProduceTopic(keyedTopic),
		kgo.ProducerBatchCompression(kgo.Lz4Compression()))
	if err != nil {
		return err
	}
	defer client.Close()
	random := rand.New(rand.NewPCG(1, 2))
	seq := 0
	return every(ctx, 200*time.Millisecond, func() error {
		var batch []*kgo.Record
		taken := map[string]bool{}
		for range 5 {
			seq++
			key := "key-" + strconv.Itoa(random.IntN(keyCount))
			if taken[key] {
				continue // each key waits for its answer
			}
			taken[key] = true
			record := &kgo.Record{Key: []byte(key)}
			if seq%10 != 0 {
				record.Value = padded(strconv.Itoa(seq))
			}
			batch = append(batch, record)
			r.ledger.send(key, unpadded(record.Value))
		}
		for _, result := range client.ProduceSync(ctx, batch...) {
			if result.Err != nil {
				r.load.refused.Add(1)
				continue
			}
			r.load.produced.Add(1)
			r.ledger.answer(string(result.Record.Key), unpadded(result.Record.Value))
		}
		return nil
	})
}

// runExpired writes to the topic that expires: acks=1, not idempotent. What a kill
// takes from it is allowed to be gone.
func (r *run) runExpired(ctx context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.DefaultProduceTopic(expiredTopic),
		kgo.DisableIdempotentWrite(), kgo.RequiredAcks(kgo.LeaderAck()), kgo.ProducerLinger(20*time.Millisecond),
		kgo.ProducerBatchCompression(kgo.SnappyCompression()), kgo.RecordDeliveryTimeout(30*time.Second))
	if err != nil {
		return err
	}
	defer client.Close()
	seq := 0
	return every(ctx, 100*time.Millisecond, func() error {
		for range 20 {
			seq++
			client.Produce(ctx, &kgo.Record{Value: padded(strconv.Itoa(seq))}, func(_ *kgo.Record, err error) {
				if err != nil {
					r.load.refused.Add(1)
					return
				}
				r.load.produced.Add(1)
			})
		}
		return nil
	})
}

// every calls f at an interval until the context ends, which is no error.
func every(ctx context.Context, interval time.Duration, f func() error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := f(); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// loadCounts say how much load there was.
type loadCounts struct {
	produced, refused, consumed         atomic.Int64
	groups, topics, pages, pageFailures atomic.Int64
	adminFailures, restarts, kills      atomic.Int64
	events                              atomic.Int64 // of live streams
}
