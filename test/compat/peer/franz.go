package peer

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Franz is franz-go in this process. It takes no props.
type Franz struct{}

// Name returns the client's name.
func (Franz) Name() string { return "franz-go" }

// NewFranz returns a franz-go client that is closed with the test.
func NewFranz(t testing.TB, address string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(address)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Admin returns an admin client that is closed with the test.
func Admin(t testing.TB, address string) *kadm.Client {
	t.Helper()
	return kadm.NewClient(NewFranz(t, address))
}

// CreateTopic creates a topic with one replica; configs are key=value.
func CreateTopic(t testing.TB, address, topic string, partitions int32, configs ...string) {
	t.Helper()
	m := map[string]*string{}
	for _, c := range configs {
		key, value := cut(c)
		m[key] = &value
	}
	if _, err := Admin(t, address).CreateTopic(t.Context(), partitions, 1, m, topic); err != nil {
		t.Fatalf("create %s: %v", topic, err)
	}
}

// Produce sends in one batch a partition where the records fit.
func (Franz) Produce(t testing.TB, address string, to []Target, records []Record, props ...string) []Ack {
	t.Helper()
	var acks []Ack
	for _, target := range to {
		acks = append(acks, franzProduce(t, address, target, records)...)
	}
	return acks
}

func franzProduce(t testing.TB, address string, to Target, records []Record) []Ack {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	codecs := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	client := NewFranz(t, address, kgo.ProducerBatchCompression(codecs[to.Codec]), kgo.ProducerBatchMaxBytes(8<<20), kgo.BrokerMaxWriteBytes(64<<20),
		kgo.RecordPartitioner(ownOr{kgo.StickyKeyPartitioner(nil)}), kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(20))
	defer client.Close()
	out := make([]*kgo.Record, len(records))
	for i, r := range records {
		out[i] = franzRecord(to.Topic, r)
	}
	var acks []Ack
	for _, r := range client.ProduceSync(ctx, out...) {
		a := Ack{Topic: to.Topic, Partition: r.Record.Partition, Offset: r.Record.Offset}
		if r.Err != nil {
			a = Ack{Topic: to.Topic, Err: r.Err.Error()}
		}
		acks = append(acks, a)
	}
	return acks
}

// Consume reads with an own fetcher, or as a member of a group.
func (Franz) Consume(t testing.TB, address, group string, topics []string, count int, props ...string) []Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	opts := []kgo.Opt{kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
	if group != "" {
		opts = append(opts, kgo.ConsumerGroup(group))
	}
	client := NewFranz(t, address, opts...)
	defer client.Close()
	var records []Record
	for len(records) < count {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			t.Fatalf("franz-go: %v after %d of %d records", err, len(records), count)
		}
		for _, r := range fetches.Records() {
			records = append(records, fromFranz(r))
		}
	}
	if group != "" {
		if err := client.CommitUncommittedOffsets(ctx); err != nil {
			t.Fatalf("franz-go: commit: %v", err)
		}
	}
	return records[:count]
}

func franzRecord(topic string, r Record) *kgo.Record {
	out := &kgo.Record{Topic: topic, Key: r.Key, Value: r.Value, Partition: r.Partition}
	if r.Timestamp >= 0 {
		out.Timestamp = time.UnixMilli(r.Timestamp)
	}
	for _, h := range r.Headers {
		out.Headers = append(out.Headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
	}
	return out
}

func fromFranz(r *kgo.Record) Record {
	out := Record{r.Topic, r.Partition, r.Offset, r.Timestamp.UnixMilli(), r.Key, r.Value, nil}
	for _, h := range r.Headers {
		out.Headers = append(out.Headers, Header{h.Key, h.Value})
	}
	return out
}

// ownOr takes a record's own partition where it names one.
type ownOr struct{ kgo.Partitioner }

func (o ownOr) ForTopic(topic string) kgo.TopicPartitioner {
	return ownOrTopic{o.Partitioner.ForTopic(topic)}
}

type ownOrTopic struct{ kgo.TopicPartitioner }

func (o ownOrTopic) RequiresConsistency(r *kgo.Record) bool {
	return r.Partition >= 0 || o.TopicPartitioner.RequiresConsistency(r)
}

func (o ownOrTopic) Partition(r *kgo.Record, n int) int {
	if r.Partition >= 0 {
		return int(r.Partition)
	}
	return o.TopicPartitioner.Partition(r, n)
}

// Values returns the values of records as strings.
func Values(records []Record) []string {
	values := make([]string, len(records))
	for i, r := range records {
		values[i] = string(r.Value)
	}
	return values
}
