package group

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestCommitAndFetchRoundTrip(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		wantCode(t, "commit", w.commit("g", "t", 1, 42).code(), wire.None)
		for range 2 {
			resp := w.fetchGroup(9, wire.OffsetFetchRequestGroup{GroupId: "g", Topics: []wire.OffsetFetchRequestTopics{
				{Name: "t", PartitionIndexes: []int32{0, 1}}, {Name: "nothing", PartitionIndexes: []int32{9}},
			}})
			none, got, other := resp.Topics[0].Partitions[0], resp.Topics[0].Partitions[1], resp.Topics[1].Partitions[0]
			if got.CommittedOffset != 42 || got.CommittedLeaderEpoch != 7 || *got.Metadata != "m42" || got.ErrorCode != wire.None {
				t.Errorf("fetched %+v", got)
			}
			for _, p := range []wire.OffsetFetchResponsePartitions{none, other} {
				if p.CommittedOffset != -1 || p.CommittedLeaderEpoch != -1 || *p.Metadata != "" || p.ErrorCode != wire.None {
					t.Errorf("fetched %+v where nothing is", p)
				}
			}
			w.restart()
		}
	})
}

func TestNullMetadataIsReadBackAsEmpty(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		req := commitOf("g", "t", 0, 1)
		req.Topics[0].Partitions[0].CommittedMetadata = nil
		wantCode(t, "commit", w.commitRequest(9, req).code(), wire.None)
		resp := w.fetchGroup(9, wire.OffsetFetchRequestGroup{GroupId: "g"})
		if p := resp.Topics[0].Partitions[0]; p.Metadata == nil || *p.Metadata != "" {
			t.Fatalf("fetched %+v", p)
		}
	})
}

func TestFetchOfAGroupThatNeverExisted(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		if got := w.committed("nobody", "t", 0); got != -1 {
			t.Errorf("offset %d", got)
		}
		if got := w.offsetsOf("nobody"); got != "" {
			t.Errorf("offsets %s", got)
		}
		if got := w.listed(nil, nil); len(got) != 0 {
			t.Errorf("the fetch made the group: %v", got)
		}
	})
}

func TestFetchOfAllTopics(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "u", 3, 3).code()
		w.commit("g", "t", 2, 2).code()
		w.commit("g", "t", 0, 1).code()
		if got := w.offsetsOf("g"); got != "t-0=1 t-2=2 u-3=3 " {
			t.Fatalf("offsets %s", got)
		}
	})
}

func TestFetchOfManyGroups(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("a", "t", 0, 1).code()
		w.commit("b", "t", 0, 2).code()
		req := &wire.OffsetFetchRequest{Groups: []wire.OffsetFetchRequestGroup{
			{GroupId: "b"}, {GroupId: "a"}, {GroupId: "c"},
			{GroupId: "a", Topics: []wire.OffsetFetchRequestTopics{}},
		}}
		resp := begin(w, "fetch", func() *wire.OffsetFetchResponse { return w.c.OffsetFetch(8, req) }).result()
		text := ""
		for _, g := range resp.Groups {
			text += fmt.Sprintf("%s:%d ", g.GroupId, len(g.Topics))
		}
		if text != "b:1 a:1 c:0 a:0 " {
			t.Fatalf("fetched %s", text)
		}
	})
}

func TestFetchBeforeVersion8(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 1, 5).code()
		fetch := func(version int16, topics []wire.OffsetFetchRequestTopic) *wire.OffsetFetchResponse {
			req := &wire.OffsetFetchRequest{GroupId: "g", Topics: topics}
			return begin(w, "fetch", func() *wire.OffsetFetchResponse { return w.c.OffsetFetch(version, req) }).result()
		}
		one := []wire.OffsetFetchRequestTopic{{Name: "t", PartitionIndexes: []int32{1}}}
		for version := int16(1); version < 8; version++ {
			if p := fetch(version, one).Topics[0].Partitions[0]; p.CommittedOffset != 5 || p.CommittedLeaderEpoch != 7 || *p.Metadata != "m5" {
				t.Errorf("version %d: %+v", version, p)
			}
		}
		if resp := fetch(7, nil); len(resp.Topics) != 1 || resp.Topics[0].Name != "t" {
			t.Errorf("all topics: %+v", resp)
		}
		w.resign()
		if resp := fetch(1, one); resp.Topics[0].Partitions[0].ErrorCode != wire.NotCoordinator || resp.Topics[0].Partitions[0].CommittedOffset != -1 {
			t.Errorf("version 1 elsewhere: %+v", resp)
		}
		if resp := fetch(2, one); resp.ErrorCode != wire.NotCoordinator || len(resp.Topics) != 0 {
			t.Errorf("version 2 elsewhere: %+v", resp)
		}
		w.elect()
	})
}

