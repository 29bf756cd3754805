package api

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// Section C3 of the list of bad inputs: produce requests and record batches.

// tampered changes a good batch and makes its CRC right again.
func tampered(change func(b []byte)) []byte {
	b := records("one", "two")
	change(b)
	fixCRC(b)
	return b
}

func fixCRC(b []byte) {
	binary.BigEndian.PutUint32(b[17:], crc32.Checksum(b[21:], crc32.MakeTable(crc32.Castagnoli)))
}

func withRecord(body ...byte) []byte {
	o := batch.NewBuilder(batch.NoProducer())
	o.Append(recordMs, nil, nil)
	b := append(o.Build(nil)[:batch.HeaderSize], body...)
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)-12))
	fixCRC(b)
	return b
}

func be32(b []byte, at int, v int32) { binary.BigEndian.PutUint32(b[at:], uint32(v)) }
func be16(b []byte, at int, v int16) { binary.BigEndian.PutUint16(b[at:], uint16(v)) }

// badBatches are rows 36 to 44 and 50: batches that are refused whole.
func badBatches() []struct {
	row  string
	recs []byte
	want wire.ErrorCode
} {
	wrongCRC := records("a")
	wrongCRC[20] ^= 1
	offsetDeltas := batch.NewBuilder(batch.NoProducer())
	offsetDeltas.AppendAt(1, recordMs, nil, nil)
	offsetDeltas.AppendAt(3, recordMs, nil, nil)
	type row = struct {
		row  string
		recs []byte
		want wire.ErrorCode
	}
	return []row{
		{"36 wrong CRC", wrongCRC, wire.CorruptMessage},
		{"37 length below the header", tampered(func(b []byte) { be32(b, 8, 48) }), wire.CorruptMessage},
		{"37 length negative", tampered(func(b []byte) { be32(b, 8, -1) }), wire.CorruptMessage},
		{"37 length beyond the field", tampered(func(b []byte) { be32(b, 8, 5000) }), wire.CorruptMessage},
		{"37 half a header", records("a")[:30], wire.CorruptMessage},
		{"37 one byte", []byte{0}, wire.CorruptMessage},
		{"38 two batches", append(records("a"), records("b")...), wire.InvalidRecord},
		{"38 no batch", []byte{}, wire.InvalidRecord},
		{"39 magic 0", tampered(func(b []byte) { b[16] = 0 }), wire.InvalidRecord},
		{"39 magic 1", tampered(func(b []byte) { b[16] = 1 }), wire.InvalidRecord},
		{"39 magic 3", tampered(func(b []byte) { b[16] = 3 }), wire.CorruptMessage},
		{"39 magic 127", tampered(func(b []byte) { b[16] = 127 }), wire.CorruptMessage},
		{"40 count too low", tampered(func(b []byte) { be32(b, 57, 1); be32(b, 23, 0) }), wire.InvalidRecord},
		{"40 count too high", tampered(func(b []byte) { be32(b, 57, 3); be32(b, 23, 2) }), wire.InvalidRecord},
		{"40 count -1", tampered(func(b []byte) { be32(b, 57, -1); be32(b, 23, -2) }), wire.InvalidRecord},
		{"40 count 0", tampered(func(b []byte) { be32(b, 57, 0) }), wire.InvalidRecord},
		{"40 count 2^31-1", tampered(func(b []byte) { be32(b, 57, math.MaxInt32); be32(b, 23, math.MaxInt32-1) }), wire.InvalidRecord},
		{"41 last offset delta", tampered(func(b []byte) { be32(b, 23, 5) }), wire.InvalidRecord},
		{"41 offset deltas", offsetDeltas.Build(nil), wire.InvalidRecord},
		{"41 base offset", tampered(func(b []byte) { b[7] = 9 }), wire.InvalidRecord},
		{"42 record longer than the batch", withRecord(100, 0, 0, 0, 1, 1, 0), wire.InvalidRecord},
		{"42 record shorter than its fields", withRecord(4, 0, 0, 0, 1, 1, 0), wire.InvalidRecord},
		{"42 header count -1", withRecord(12, 0, 0, 0, 1, 1, 1), wire.InvalidRecord},
		{"42 header count above the rest", withRecord(12, 0, 0, 0, 1, 1, 100), wire.InvalidRecord},
		{"42 header key of length -1", withRecord(14, 0, 0, 0, 1, 1, 2, 1), wire.InvalidRecord},
		{"43 control batch", tampered(func(b []byte) { be16(b, 21, 0x20) }), wire.InvalidRecord},
		{"44 compression 5", tampered(func(b []byte) { be16(b, 21, 5) }), wire.UnsupportedCompressionType},
		{"44 compression 7", tampered(func(b []byte) { be16(b, 21, 7) }), wire.UnsupportedCompressionType},
		{"44 reserved attribute", tampered(func(b []byte) { be16(b, 21, 0x100) }), wire.InvalidRecord},
		{"50 timestamp in 292 million years", timed(math.MaxInt64), wire.InvalidTimestamp},
		{"56 negative sequence with a producer id", tampered(func(b []byte) {
			binary.BigEndian.PutUint64(b[43:], 7)
			be16(b, 51, 0)
		}), wire.InvalidRecord},
		{"56 negative epoch with a producer id", tampered(func(b []byte) {
			binary.BigEndian.PutUint64(b[43:], 7)
			be32(b, 53, 0)
		}), wire.InvalidRecord},
	}
}

