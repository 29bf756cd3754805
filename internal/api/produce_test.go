package api

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestProduceInEveryVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		for version := int16(3); version <= 13; version++ {
			for _, acks := range []int16{acksOne, acksAll} {
				next := b.partition("t", 0).HighWatermark()
				got := c.produce(version, produceTo("t", 0, acks, records("a", "b")))
				if got.ErrorCode != 0 || got.BaseOffset != next || got.LogAppendTimeMs != -1 {
					t.Errorf("version %d acks %d: %+v, want offset %d", version, acks, got, next)
				}
				if version >= 5 && got.LogStartOffset != 0 {
					t.Errorf("version %d: log start offset %d", version, got.LogStartOffset)
				}
				if hw := b.partition("t", 0).HighWatermark(); hw != next+2 {
					t.Errorf("version %d: high watermark %d, want %d", version, hw, next+2)
				}
			}
		}
	})
}

func TestProduceErrors(t *testing.T) {
	keyless := batch.NewBuilder(batch.NoProducer())
	keyless.Append(recordMs, []byte("k"), []byte("v"))
	keyless.Append(recordMs, nil, []byte("v"))
	cases := []struct {
		name string
		req  *wire.ProduceRequest
		want wire.ErrorCode
		byID wire.ErrorCode // from version 13 on, if another
	}{
		{"unknown topic", produceTo("nope", 0, 1, records("a")), wire.UnknownTopicOrPartition, wire.UnknownTopicId},
		{"unknown partition", produceTo("t", 7, 1, records("a")), wire.UnknownTopicOrPartition, 0},
		{"negative partition", produceTo("t", -1, 1, records("a")), wire.UnknownTopicOrPartition, 0},
		{"led elsewhere", produceTo("other", 0, 1, records("a")), wire.NotLeaderOrFollower, 0},
		{"acks 2", produceTo("t", 0, 2, records("a")), wire.InvalidRequiredAcks, 0},
		{"no batch", produceTo("t", 0, 1, nil), wire.InvalidRecord, 0},
		{"internal topic", produceTo("__consumer_offsets", 0, 1, records("a")), wire.InvalidTopicException, 0},
		{"no key", produceTo("compacted", 0, 1, keyless.Build(nil)), wire.InvalidRecord, 0},
		{"too large", produceTo("small", 0, 1, records(string(make([]byte, 300)))), wire.MessageTooLarge, 0},
		{"larger than a segment", produceTo("segments", 0, 1, records(string(make([]byte, 3000)))), wire.RecordListTooLarge, 0},
		{"too few in sync", produceTo("under", 0, acksAll, records("a")), wire.NotEnoughReplicas, 0},
	}
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topic("__consumer_offsets", 1)
		b.topic("compacted", 1, "cleanup.policy", "compact")
		b.topic("small", 1, "max.message.bytes", "200")
		b.topic("segments", 1, "internal.segment.bytes", "2000")
		b.topicOf("other", partitionRecord("other", 0, 2, 2))
		under := partitionRecord("under", 0, 1, 1, 2)
		under.Isr = []int32{1}
		b.topicOf("under", under, "min.insync.replicas", "2")
		for _, tc := range cases {
			for _, version := range []int16{3, 7, 8, 9, 10, 12, 13} {
				want := tc.want
				if version >= 13 && tc.byID != 0 {
					want = tc.byID
				}
				c := b.client()
				got := c.produce(version, tc.req)
				if got.ErrorCode != want || got.BaseOffset != -1 {
					t.Errorf("%s, version %d: %v at %d, want %v at -1", tc.name, version, got.ErrorCode.Name(), got.BaseOffset, want.Name())
				}
				if tc.name == "no key" && version >= 8 && (len(got.RecordErrors) != 1 || got.RecordErrors[0].BatchIndex != 1 || got.ErrorMessage == nil) {
					t.Errorf("version %d: record errors %+v, message %v; want record 1 named", version, got.RecordErrors, got.ErrorMessage)
				}
				if c.produce(version, produceTo("t", 0, 1, records("next"))).ErrorCode != 0 {
					t.Errorf("%s, version %d: the next good request failed", tc.name, version)
				}
			}
		}
	})
}

func TestProduceNamesTheLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		p := partitionRecord("other", 0, 2, 2)
		p.LeaderEpoch = 5
		b.topicOf("other", p)
		for version := int16(10); version <= 13; version++ {
			var resp wire.ProduceResponse
			b.client().ask(produceTo("other", 0, 1, records("a")), version, &resp)
			leader := resp.Responses[0].PartitionResponses[0].CurrentLeader
			if leader.LeaderId != 2 || leader.LeaderEpoch != 5 {
				t.Errorf("version %d: leader %+v, want broker 2 in epoch 5", version, leader)
			}
			if len(resp.NodeEndpoints) != 1 || resp.NodeEndpoints[0].Host != "two" || resp.NodeEndpoints[0].Port != 9094 {
				t.Errorf("version %d: endpoints %+v", version, resp.NodeEndpoints)
			}
		}
	})
}

func TestProduceSeveralPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 3)
		b.topic("u", 1)
		for version := int16(3); version <= 13; version++ {
			req := produceTo("t", 2, 1, records("a"))
			req.TopicData[0].PartitionData = append(req.TopicData[0].PartitionData,
				wire.ProduceRequestPartitionProduceData{Index: 9, Records: records("lost")},
				wire.ProduceRequestPartitionProduceData{Index: 0, Records: records("b")})
			req.TopicData = append(req.TopicData, produceTo("u", 0, 1, records("c")).TopicData...)
			var resp wire.ProduceResponse
			b.client().ask(req, version, &resp)
			var got []string
			for _, tr := range resp.Responses {
				for _, p := range tr.PartitionResponses {
					got = append(got, fmt.Sprintf("%d %s", p.Index, p.ErrorCode.Name()))
				}
			}
			want := []string{"2 NONE", "9 UNKNOWN_TOPIC_OR_PARTITION", "0 NONE", "0 NONE"}
			if !slices.Equal(got, want) {
				t.Errorf("version %d: %v, want %v", version, got, want)
			}
		}
	})
}

func TestProducesOfOneReadAreAppendedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 2)
		c := b.client()
		var in []byte
		for i := range 200 {
			in = append(in, c.encode(produceTo("t", int32(i%2), int16(i%2*2-1), records(fmt.Sprint(i))), 9)...)
		}
		c.write(in)
		for i := range 200 {
			var resp wire.ProduceResponse
			if id := c.answer(&resp, 0, 9); id != int32(i+1) {
				t.Fatalf("answer to request %d, want %d", id, i+1)
			}
			if got := resp.Responses[0].PartitionResponses[0]; got.ErrorCode != 0 || got.BaseOffset != int64(i/2) {
				t.Fatalf("request %d: %+v, want offset %d", i, got, i/2)
			}
		}
	})
}

func TestAcksNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		in := c.encode(produceTo("t", 0, acksNone, records("silent")), 9)
		in = append(in, c.encode(produceTo("t", 0, acksOne, records("answered")), 9)...)
		c.write(in)
		var resp wire.ProduceResponse
		if id := c.answer(&resp, 0, 9); id != 2 || resp.Responses[0].PartitionResponses[0].BaseOffset != 1 {
			t.Errorf("answer to request %d: %+v; want the second one at offset 1", id, resp)
		}
	})
}

func TestBad35AcksNoneWithAnErrorClosesAfterEarlierAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			c := b.client()
			in := c.encode(produceTo("t", 0, acksOne, records("first")), version)
			in = append(in, c.encode(produceTo("t", 5, acksNone, records("lost")), version)...)
			in = append(in, c.encode(produceTo("t", 0, acksOne, records("dropped")), version)...)
			end := b.partition("t", 0).HighWatermark()
			c.write(in)
			var resp wire.ProduceResponse
			c.answer(&resp, 0, version)
			c.mustBeClosed()
			if hw := b.partition("t", 0).HighWatermark(); hw != end+1 {
				t.Errorf("version %d: high watermark %d, want %d", version, hw, end+1)
			}
		}
	})
}

