package group

import (
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func (w *world) deleteGroups(names ...string) []wire.ErrorCode {
	w.t.Helper()
	resp := begin(w, "delete", func() *wire.DeleteGroupsResponse {
		return w.c.DeleteGroups(&wire.DeleteGroupsRequest{GroupsNames: names})
	}).result()
	var codes []wire.ErrorCode
	for _, r := range resp.Results {
		codes = append(codes, r.ErrorCode)
	}
	return codes
}

func TestDeleteGroups(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.stableGroup("live", 1)
		left := w.stableGroup("left", 1)[0]
		left.commit("t", 0, 1)
		wantCode(t, "leave", left.leave(), wire.None)
		w.commit("simple", "t", 0, 1).code()
		got := w.deleteGroups("live", "simple", "nobody", "left", "simple")
		if want := fmt.Sprint([]wire.ErrorCode{wire.NonEmptyGroup, 0, wire.GroupIdNotFound, 0}); fmt.Sprint(got) != want {
			t.Fatalf("codes %v", got)
		}
		for range 2 {
			if got := fmt.Sprint(w.listed(nil, nil)); got != "[live Stable classic consumer]" {
				t.Errorf("groups %s", got)
			}
			if got := w.offsetsOf("left") + w.offsetsOf("simple"); got != "" {
				t.Errorf("offsets %s", got)
			}
			w.restart()
		}
	})
}

// A group with more offsets than fit one batch is deleted in steps.
func TestDeleteGroupWithVeryManyOffsets(t *testing.T) {
	inWorld(t, func(o *Options) { o.MaxMessageBytes = func() int { return 5_000 } }, func(w *world) {
		w.topics.put("big", 3, 2000)
		for i := range 2000 {
			w.c.OffsetCommit(9, commitOf("g", "big", int32(i), 1))
		}
		if got := w.deleteGroups("g"); got[0] != wire.None {
			t.Fatalf("code %s", got[0].Name())
		}
		if s := w.machine().state; len(s.groups) != 0 || s.offsets != 0 {
			t.Fatalf("%d groups and %d offsets left", len(s.groups), s.offsets)
		}
	})
}

// A member that was about to join a deleted group starts over.
func TestDeleteGroupWithAPendingMember(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		c := w.newClient("g", "c")
		c.memberID = c.join().result().MemberId
		if got := w.deleteGroups("g"); got[0] != wire.None {
			t.Fatalf("code %s", got[0].Name())
		}
		wantCode(t, "join", c.join().result().ErrorCode, wire.UnknownMemberId)
		c.memberID = ""
		c.took(c.enter().result())
		if m := w.machine(); m.pendingJoins != 0 {
			t.Errorf("%d pending joins", m.pendingJoins)
		}
	})
}

func (w *world) deleteOffsets(group string, topics ...string) *wire.OffsetDeleteResponse {
	w.t.Helper()
	req := &wire.OffsetDeleteRequest{GroupId: group}
	for _, name := range topics {
		req.Topics = append(req.Topics, wire.OffsetDeleteRequestTopic{
			Name: name, Partitions: []wire.OffsetDeleteRequestPartition{{PartitionIndex: 0}, {PartitionIndex: 1}},
		})
	}
	return begin(w, "offset delete", func() *wire.OffsetDeleteResponse { return w.c.OffsetDelete(req) }).result()
}

func TestOffsetDelete(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		c.commit("t", 0, 1)
		c.commit("u", 0, 2)
		resp := w.deleteOffsets("g", "t", "u", "x")
		wantCode(t, "delete", resp.ErrorCode, wire.None)
		for i, want := range []wire.ErrorCode{wire.GroupSubscribedToTopic, wire.None, wire.UnknownTopicOrPartition} {
			for _, p := range resp.Topics[i].Partitions {
				wantCode(t, fmt.Sprint(resp.Topics[i].Name, p.PartitionIndex), p.ErrorCode, want)
			}
		}
		if got := w.offsetsOf("g"); got != "t-0=1 " {
			t.Fatalf("offsets %s", got)
		}
		wantCode(t, "leave", c.leave(), wire.None)
		wantCode(t, "delete of an empty group's", w.deleteOffsets("g", "t").Topics[0].Partitions[0].ErrorCode, wire.None)
		if got := w.offsetsOf("g"); got != "" {
			t.Fatalf("offsets %s", got)
		}
	})
}

