package api

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// Rows 8, 49, 53, 54, 60 and 61 of the list of bad inputs.

// TestBad8OrderBehindAFetch: answers keep the order of the requests while a Fetch
// waits, in every version of Fetch.
func TestBad8OrderBehindAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topic("quiet", 1)
		for version := int16(4); version <= 18; version++ {
			c := b.client()
			wait := fetchFrom("quiet", 0, 0)
			wait.MaxWaitMs = 500
			in := c.encode(produceTo("t", 0, 1, records("a")), 9)
			in = append(in, c.encode(wait, version)...)
			in = append(in, c.encode(produceTo("t", 0, 1, records("b")), 9)...)
			in = append(in, c.encode(softwareRequest("a", "1"), 3)...)
			c.write(in)
			begin := time.Now()
			for i, a := range []struct {
				key, version int16
				after        time.Duration
			}{{0, 9, 0}, {1, version, 500 * time.Millisecond}, {0, 9, 500 * time.Millisecond}, {18, 3, 500 * time.Millisecond}} {
				if id := c.answer(wire.NewResponse(a.key), a.key, a.version); id != int32(i+1) {
					t.Errorf("version %d: answer %d, want %d", version, id, i+1)
				}
				if d := time.Since(begin); d != a.after {
					t.Errorf("version %d: answer %d after %v, want %v", version, i+1, d, a.after)
				}
			}
		}
		b.mustWork("order")
	})
}

func TestBad49NullKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for i, policy := range []string{"compact", "compact,delete"} {
			topic := fmt.Sprint("compacted", i)
			b.topic(topic, 1, "cleanup.policy", policy)
			for _, codec := range []batch.Codec{batch.None, batch.Gzip, batch.Snappy, batch.LZ4} {
				o := batch.NoProducer()
				o.Codec = codec
				bld := batch.NewBuilder(o)
				bld.Append(recordMs, []byte("k"), []byte("v"))
				bld.Append(recordMs, nil, []byte("v"))
				bld.Append(recordMs, []byte{}, []byte("an empty key is one"))
				bld.Append(recordMs, nil, nil)
				recs := bld.Build(nil)
				for version := int16(3); version <= 13; version++ {
					got := b.client().produce(version, produceTo(topic, 0, 1, recs))
					if got.ErrorCode != wire.InvalidRecord || got.BaseOffset != -1 {
						t.Errorf("%s %s version %d: %v at %d", policy, codec, version, got.ErrorCode.Name(), got.BaseOffset)
					}
					if version >= 8 && (len(got.RecordErrors) != 2 || got.RecordErrors[0].BatchIndex != 1 || got.RecordErrors[1].BatchIndex != 3) {
						t.Errorf("%s %s version %d: record errors %+v, want 1 and 3", policy, codec, version, got.RecordErrors)
					}
				}
				b.mustWork("null keys")
			}
			if hw := b.partition(topic, 0).HighWatermark(); hw != 0 {
				t.Errorf("%s: %d records were appended", policy, hw)
			}
		}
	})
}

// sequenced is a batch of a producer.
func sequenced(producer int64, sequence int32, values ...string) []byte {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence = producer, 0, sequence
	bld := batch.NewBuilder(o)
	for _, v := range values {
		bld.Append(recordMs, nil, []byte(v))
	}
	return bld.Build(nil)
}

func TestBad53OldDuplicate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			c := b.client()
			first := b.partition("t", 0).HighWatermark()
			send := func(sequence int32) wire.ProduceResponsePartitionProduceResponse {
				return c.produce(version, produceTo("t", 0, 1, sequenced(100+int64(version), sequence, "v")))
			}
			for i := range int32(8) {
				send(i)
			}
			for i := range int32(8) {
				got := send(i)
				if i >= 3 && (got.ErrorCode != 0 || got.BaseOffset != first+int64(i)) {
					t.Errorf("version %d: duplicate %d of the last five: %+v", version, i, got)
				}
				if i < 3 && got.ErrorCode != wire.OutOfOrderSequenceNumber {
					t.Errorf("version %d: older duplicate %d: %v", version, i, got.ErrorCode.Name())
				}
			}
			if hw := b.partition("t", 0).HighWatermark(); hw != first+8 {
				t.Errorf("version %d: %d records", version, hw-first)
			}
			b.mustWork("duplicates")
		}
	})
}