func TestAcksAllWaitsForTheOtherReplica(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		c := b.client()
		in := c.encode(produceTo("t", 0, acksAll, records("a")), 9)
		in = append(in, c.encode(produceTo("t", 0, acksOne, records("b")), 9)...)
		in = append(in, c.encode(produceTo("t", 0, acksAll, records("c")), 9)...)
		c.write(in)
		synctest.Wait()
		begin := time.Now()
		time.Sleep(time.Second)
		// Broker 2 leaves the ISR: what broker 1 has is all that is needed.
		b.apply(isrChange("t", 0, 1))
		for want := range int64(3) {
			var resp wire.ProduceResponse
			c.answer(&resp, 0, 9)
			if got := resp.Responses[0].PartitionResponses[0]; got.ErrorCode != 0 || got.BaseOffset != want {
				t.Errorf("answer %+v, want offset %d", got, want)
			}
		}
		if waited := time.Since(begin); waited != time.Second {
			t.Errorf("answered after %v, want 1s", waited)
		}
	})
}

func TestAcksAllTimesOutInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		c := b.client()
		c.write(append(c.encode(produceTo("t", 0, acksAll, records("a")), 9), c.encode(fetchFrom("t", 0, 0), 12)...))
		var resp wire.ProduceResponse
		begin := time.Now()
		c.answer(&resp, 0, 9)
		if got := resp.Responses[0].PartitionResponses[0]; got.ErrorCode != wire.RequestTimedOut || got.BaseOffset != 0 {
			t.Errorf("answer %+v, want REQUEST_TIMED_OUT at offset 0", got)
		}
		if waited := time.Since(begin); waited != 5*time.Second {
			t.Errorf("timed out after %v, want 5s", waited)
		}
		var fetched wire.FetchResponse
		c.answer(&fetched, 1, 12)
		if got := fetched.Responses[0].Partitions[0]; got.HighWatermark != 0 || len(got.Records) != 0 {
			t.Errorf("fetch sees %d bytes below watermark %d of a record that is not committed", len(got.Records), got.HighWatermark)
		}
	})
}

func TestLostLeadershipEndsWaitingProduces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		c := b.client()
		c.write(c.encode(produceTo("t", 0, acksAll, records("a")), 9))
		synctest.Wait()
		change := isrChange("t", 0, 1, 2)
		change.Leader = 2
		b.apply(change)
		var resp wire.ProduceResponse
		c.answer(&resp, 0, 9)
		if got := resp.Responses[0].PartitionResponses[0].ErrorCode; got != wire.NotLeaderOrFollower {
			t.Errorf("answer %v, want NOT_LEADER_OR_FOLLOWER", got.Name())
		}
	})
}

func TestProduceToAFailingDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		disk := vfs.NewErrorFS(vfs.NewMem(), func(op vfs.Op, _ string) error {
			if op == vfs.OpWrite && broken.Load() {
				return errors.New("disk gone")
			}
			return nil
		})
		b := newDataBrokerOn(t, disk)
		b.topic("t", 1)
		b.topic("u", 1)
		c := b.client()
		if got := c.produce(9, produceTo("t", 0, 1, records("a"))); got.ErrorCode != 0 {
			t.Fatalf("before the failure: %+v", got)
		}
		broken.Store(true)
		// Both are staged; their logs fail at the commit.
		in := append(c.encode(produceTo("t", 0, 1, records("b")), 9), c.encode(produceTo("t", 0, acksAll, records("c")), 9)...)
		c.write(in)
		for range 2 {
			var resp wire.ProduceResponse
			c.answer(&resp, 0, 9)
			if got := resp.Responses[0].PartitionResponses[0]; got.ErrorCode != wire.KafkaStorageError || got.BaseOffset != -1 {
				t.Errorf("answer %+v, want KAFKA_STORAGE_ERROR at -1", got)
			}
		}
		c.write(c.encode(produceTo("t", 0, acksNone, records("d")), 9))
		c.mustBeClosed()
		b.logs.mu.Lock()
		defer b.logs.mu.Unlock()
		if len(b.logs.fails) == 0 {
			t.Error("the directories were not told")
		}
	})
}