func TestBad36To50And56Batches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for _, tc := range badBatches() {
			for version := int16(3); version <= 13; version++ {
				end := b.partition("t", 0).HighWatermark()
				got := b.client().produce(version, produceTo("t", 0, 1, tc.recs))
				if got.ErrorCode != tc.want || got.BaseOffset != -1 {
					t.Errorf("%s, version %d: %v at %d, want %v", tc.row, version, got.ErrorCode.Name(), got.BaseOffset, tc.want.Name())
				}
				if hw := b.partition("t", 0).HighWatermark(); hw != end {
					t.Errorf("%s, version %d: something was appended", tc.row, version)
				}
			}
			b.mustWork(tc.row)
		}
	})
}

func TestBad34Acks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			for _, acks := range []int16{2, -2, 127, math.MinInt16, math.MaxInt16} {
				if got := b.client().produce(version, produceTo("t", 0, acks, records("a"))); got.ErrorCode != wire.InvalidRequiredAcks {
					t.Errorf("version %d acks %d: %v", version, acks, got.ErrorCode.Name())
				}
			}
		}
		b.mustWork("acks")
	})
}

func TestBad45ZstdBeforeVersion7(t *testing.T) {
	o := batch.NoProducer()
	o.Codec = batch.Zstd
	bld := batch.NewBuilder(o)
	bld.Append(recordMs, nil, []byte("v"))
	recs := bld.Build(nil)
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			want := wire.None
			if version < 7 {
				want = wire.UnsupportedCompressionType
			}
			if got := b.client().produce(version, produceTo("t", 0, 1, recs)); got.ErrorCode != want {
				t.Errorf("version %d: %v, want %v", version, got.ErrorCode.Name(), want.Name())
			}
		}
	})
}

func TestBad48BatchOfMoreThanTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			got := b.client().produce(version, produceTo("t", 0, 1, records(string(make([]byte, 1<<20+12)))))
			if got.ErrorCode != wire.MessageTooLarge {
				t.Errorf("version %d: %v", version, got.ErrorCode.Name())
			}
		}
		b.mustWork("large batch")
	})
}

func TestBad50TimestampsDoNotBreakTheIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		for _, ts := range [][]int64{{math.MinInt64}, {-1}, {0}, {math.MinInt64, time.Now().UnixMilli()}} {
			recs := timed(ts...)
			if got := c.produce(9, produceTo("t", 0, 1, recs)).ErrorCode; got != 0 && got != wire.InvalidTimestamp && got != wire.InvalidRecord {
				t.Errorf("timestamps %v: %v", ts, got.Name())
			}
		}
		for _, ts := range []int64{-3, 0, time.Now().UnixMilli()} {
			if got := c.listOffset(11, "t", 0, ts).ErrorCode; got != 0 {
				t.Errorf("ListOffsets for %d afterwards: %v", ts, got.Name())
			}
		}
		b.mustWork("timestamps")
	})
}