func TestTopicIDs(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		topic, _ := w.topics.TopicByName("t")
		unknown := wire.UUID{9}
		req := commitOf("g", "", 0, 8)
		req.Topics[0].TopicId = topic.ID
		strange := commitOf("g", "", 0, 8).Topics[0]
		strange.TopicId = unknown
		req.Topics = append(req.Topics, strange)
		resp := w.commitRequest(10, req).result()
		wantCode(t, "commit", resp.Topics[0].Partitions[0].ErrorCode, wire.None)
		wantCode(t, "commit for an unknown id", resp.Topics[1].Partitions[0].ErrorCode, wire.UnknownTopicId)
		if resp.Topics[0].TopicId != topic.ID || resp.Topics[1].TopicId != unknown {
			t.Errorf("committed %+v", resp)
		}
		got := w.fetchGroup(10, wire.OffsetFetchRequestGroup{GroupId: "g", Topics: []wire.OffsetFetchRequestTopics{
			{TopicId: topic.ID, PartitionIndexes: []int32{0}}, {TopicId: unknown, PartitionIndexes: []int32{0}}, {PartitionIndexes: []int32{0}},
		}})
		if p := got.Topics[0].Partitions[0]; got.Topics[0].TopicId != topic.ID || p.CommittedOffset != 8 {
			t.Errorf("fetched %+v", got.Topics[0])
		}
		for _, topic := range got.Topics[1:] {
			if p := topic.Partitions[0]; p.ErrorCode != wire.UnknownTopicId || p.CommittedOffset != -1 {
				t.Errorf("fetched %+v", topic)
			}
		}
		w.commit("g", "u", 0, 1).code()
		w.topics.remove("u")
		all := w.fetchGroup(10, wire.OffsetFetchRequestGroup{GroupId: "g"})
		if len(all.Topics) != 1 || all.Topics[0].TopicId != topic.ID {
			t.Errorf("all topics that have an id: %+v", all.Topics)
		}
	})
}

// The offset of a topic is not that of another one with its name.
func TestOffsetOfATopicThatWasCreatedAgain(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 8).code()
		again := w.topics.put("t", 77, 4)
		got := w.fetchGroup(10, wire.OffsetFetchRequestGroup{GroupId: "g", Topics: []wire.OffsetFetchRequestTopics{
			{TopicId: again.ID, PartitionIndexes: []int32{0}},
		}})
		if p := got.Topics[0].Partitions[0]; p.CommittedOffset != -1 {
			t.Fatalf("fetched %+v", p)
		}
	})
}