// TestBad54SameSequenceOtherContent: the sequence says that it is a duplicate, so
// that the first content stays.
func TestBad54SameSequenceOtherContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		for version := int16(3); version <= 13; version++ {
			topic := fmt.Sprint("t", version)
			b.topic(topic, 1)
			c := b.client()
			c.produce(version, produceTo(topic, 0, 1, sequenced(9, 0, "first", "second")))
			got := c.produce(version, produceTo(topic, 0, 1, sequenced(9, 0, "other", "content")))
			if got.ErrorCode != wire.None || got.BaseOffset != 0 {
				t.Errorf("version %d: %v at %d", version, got.ErrorCode.Name(), got.BaseOffset)
			}
			fetched := values(t, c.fetchOne(12, fetchFrom(topic, 0, 0)).Records, 0)
			if len(fetched) != 2 || fetched[0] != "first" || fetched[1] != "second" {
				t.Errorf("version %d: %v", version, fetched)
			}
			// As many batches and another number of records is not the same sequence.
			if got := c.produce(version, produceTo(topic, 0, 1, sequenced(9, 0, "one"))).ErrorCode; got != wire.OutOfOrderSequenceNumber {
				t.Errorf("version %d, fewer records: %v", version, got.Name())
			}
		}
		b.topic("t", 1)
		b.mustWork("same sequence")
	})
}

func TestBad60And61UnknownPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topic("deleted", 1)
		b.apply(&wire.RemoveTopicRecord{TopicId: topicID("deleted")})
		b.topic("again", 1)
		b.apply(&wire.RemoveTopicRecord{TopicId: topicID("again")})
		renewed := topicID("again")
		renewed[15]++ // the same name, another topic
		p := partitionRecord("again", 0, 1, 1)
		p.TopicId = renewed
		b.apply(&wire.TopicRecord{Name: "again", TopicId: renewed}, p)
		for version := int16(3); version <= 13; version++ {
			byID := version >= 13
			for _, tc := range []struct {
				what        string
				topic       string
				id          wire.UUID
				partition   int32
				named, ided wire.ErrorCode
			}{
				{"unknown topic", "nope", topicID("nope"), 0, wire.UnknownTopicOrPartition, wire.UnknownTopicId},
				{"no topic", "", wire.ZeroUUID, 0, wire.UnknownTopicOrPartition, wire.UnknownTopicId},
				{"deleted topic", "deleted", topicID("deleted"), 0, wire.UnknownTopicOrPartition, wire.UnknownTopicId},
				{"id before the topic was made again", "again", topicID("again"), 0, wire.None, wire.UnknownTopicId},
				{"partition -1", "t", topicID("t"), -1, wire.UnknownTopicOrPartition, wire.UnknownTopicOrPartition},
				{"partition 1 of 1", "t", topicID("t"), 1, wire.UnknownTopicOrPartition, wire.UnknownTopicOrPartition},
				{"the last partition", "t", topicID("t"), math.MaxInt32, wire.UnknownTopicOrPartition, wire.UnknownTopicOrPartition},
				{"the first partition", "t", topicID("t"), math.MinInt32, wire.UnknownTopicOrPartition, wire.UnknownTopicOrPartition},
			} {
				want := tc.named
				if byID {
					want = tc.ided
				}
				req := produceTo(tc.topic, tc.partition, 1, records("x"))
				req.TopicData[0].TopicId = tc.id
				if got := b.client().produce(version, req).ErrorCode; got != want {
					t.Errorf("%s, version %d: %v, want %v", tc.what, version, got.Name(), want.Name())
				}
			}
			b.mustWork("unknown places")
		}
	})
}
