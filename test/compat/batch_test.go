package compat

import (
	"encoding/binary"
	"hash/crc32"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// sequence names a batch of an idempotent producer.
type sequence struct {
	id    int64
	epoch int16
	first int32
}

// batch builds an uncompressed record batch by hand. It is of now, since a
// broker that loads its log forgets producers whose last record is a day old.
func batch(s sequence, values ...string) []byte {
	now := time.Now().UnixMilli()
	b := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1,
		Magic:                2,
		LastOffsetDelta:      int32(len(values) - 1),
		FirstTimestamp:       now,
		MaxTimestamp:         now,
		ProducerID:           s.id,
		ProducerEpoch:        s.epoch,
		FirstSequence:        s.first,
		NumRecords:           int32(len(values)),
	}
	for i, v := range values {
		r := kmsg.Record{OffsetDelta: int32(i), Value: []byte(v)}
		// The length counts what follows it; one byte stands for a length of 0.
		r.Length = int32(len(r.AppendTo(nil)) - 1)
		b.Records = r.AppendTo(b.Records)
	}
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[8:], uint32(len(raw)-12))
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	return raw
}

// produce sends one batch to partition 0 of a topic with acks=all and returns
// the offset and the error of the answer.
func produce(t *testing.T, client *kgo.Client, topic string, records []byte) (int64, error) {
	t.Helper()
	known, err := kadm.NewClient(client).ListTopics(t.Context(), topic)
	if err != nil {
		t.Fatalf("metadata: %v", err)
	}
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis = -1, 10_000
	rt, rp := kmsg.NewProduceRequestTopic(), kmsg.NewProduceRequestTopicPartition()
	rt.Topic, rt.TopicID, rp.Records = topic, known[topic].ID, records
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	resp, err := client.Broker(1).RetriableRequest(t.Context(), req)
	if err != nil {
		t.Fatalf("produce: %v", err)
	}
	p := resp.(*kmsg.ProduceResponse).Topics[0].Partitions[0]
	return p.BaseOffset, kerr.ErrorForCode(p.ErrorCode)
}

// newProducerID asks for a producer id.
func newProducerID(t *testing.T, client *kgo.Client) sequence {
	t.Helper()
	req := kmsg.NewPtrInitProducerIDRequest()
	req.TransactionTimeoutMillis = 60_000
	resp, err := req.RequestWith(t.Context(), client)
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	if err != nil {
		t.Fatalf("InitProducerId: %v", err)
	}
	return sequence{id: resp.ProducerID, epoch: resp.ProducerEpoch}
}