func TestBad51To56Producers(t *testing.T) {
	type step struct {
		row             string
		epoch           int16
		sequence, count int32
		want            wire.ErrorCode
		offset          int64
	}
	synctest.Test(t, func(t *testing.T) {
		for version := int16(3); version <= 13; version++ {
			b := newDataBroker(t)
			b.topic("t", 1)
			next := int64(0)
			for pid, steps := range map[int64][]step{
				777: {{"51 id never allocated, sequence 100", 0, 100, 1, 0, 0}},
				778: {
					{"51 sequence 0", 0, 0, 1, 0, 0},
					{"52 gap", 0, 2, 1, wire.OutOfOrderSequenceNumber, -1},
					{"56 epoch jump, sequence not 0", 1, 5, 1, wire.OutOfOrderSequenceNumber, -1},
					{"56 new epoch", 1, 0, 1, 0, 0},
					{"56 older epoch", 0, 1, 1, wire.InvalidProducerEpoch, -1},
				},
				779: {
					{"55 end of the sequence numbers", 0, math.MaxInt32, 1, 0, 0},
					{"55 and around", 0, 0, 1, 0, 0},
				},
			} {
				for _, s := range steps {
					o := batch.NoProducer()
					o.ProducerID, o.ProducerEpoch, o.BaseSequence = pid, s.epoch, s.sequence
					bld := batch.NewBuilder(o)
					for range s.count {
						bld.Append(recordMs, nil, []byte("v"))
					}
					got := b.client().produce(version, produceTo("t", 0, 1, bld.Build(nil)))
					if got.ErrorCode != s.want || s.want == 0 && got.BaseOffset != next {
						t.Errorf("%s, version %d: %v at %d, want %v at %d", s.row, version, got.ErrorCode.Name(), got.BaseOffset, s.want.Name(), next)
					}
					if got.ErrorCode == 0 {
						next++
					}
				}
			}
			b.mustWork(fmt.Sprint("producers, version ", version))
		}
	})
}

func TestBad65SamePartitionTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 40)
		for version := int16(3); version <= 13; version++ {
			for _, others := range []int{0, 38} { // compared pairwise, and by a map
				req := produceTo("t", 0, 1, records("first"))
				for i := range others {
					req.TopicData[0].PartitionData = append(req.TopicData[0].PartitionData,
						wire.ProduceRequestPartitionProduceData{Index: int32(i + 1), Records: records("other")})
				}
				again := produceTo("t", 0, 1, records("second"))
				sameTopic := *req
				sameTopic.TopicData = append(sameTopic.TopicData[:1:1], again.TopicData...)
				inPlace := produceTo("t", 0, 1, nil)
				inPlace.TopicData[0].PartitionData = append(req.TopicData[0].PartitionData[:others+1:others+1], again.TopicData[0].PartitionData...)
				for what, r := range map[string]*wire.ProduceRequest{"topic twice": &sameTopic, "partition twice": inPlace} {
					end := b.partition("t", 0).HighWatermark()
					var resp wire.ProduceResponse
					b.client().ask(r, version, &resp)
					var codes []wire.ErrorCode
					for _, tr := range resp.Responses {
						for _, p := range tr.PartitionResponses {
							codes = append(codes, p.ErrorCode)
						}
					}
					for i, code := range codes {
						want := wire.None
						if i == len(codes)-1 {
							want = wire.InvalidRequest
						}
						if code != want {
							t.Errorf("version %d, %s of %d, answer %d: %v", version, what, len(codes), i, code.Name())
						}
					}
					if hw := b.partition("t", 0).HighWatermark(); hw != end+1 {
						t.Errorf("version %d, %s: %d records appended", version, what, hw-end)
					}
				}
			}
		}
	})
}

func TestBad62InternalTopics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topic("__consumer_offsets", 1)
		for version := int16(3); version <= 13; version++ {
			for _, topic := range []string{"__consumer_offsets", "__transaction_state", "__cluster_metadata"} {
				want := wire.InvalidTopicException
				if version >= 13 && topic != "__consumer_offsets" {
					want = wire.UnknownTopicId // ids of topics that are not there say nothing
				}
				c := b.client()
				admin := "__admin_client"
				h := wire.RequestHeader{APIKey: 0, APIVersion: version, CorrelationID: 1, ClientID: &admin}
				c.write(rawFrame(produceTo(topic, 0, 1, records("x")).Append(h.Append(nil), version)))
				var resp wire.ProduceResponse
				c.answer(&resp, 0, version)
				if got := resp.Responses[0].PartitionResponses[0].ErrorCode; got != want {
					t.Errorf("version %d, %s: %v, want %v", version, topic, got.Name(), want.Name())
				}
			}
		}
		b.mustWork("internal topics")
	})
}

func TestBad66ProduceTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topicOf("slow", partitionRecord("slow", 0, 1, 1, 2))
		for version := int16(3); version <= 13; version++ {
			for timeout, waits := range map[int32]time.Duration{-1: 0, math.MinInt32: 0, 0: 0, math.MaxInt32: maxProduceWaitMs * time.Millisecond} {
				req := produceTo("slow", 0, acksAll, records("a"))
				req.TimeoutMs = timeout
				begin := time.Now()
				if got := b.client().produce(version, req); got.ErrorCode != wire.RequestTimedOut {
					t.Errorf("version %d timeout %d: %v", version, timeout, got.ErrorCode.Name())
				}
				if d := time.Since(begin); d != waits {
					t.Errorf("version %d timeout %d: answered after %v, want %v", version, timeout, d, waits)
				}
			}
		}
		b.mustWork("timeouts")
	})
}