func TestCommitRefusals(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		long, euros := strings.Repeat("x", 4097), strings.Repeat("€", 4096)
		for _, tt := range []struct {
			name   string
			change func(r *wire.OffsetCommitRequest)
			want   wire.ErrorCode
		}{
			{"unknown topic", func(r *wire.OffsetCommitRequest) { r.Topics[0].Name = "x" }, wire.UnknownTopicOrPartition},
			{"unknown partition", func(r *wire.OffsetCommitRequest) { r.Topics[0].Partitions[0].PartitionIndex = 4 }, wire.UnknownTopicOrPartition},
			{"negative partition", func(r *wire.OffsetCommitRequest) { r.Topics[0].Partitions[0].PartitionIndex = -1 }, wire.UnknownTopicOrPartition},
			{"long metadata", func(r *wire.OffsetCommitRequest) { r.Topics[0].Partitions[0].CommittedMetadata = &long }, wire.OffsetMetadataTooLarge},
			{"metadata of 4,096 characters", func(r *wire.OffsetCommitRequest) { r.Topics[0].Partitions[0].CommittedMetadata = &euros }, wire.None},
			{"negative offset", func(r *wire.OffsetCommitRequest) { r.Topics[0].Partitions[0].CommittedOffset = -2 }, wire.None},
			{"offset beyond the end", func(r *wire.OffsetCommitRequest) { r.Topics[0].Partitions[0].CommittedOffset = 1 << 60 }, wire.None},
			{"member of an empty group", func(r *wire.OffsetCommitRequest) { r.MemberId, r.GenerationIdOrMemberEpoch = "x", 1 }, wire.UnknownMemberId},
			{"member of no group", func(r *wire.OffsetCommitRequest) { r.GroupId, r.MemberId, r.GenerationIdOrMemberEpoch = "h", "x", 1 }, wire.GroupIdNotFound},
			{"a group without a name", func(r *wire.OffsetCommitRequest) { r.GroupId = "" }, wire.None},
		} {
			t.Run(tt.name, func(t *testing.T) {
				req := commitOf("g", "t", 0, 5)
				tt.change(req)
				wantCode(t, "commit", w.commitRequest(9, req).code(), tt.want)
			})
		}
		old := commitOf("h", "t", 0, 5)
		old.MemberId, old.GenerationIdOrMemberEpoch = "x", 1
		wantCode(t, "member of no group, version 8", w.commitRequest(8, old).code(), wire.IllegalGeneration)
	})
}

func TestOneBadPartitionDoesNotHarmTheOthers(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		req := commitOf("g", "t", 0, 5)
		bad, other := req.Topics[0].Partitions[0], commitOf("g", "u", 1, 6).Topics[0]
		bad.PartitionIndex = 99
		req.Topics[0].Partitions = append(req.Topics[0].Partitions, bad)
		req.Topics = append(req.Topics, wire.OffsetCommitRequestTopic{Name: "x", Partitions: other.Partitions}, other)
		resp := w.commitRequest(9, req).result()
		var codes []wire.ErrorCode
		for _, topic := range resp.Topics {
			for _, p := range topic.Partitions {
				codes = append(codes, p.ErrorCode)
			}
		}
		if fmt.Sprint(codes) != fmt.Sprint([]wire.ErrorCode{0, wire.UnknownTopicOrPartition, wire.UnknownTopicOrPartition, 0}) {
			t.Fatalf("codes %v", codes)
		}
		if got := w.offsetsOf("g"); got != "t-0=5 u-1=6 " {
			t.Fatalf("offsets %s", got)
		}
	})
}

func TestCommitsOfMembers(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		c := clients[0]
		wantCode(t, "commit", c.commit("t", 0, 1), wire.None)
		wantCode(t, "commit of nobody while there are members", w.commit("g", "t", 0, 2).code(), wire.UnknownMemberId)
		stale := *c
		stale.generation--
		wantCode(t, "commit of an old generation", stale.commit("t", 0, 2), wire.IllegalGeneration)
		stranger := *c
		stranger.memberID = "x"
		wantCode(t, "commit of a stranger", stranger.commit("t", 0, 2), wire.UnknownMemberId)
		join := c.join()
		wantCode(t, "commit while the group gathers", clients[1].commit("t", 0, 3), wire.None)
		clients[1].took(clients[1].join().result())
		c.took(join.result())
		wantCode(t, "commit before the assignment", c.commit("t", 0, 4), wire.RebalanceInProgress)
		if got := w.offsetsOf("g"); got != "t-0=3 " {
			t.Fatalf("offsets %s", got)
		}
	})
}