func TestOffsetDeleteRefusals(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		connect := w.newClient("connect", "c")
		connect.kind = "connect"
		w.settle(connect)
		wantCode(t, "no group id", w.deleteOffsets("", "t").ErrorCode, wire.InvalidGroupId)
		wantCode(t, "unknown group", w.deleteOffsets("nobody", "t").ErrorCode, wire.GroupIdNotFound)
		wantCode(t, "unknown group, unknown topic", w.deleteOffsets("nobody", "x").ErrorCode, wire.GroupIdNotFound)
		wantCode(t, "living group of another protocol", w.deleteOffsets("connect", "t").ErrorCode, wire.NonEmptyGroup)
	})
}

// Whoever sends a subscription that cannot be read keeps all offsets.
func TestOffsetDeleteWithUnreadableSubscription(t *testing.T) {
	for _, metadata := range []string{"", "x", "\xff\xff\x00\x00\x00\x00", "\x00\x01\x7f\xff\xff\xff"} {
		inWorld(t, nil, func(w *world) {
			c := w.newClient("g", "c")
			c.protocols[0].Metadata = []byte(metadata)
			w.settle(c)
			c.commit("u", 0, 1)
			wantCode(t, "delete", w.deleteOffsets("g", "u").Topics[0].Partitions[0].ErrorCode, wire.GroupSubscribedToTopic)
		})
	}
}

func TestDeletedTopicTakesItsOffsetsAlong(t *testing.T) {
	inWorld(t, func(o *Options) { o.MaxMessageBytes = func() int { return 2_000 } }, func(w *world) {
		for i := range 100 {
			w.c.OffsetCommit(9, commitOf(fmt.Sprint("g", i), "t", 0, 1))
			w.c.OffsetCommit(9, commitOf(fmt.Sprint("g", i), "u", 0, 1))
		}
		gone := w.topics.remove("t")
		w.c.TopicDeleted(gone.Name, gone.ID)
		w.advance(0)
		for i := range 100 {
			if got := w.offsetsOf(fmt.Sprint("g", i)); got != "u-0=1 " {
				t.Fatalf("offsets %s", got)
			}
		}
		if todo := w.machine().deleted.all(); len(todo) != 0 {
			t.Errorf("still to do: %v", todo)
		}
	})
}

// A topic that was created again under the name is not the one that was deleted.
func TestDeletedTopicLeavesItsSuccessorAlone(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("old", "t", 0, 1).code()
		gone := w.topics.remove("t")
		w.topics.put("t", 99, 4)
		w.commit("new", "t", 0, 1).code()
		w.c.TopicDeleted(gone.Name, gone.ID)
		w.advance(0)
		if got := w.offsetsOf("old") + w.offsetsOf("new"); got != "t-0=1 " {
			t.Fatalf("offsets %s", got)
		}
	})
}

func TestTopicDeletedWhileLoading(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.resign()
		gone := w.topics.remove("t")
		w.c.TopicDeleted("unrelated", gone.ID) // nobody leads: another broker sees to it
		if todo := w.machine().deleted.all(); len(todo) != 0 {
			t.Errorf("to do without leadership: %v", todo)
		}
		gate := make(chan struct{})
		w.log.HookReads(func(int64) error { <-gate; return nil })
		w.elect()
		w.c.TopicDeleted(gone.Name, gone.ID)
		close(gate)
		w.advance(0)
		if got := w.offsetsOf("g"); got != "" {
			t.Fatalf("offsets %s", got)
		}
	})
}
