package api

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// followerFetch is a fetch of broker 2 of what it says it has.
func followerFetch(session, epoch int32, topic string, offset int64, leaderEpoch, lastEpoch int32) *wire.FetchRequest {
	req := fetchFrom(topic, 0, offset)
	req.ReplicaState = wire.FetchRequestReplicaState{ReplicaId: 2, ReplicaEpoch: 1}
	req.SessionId, req.SessionEpoch = session, epoch
	req.Topics[0].TopicId = topicID(topic)
	p := &req.Topics[0].Partitions[0]
	p.CurrentLeaderEpoch, p.LastFetchedEpoch, p.LogStartOffset = leaderEpoch, lastEpoch, 0
	return req
}

// TestFetchOfAFollower: records beyond the watermark, a session, the position that
// moves the watermark, and the divergence.
func TestFetchOfAFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		p := partitionRecord("t", 0, 1, 1, 2)
		p.LeaderEpoch = 3
		b.topicOf("t", p)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a", "b")))
		var resp wire.FetchResponse
		c.ask(followerFetch(0, 0, "t", 0, 3, -1), 18, &resp)
		got := &resp.Responses[0].Partitions[0]
		if resp.ErrorCode != 0 || resp.SessionId == 0 || got.ErrorCode != 0 || len(got.Records) == 0 || got.HighWatermark != 0 {
			t.Fatalf("%+v", resp)
		}
		session := resp.SessionId
		begin := time.Now()
		c.ask(followerFetch(session, 1, "t", 2, 3, 3), 18, &resp)
		if len(resp.Responses) != 1 || resp.Responses[0].Partitions[0].HighWatermark != 2 {
			t.Errorf("after it has them: %+v", resp)
		}
		if d := time.Since(begin); d > 10*time.Millisecond {
			t.Errorf("the watermark was told after %v", d)
		}
		if hw := b.partition("t", 0).HighWatermark(); hw != 2 {
			t.Errorf("watermark %d", hw)
		}
		c.ask(followerFetch(session, 2, "t", 9, 3, 3), 18, &resp)
		got = &resp.Responses[0].Partitions[0]
		if got.DivergingEpoch.Epoch != 3 || got.DivergingEpoch.EndOffset != 2 || got.ErrorCode != 0 {
			t.Errorf("a longer log: %+v", got)
		}
		c.ask(followerFetch(session, 3, "t", 2, 2, 3), 18, &resp)
		if got := resp.Responses[0].Partitions[0].ErrorCode; got != wire.FencedLeaderEpoch {
			t.Errorf("in an old epoch: %v", got.Name())
		}
		c.ask(followerFetch(session, 9, "t", 2, 3, 3), 18, &resp)
		if resp.ErrorCode != wire.InvalidFetchSessionEpoch {
			t.Errorf("out of turn: %v", resp.ErrorCode.Name())
		}
	})
}

// TestFetchOfAnOldProcess: a broker that has registered anew is heard under its new
// epoch only (KIP-903).
func TestFetchOfAnOldProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		c := b.client()
		for epoch, want := range map[int64]wire.ErrorCode{0: wire.ClusterAuthorizationFailed, 1: 0, 2: wire.ClusterAuthorizationFailed} {
			req := followerFetch(0, 0, "t", 0, 0, -1)
			req.ReplicaState.ReplicaEpoch = epoch
			var resp wire.FetchResponse
			c.ask(req, 17, &resp)
			if resp.ErrorCode != want {
				t.Errorf("epoch %d: %v", epoch, resp.ErrorCode.Name())
			}
		}
	})
}

// TestFetchAheadOfTheMetadata: a follower that has just registered may know its epoch
// before the leader's metadata does. It is not refused, once.
func TestFetchAheadOfTheMetadata(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		epoch := b.image.EndOffset() + 5
		awaited := int64(-1)
		b.api.Await = func(end int64) {
			awaited = end
			reg := &wire.RegisterBrokerRecord{}
			reg.SetDefaults()
			reg.BrokerId, reg.BrokerEpoch, reg.IncarnationId = 2, epoch, wire.UUID{9}
			b.apply(reg)
		}
		req := followerFetch(0, 0, "t", 0, 0, -1)
		req.ReplicaState.ReplicaEpoch = epoch
		var resp wire.FetchResponse
		b.client().ask(req, 17, &resp)
		if resp.ErrorCode != wire.None || awaited != epoch+1 {
			t.Errorf("%v, after waiting for %d, not %d", resp.ErrorCode.Name(), awaited, epoch+1)
		}
	})
}
