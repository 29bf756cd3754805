package api

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestFetchInEveryVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a", "b")))
		c.produce(9, produceTo("t", 0, 1, records("c")))
		for version := int16(4); version <= 18; version++ {
			got := c.fetchOne(version, fetchFrom("t", 0, 1))
			if got.ErrorCode != 0 || got.HighWatermark != 3 || got.LastStableOffset != 3 || got.PreferredReadReplica != -1 {
				t.Errorf("version %d: %+v", version, got)
			}
			if vs := values(t, got.Records, 1); !slices.Equal(vs, []string{"b", "c"}) {
				t.Errorf("version %d: values %v, want b c", version, vs)
			}
			at := c.fetchOne(version, fetchFrom("t", 0, 3))
			if at.ErrorCode != 0 || at.Records == nil || len(at.Records) != 0 {
				t.Errorf("version %d at the end: %+v, want empty records", version, at)
			}
		}
	})
}

func TestBad67FetchOutOfRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a", "b", "c")))
		if _, err := b.partition("t", 0).DeleteRecords(1); err != nil {
			t.Fatal(err)
		}
		for version := int16(4); version <= 18; version++ {
			for _, offset := range []int64{0, 4, -1, -1 << 63, 1<<63 - 1} {
				req := fetchFrom("t", 0, offset)
				req.MaxWaitMs = 10_000
				begin := time.Now()
				got := c.fetchOne(version, req)
				if got.ErrorCode != wire.OffsetOutOfRange || got.HighWatermark != -1 || got.LastStableOffset != -1 || got.LogStartOffset != -1 {
					t.Errorf("version %d offset %d: %+v, want OFFSET_OUT_OF_RANGE and -1s", version, offset, got)
				}
				if time.Since(begin) != 0 {
					t.Errorf("version %d offset %d: the error waited", version, offset)
				}
			}
			if got := c.fetchOne(version, fetchFrom("t", 0, 1)); got.ErrorCode != 0 {
				t.Errorf("version %d: the next good fetch: %v", version, got.ErrorCode.Name())
			}
		}
	})
}

func TestBad68FetchAsAReplica(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a")))
		for version := int16(4); version <= 18; version++ {
			req := fetchFrom("t", 0, 1)
			req.ReplicaId, req.ReplicaState.ReplicaId = 2, 2
			var resp wire.FetchResponse
			c.ask(req, version, &resp)
			code := resp.ErrorCode
			if version < 7 {
				code = resp.Responses[0].Partitions[0].ErrorCode
			}
			if code != wire.ClusterAuthorizationFailed {
				t.Errorf("version %d: %+v, want CLUSTER_AUTHORIZATION_FAILED", version, resp)
			}
			if hw := b.partition("t", 0).HighWatermark(); hw != 0 {
				t.Fatalf("version %d: a client moved the high watermark to %d", version, hw)
			}
		}
	})
}

func TestBad69FetchWithAnotherLeaderEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		p := partitionRecord("t", 0, 1, 1)
		p.LeaderEpoch = 4
		b.topicOf("t", p)
		c := b.client()
		for version := int16(9); version <= 18; version++ {
			for epoch, want := range map[int32]wire.ErrorCode{-1: 0, 4: 0, 3: wire.FencedLeaderEpoch, 5: wire.UnknownLeaderEpoch} {
				req := fetchFrom("t", 0, 0)
				req.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch
				if got := c.fetchOne(version, req); got.ErrorCode != want {
					t.Errorf("version %d epoch %d: %v, want %v", version, epoch, got.ErrorCode.Name(), want.Name())
				}
			}
		}
	})
}

func TestBad71FetchLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a")))
		for version := int16(4); version <= 18; version++ {
			for _, n := range []int32{0, -1, -1 << 31, 1<<31 - 1} {
				req := fetchFrom("t", 0, 0)
				req.MaxBytes, req.Topics[0].Partitions[0].PartitionMaxBytes = n, n
				if got := c.fetchOne(version, req); len(values(t, got.Records, 0)) != 1 {
					t.Errorf("version %d max bytes %d: %+v, want one batch", version, n, got)
				}
			}
			req := fetchFrom("t", 0, 0)
			req.MinBytes, req.MaxWaitMs = 1<<31-1, 1<<31-1
			begin := time.Now()
			if got := c.fetchOne(version, req); len(values(t, got.Records, 0)) != 1 {
				t.Errorf("version %d: %+v", version, got)
			}
			if waited := time.Since(begin); waited != 5*time.Minute {
				t.Errorf("version %d: a wait of 24 days was cut to %v, want 5m", version, waited)
			}
		}
	})
}

func TestBad72IsolationLevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		for version := int16(4); version <= 18; version++ {
			req := fetchFrom("t", 0, 0)
			req.IsolationLevel = 7
			var resp wire.FetchResponse
			c.ask(req, version, &resp)
			if version < 7 && resp.Responses[0].Partitions[0].ErrorCode != wire.InvalidRequest || version >= 7 && resp.ErrorCode != wire.InvalidRequest {
				t.Errorf("version %d: %+v, want INVALID_REQUEST", version, resp)
			}
			req.IsolationLevel = 1
			if got := c.fetchOne(version, req); got.ErrorCode != 0 || got.AbortedTransactions == nil {
				t.Errorf("version %d read_committed: %+v", version, got)
			}
		}
	})
}

func TestFetchErrorsPerPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		p := partitionRecord("other", 0, 2, 2)
		p.LeaderEpoch = 3
		b.topicOf("other", p)
		b.topic("t", 1)
		for version := int16(4); version <= 18; version++ {
			unknown := wire.UnknownTopicOrPartition
			if version >= 13 {
				unknown = wire.UnknownTopicId
			}
			for _, tc := range []struct {
				req  *wire.FetchRequest
				want wire.ErrorCode
			}{
				{fetchFrom("nope", 0, 0), unknown},
				{fetchFrom("t", 3, 0), wire.UnknownTopicOrPartition},
				{fetchFrom("t", -1, 0), wire.UnknownTopicOrPartition},
				{fetchFrom("other", 0, 0), wire.NotLeaderOrFollower},
			} {
				var resp wire.FetchResponse
				b.client().ask(tc.req, version, &resp)
				got := resp.Responses[0].Partitions[0]
				if got.ErrorCode != tc.want || got.HighWatermark != -1 {
					t.Errorf("version %d: %+v, want %v", version, got, tc.want.Name())
				}
				if tc.want == wire.NotLeaderOrFollower && version >= 16 &&
					(got.CurrentLeader.LeaderId != 2 || got.CurrentLeader.LeaderEpoch != 3 || len(resp.NodeEndpoints) != 1) {
					t.Errorf("version %d: leader %+v, endpoints %+v", version, got.CurrentLeader, resp.NodeEndpoints)
				}
			}
		}
	})
}

func TestFetchReturnsTheFirstBatchWhateverItsSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 2)
		c := b.client()
		big := string(make([]byte, 5000))
		for p := range int32(2) {
			c.produce(9, produceTo("t", p, 1, records(big)))
			c.produce(9, produceTo("t", p, 1, records("small")))
		}
		req := fetchFrom("t", 0, 0)
		req.MaxBytes = 300
		second := req.Topics[0].Partitions[0]
		second.Partition = 1
		req.Topics[0].Partitions = append(req.Topics[0].Partitions, second)
		var resp wire.FetchResponse
		c.ask(req, 12, &resp)
		parts := resp.Responses[0].Partitions
		if n := len(values(t, parts[0].Records, 0)); n != 1 {
			t.Errorf("%d records of partition 0, want the big one", n)
		}
		if len(parts[1].Records) != 0 {
			t.Errorf("%d bytes of partition 1 above the limit", len(parts[1].Records))
		}
		// Room left by the first partition goes to the second.
		req.Topics[0].Partitions[0].FetchOffset = 1
		req.Topics[0].Partitions[1].FetchOffset = 1
		c.ask(req, 12, &resp)
		if n := len(values(t, resp.Responses[0].Partitions[1].Records, 1)); n != 1 {
			t.Errorf("%d records of partition 1, want 1", n)
		}
	})
}

func TestFetchWaitsForAProduce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 2)
		for version := int16(4); version <= 18; version++ {
			consumer, producer := b.client(), b.client()
			next := b.partition("t", 1).HighWatermark()
			req := fetchFrom("t", 0, 0)
			req.MaxWaitMs = 60_000
			second := req.Topics[0].Partitions[0]
			second.Partition, second.FetchOffset = 1, next
			req.Topics[0].Partitions = append(req.Topics[0].Partitions, second)
			consumer.write(consumer.encode(req, version))
			synctest.Wait()
			begin := time.Now()
			time.Sleep(3 * time.Second)
			producer.produce(9, produceTo("t", 1, 1, records("woken")))
			var resp wire.FetchResponse
			consumer.answer(&resp, 1, version)
			if waited := time.Since(begin); waited != 3*time.Second {
				t.Errorf("version %d: answered after %v, want 3s", version, waited)
			}
			if got := values(t, resp.Responses[0].Partitions[1].Records, next); !slices.Equal(got, []string{"woken"}) {
				t.Errorf("version %d: values %v", version, got)
			}
		}
	})
}

func TestFetchWaitsForMinBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		consumer, producer := b.client(), b.client()
		size := len(records("12345"))
		req := fetchFrom("t", 0, 0)
		req.MaxWaitMs, req.MinBytes = 60_000, int32(3*size-1)
		consumer.write(consumer.encode(req, 12))
		for i := range 3 {
			synctest.Wait()
			time.Sleep(time.Second)
			producer.produce(9, produceTo("t", 0, 1, records(fmt.Sprintf("%05d", i))))
		}
		begin := time.Now()
		var resp wire.FetchResponse
		consumer.answer(&resp, 1, 12)
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("answered %v after the third batch", waited)
		}
		if n := len(values(t, resp.Responses[0].Partitions[0].Records, 0)); n != 3 {
			t.Errorf("%d records, want 3", n)
		}
	})
}

func TestFetchTimesOutEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		req := fetchFrom("t", 0, 0)
		req.MaxWaitMs = 700
		begin := time.Now()
		got := b.client().fetchOne(12, req)
		if waited := time.Since(begin); waited != 700*time.Millisecond {
			t.Errorf("answered after %v, want 700ms", waited)
		}
		if got.ErrorCode != 0 || len(got.Records) != 0 {
			t.Errorf("answer %+v", got)
		}
	})
}

func TestFetchEndsWithItsSegmentAndDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1, "internal.segment.bytes", "200")
		c := b.client()
		for i := range 10 {
			c.produce(9, produceTo("t", 0, 1, records(fmt.Sprint(i))))
		}
		req := fetchFrom("t", 0, 0)
		req.MinBytes, req.MaxWaitMs = 100_000, 60_000
		begin := time.Now()
		got := c.fetchOne(12, req)
		if len(values(t, got.Records, 0)) == 0 || time.Since(begin) != 0 {
			t.Errorf("%d bytes after %v; want the first segment at once", len(got.Records), time.Since(begin))
		}
	})
}

func TestDeletedTopicEndsAWaitingFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for _, version := range []int16{4, 12, 13, 18} {
			c := b.client()
			req := fetchFrom("t", 0, 0)
			req.MaxWaitMs = 60_000
			c.write(c.encode(req, version))
			synctest.Wait()
			begin := time.Now()
			b.apply(&wire.RemoveTopicRecord{TopicId: topicID("t")})
			var resp wire.FetchResponse
			c.answer(&resp, 1, version)
			// The fetch sees the image it began with, so the topic is not unknown to it.
			if got := resp.Responses[0].Partitions[0].ErrorCode; got != wire.NotLeaderOrFollower && got != wire.UnknownTopicOrPartition && got != wire.UnknownTopicId {
				t.Errorf("version %d: %v", version, got.Name())
			}
			if time.Since(begin) != 0 {
				t.Errorf("version %d: told after %v", version, time.Since(begin))
			}
			want := wire.UnknownTopicOrPartition
			if version >= 13 {
				want = wire.UnknownTopicId
			}
			if got := c.fetchOne(version, req).ErrorCode; got != want {
				t.Errorf("version %d: the next fetch %v, want %v", version, got.Name(), want.Name())
			}
			b.topic("t", 1)
		}
	})
}

func TestRecreatedTopicIsAnotherTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("old")))
		fresh := wire.UUID{9, 9, 9}
		p := partitionRecord("t", 0, 1, 1)
		p.TopicId = fresh
		b.apply(&wire.RemoveTopicRecord{TopicId: topicID("t")}, &wire.TopicRecord{Name: "t", TopicId: fresh}, p)
		if got := c.fetchOne(13, fetchFrom("t", 0, 0)); got.ErrorCode != wire.UnknownTopicId {
			t.Errorf("fetch by the old id: %v", got.ErrorCode.Name())
		}
		if got := c.produce(13, produceTo("t", 0, 1, records("a"))); got.ErrorCode != wire.UnknownTopicId {
			t.Errorf("produce by the old id: %v", got.ErrorCode.Name())
		}
		if got := c.fetchOne(12, fetchFrom("t", 0, 0)); got.ErrorCode != 0 || got.HighWatermark != 0 {
			t.Errorf("fetch by name: %+v, want an empty log", got)
		}
		byID := fetchFrom("t", 0, 0)
		byID.Topics[0].TopicId = fresh
		if got := c.fetchOne(13, byID); got.ErrorCode != 0 {
			t.Errorf("fetch by the new id: %v", got.ErrorCode.Name())
		}
	})
}

func TestFetchesAndProducesInterleave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.topicOf("slow", partitionRecord("slow", 0, 1, 1, 2))
		c := b.client()
		waiting := fetchFrom("t", 0, 0)
		waiting.MaxWaitMs = 2_000
		// A slow acks=all, a fetch that waits, and a produce behind both: bad-input
		// row 8, answers leave in request order.
		in := c.encode(produceTo("slow", 0, acksAll, records("a")), 9)
		in = append(in, c.encode(waiting, 12)...)
		in = append(in, c.encode(produceTo("t", 0, acksOne, records("b")), 9)...)
		c.write(in)
		begin := time.Now()
		var p wire.ProduceResponse
		var f wire.FetchResponse
		if id := c.answer(&p, 0, 9); id != 1 {
			t.Fatalf("answer to request %d, want 1", id)
		}
		if id := c.answer(&f, 1, 12); id != 2 {
			t.Fatalf("answer to request %d, want 2", id)
		}
		if id := c.answer(&p, 0, 9); id != 3 {
			t.Fatalf("answer to request %d, want 3", id)
		}
		if waited := time.Since(begin); waited != 7*time.Second {
			t.Errorf("all answers after %v, want 5s for the produce and 2s for the fetch", waited)
		}
	})
}