func TestIdempotentProducer(t *testing.T) {
	idempotent := func(sequence int32, values ...string) []byte {
		o := batch.NoProducer()
		o.ProducerID, o.ProducerEpoch, o.BaseSequence = 1000, 0, sequence
		bld := batch.NewBuilder(o)
		for _, v := range values {
			bld.Append(recordMs, nil, []byte(v))
		}
		return bld.Build(nil)
	}
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for i, step := range []struct {
			recs   []byte
			want   wire.ErrorCode
			offset int64
		}{
			{idempotent(0, "a", "b"), 0, 0},
			{idempotent(2, "c"), 0, 2},
			{idempotent(0, "a", "b"), 0, 0}, // again
			{idempotent(4, "e"), wire.OutOfOrderSequenceNumber, -1},
			{idempotent(2, "other content, same sequence"), 0, 2},
			{idempotent(3, "d"), 0, 3},
		} {
			got := b.client().produce(9, produceTo("t", 0, acksAll, step.recs))
			if got.ErrorCode != step.want || got.BaseOffset != step.offset {
				t.Errorf("step %d: %v at %d, want %v at %d", i, got.ErrorCode.Name(), got.BaseOffset, step.want.Name(), step.offset)
			}
		}
		// A duplicate in the same read as its original waits for the same commit.
		c := b.client()
		req := c.encode(produceTo("t", 0, acksOne, idempotent(4, "e")), 9)
		c.write(append(slices.Clone(req), req...))
		for range 2 {
			var resp wire.ProduceResponse
			c.answer(&resp, 0, 9)
			if got := resp.Responses[0].PartitionResponses[0]; got.ErrorCode != 0 || got.BaseOffset != 4 {
				t.Errorf("answer %+v, want offset 4", got)
			}
		}
	})
}

func TestLogAppendTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1, "message.timestamp.type", "LogAppendTime")
		recs := records("a")
		time.Sleep(time.Hour)
		c := b.client()
		got := c.produce(9, produceTo("t", 0, 1, recs))
		if want := time.Now().UnixMilli(); got.LogAppendTimeMs != want {
			t.Errorf("log append time %d, want %d", got.LogAppendTimeMs, want)
		}
		f := c.fetchOne(12, fetchFrom("t", 0, 0))
		h, err := batch.ParseHeader(f.Records)
		if err != nil || !h.LogAppendTime() || h.MaxTimestamp != got.LogAppendTimeMs || !batch.CheckCRC(f.Records) {
			t.Errorf("stored header %+v, err %v, CRC right %v", h, err, batch.CheckCRC(f.Records))
		}
	})
}

func TestTransactionalBatchesAreRefused(t *testing.T) {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 5, 0, 0, true
	bld := batch.NewBuilder(o)
	bld.Append(recordMs, nil, []byte("v"))
	recs := bld.Build(nil)
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			req := produceTo("t", 0, 1, recs)
			// The flag inside the batch counts (CVE-2018-17196).
			if got := b.client().produce(version, req).ErrorCode; got != wire.TransactionalIdAuthorizationFailed {
				t.Errorf("version %d without transactional id: %v", version, got.Name())
			}
			id := "tx"
			req.TransactionalId = &id
			if got := b.client().produce(version, req).ErrorCode; got != wire.InvalidTxnState {
				t.Errorf("version %d with transactional id: %v", version, got.Name())
			}
		}
	})
}