// Many partitions are one batch, and more than fit one are several.
func TestCommitOfManyPartitions(t *testing.T) {
	inWorld(t, func(o *Options) { o.MaxMessageBytes = func() int { return 20_000 } }, func(w *world) {
		w.topics.put("big", 3, 1000)
		request := func(n int) *wire.OffsetCommitRequest {
			req := commitOf("g", "big", 0, 0)
			p := req.Topics[0].Partitions[0]
			req.Topics[0].Partitions = nil
			for i := range n {
				p.PartitionIndex, p.CommittedOffset = int32(i), int64(i)
				req.Topics[0].Partitions = append(req.Topics[0].Partitions, p)
			}
			return req
		}
		for _, tt := range []struct{ partitions, batches int }{{100, 1}, {1000, 5}} {
			before := len(w.log.Batches())
			for i, p := range w.commitRequest(9, request(tt.partitions)).result().Topics[0].Partitions {
				if p.ErrorCode != wire.None || p.PartitionIndex != int32(i) {
					t.Fatalf("partition %d: %+v", i, p)
				}
			}
			if got := len(w.log.Batches()) - before; got != tt.batches {
				t.Errorf("%d partitions in %d batches", tt.partitions, got)
			}
			if got := w.committed("g", "big", int32(tt.partitions-1)); got != int64(tt.partitions-1) {
				t.Errorf("offset %d", got)
			}
		}
	})
}

func TestCommitThatFitsNoBatch(t *testing.T) {
	inWorld(t, func(o *Options) { o.MaxMessageBytes = func() int { return 100 } }, func(w *world) {
		wantCode(t, "commit", w.commit("g", "t", 0, 1).code(), wire.InvalidCommitOffsetSize)
		if w.log.End() != 0 {
			t.Fatal("something was recorded")
		}
	})
}

func TestRefusedCommitChangesNothing(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.log.FailAppends(shard.ErrStorage)
		wantCode(t, "commit", w.commit("g", "t", 0, 2).code(), wire.NotCoordinator)
		w.log.FailAppends(nil)
		if got := w.committed("g", "t", 0); got != 1 {
			t.Fatalf("offset %d", got)
		}
	})
}

// No answer, to a commit or a fetch, is given before what it says is committed.
func TestOffsetsAreSeenWhenTheyAreCommitted(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.log.Hold()
		commit := w.commit("g", "t", 0, 2)
		fetch := begin(w, "fetch", func() *wire.OffsetFetchResponse {
			return w.c.OffsetFetch(8, &wire.OffsetFetchRequest{Groups: []wire.OffsetFetchRequestGroup{{GroupId: "g"}}})
		})
		commit.waiting()
		fetch.waiting()
		w.log.Release()
		wantCode(t, "commit", commit.code(), wire.None)
		if p := fetch.result().Groups[0].Topics[0].Partitions[0]; p.CommittedOffset != 2 {
			t.Fatalf("fetched %+v", p)
		}
		if got := w.counts.OffsetCommits.Value(); got != 2 {
			t.Errorf("counted %d", got)
		}
	})
}

func TestAnswersThatWaitTooLong(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		w.log.Hold()
		commit := w.commit("h", "t", 0, 2)
		w.advance(3 * time.Second)
		fetch := begin(w, "fetch", func() *wire.OffsetFetchResponse {
			return w.c.OffsetFetch(8, &wire.OffsetFetchRequest{Groups: []wire.OffsetFetchRequestGroup{{GroupId: "h"}}})
		})
		hb := begin(w, "heartbeat", func() *wire.HeartbeatResponse {
			return w.c.Heartbeat(&wire.HeartbeatRequest{GroupId: "g", MemberId: c.memberID, GenerationId: c.generation})
		})
		w.advance(2 * time.Second)
		wantCode(t, "commit", commit.code(), wire.CoordinatorNotAvailable)
		fetch.waiting()
		w.advance(3 * time.Second)
		wantCode(t, "fetch", fetch.result().Groups[0].ErrorCode, wire.NotCoordinator)
		wantCode(t, "heartbeat", hb.result().ErrorCode, wire.CoordinatorNotAvailable)
		w.log.Release()
		if got := w.committed("h", "t", 0); got != 2 {
			t.Fatalf("offset %d", got)
		}
		if m := w.machine(); m.unsettled != 0 || len(m.pending.turns) > 1 {
			t.Errorf("%d unsettled, %d pending", m.unsettled, len(m.pending.turns))
		}
	})
}

func TestTooManyTurnsWait(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.machine().unsettled = maxUnsettled
		wantCode(t, "commit", w.commit("g", "t", 0, 1).code(), wire.CoordinatorNotAvailable)
		w.machine().unsettled = 0
		wantCode(t, "commit", w.commit("g", "t", 0, 1).code(), wire.None)
	})
}
