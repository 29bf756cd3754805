package group

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestHeartbeatRefusals(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		nobody := "nobody"
		for _, tt := range []struct {
			name   string
			change func(c *client)
			want   wire.ErrorCode
		}{
			{"no group id", func(c *client) { c.group = "" }, wire.InvalidGroupId},
			{"unknown group", func(c *client) { c.group = "h" }, wire.UnknownMemberId},
			{"unknown member", func(c *client) { c.memberID = "x" }, wire.UnknownMemberId},
			{"no member id", func(c *client) { c.memberID = "" }, wire.UnknownMemberId},
			{"unknown instance", func(c *client) { c.instanceID = &nobody }, wire.UnknownMemberId},
			{"old generation", func(c *client) { c.generation-- }, wire.IllegalGeneration},
			{"future generation", func(c *client) { c.generation++ }, wire.IllegalGeneration},
			{"all well", func(*client) {}, wire.None},
		} {
			t.Run(tt.name, func(t *testing.T) {
				changed := *c
				tt.change(&changed)
				wantCode(t, "heartbeat", changed.heartbeat(), tt.want)
			})
		}
	})
}

func TestHeartbeatsKeepTheSessionAlive(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		for range 10 {
			w.advance(9 * time.Second)
			for _, c := range clients {
				wantCode(t, "heartbeat", c.heartbeat(), wire.None)
			}
		}
		w.advance(9 * time.Second)
		clients[0].heartbeat()
		w.advance(9 * time.Second)
		wantCode(t, "heartbeat after the other's session", clients[0].heartbeat(), wire.RebalanceInProgress)
		wantCode(t, "heartbeat of the other", clients[1].heartbeat(), wire.UnknownMemberId)
	})
}

func TestCommitsKeepTheSessionAlive(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		for i := range 5 {
			w.advance(9 * time.Second)
			wantCode(t, "commit", c.commit("t", 0, int64(i)), wire.None)
		}
		w.advance(10 * time.Second)
		wantCode(t, "commit", c.commit("t", 0, 9), wire.UnknownMemberId)
	})
}

// The last member's session ends: the group is empty, in the log too.
func TestGroupOfTheDeadIsEmpty(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.stableGroup("g", 2)
		w.advance(time.Minute)
		if got := w.state("g"); got != "Empty" {
			t.Fatalf("state %s", got)
		}
		w.restart()
		if got := w.state("g"); got != "Empty" {
			t.Fatalf("state %s after a restart", got)
		}
		if len(w.machine().groups) != 0 {
			t.Fatal("an empty group has soft state")
		}
	})
}

// A group starts over with the generation after its last.
func TestGenerationGoesOnAfterEmptiness(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		last := c.generation
		wantCode(t, "leave", c.leave(), wire.None)
		w.restart()
		next := w.newClient("g", "next")
		if resp := next.took(next.enter().result()); resp.GenerationId != last+2 {
			t.Fatalf("generation %d after %d and an empty one", resp.GenerationId, last)
		}
	})
}

func TestLeaveStartsARebalance(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 3)
		reason := "the consumer is being closed"
		clients[1].reason = &reason
		wantCode(t, "leave", clients[1].leave(), wire.None)
		wantCode(t, "second leave", clients[1].leave(), wire.UnknownMemberId)
		j := clients[0].join()
		clients[2].took(clients[2].join().result())
		if resp := clients[0].took(j.result()); len(resp.Members) != 2 {
			t.Fatalf("%d members", len(resp.Members))
		}
	})
}

func TestLeaveWhileOthersWaitEndsTheJoinPhase(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		j := clients[0].join()
		j.waiting()
		wantCode(t, "leave", clients[1].leave(), wire.None)
		clients[0].took(j.result())
	})
}

func TestLeaveOfOneThatWaits(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		j := clients[1]
		j.protocols = []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("u")}}
		join := j.join()
		join.waiting()
		wantCode(t, "leave", clients[1].leave(), wire.None)
		wantCode(t, "join", join.result().ErrorCode, wire.UnknownMemberId)
	})
}

func TestLeaveOfAPendingMember(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.newClient("g", "c")
		c.memberID = c.join().result().MemberId
		wantCode(t, "leave", c.leave(), wire.None)
		wantCode(t, "join", c.join().result().ErrorCode, wire.UnknownMemberId)
	})
}

func TestLeaveInABatch(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b, c := w.newClient("g", "a").static("ia"), w.newClient("g", "b").static("ib"), w.newClient("g", "c")
		w.settle(a, b, c)
		name := func(s string) *string { return &s }
		resp := begin(w, "leave", func() *wire.LeaveGroupResponse {
			return w.c.LeaveGroup(5, &wire.LeaveGroupRequest{GroupId: "g", Members: []wire.LeaveGroupRequestMemberIdentity{
				{GroupInstanceId: a.instanceID},
				{GroupInstanceId: name("nobody")},
				{MemberId: "x", GroupInstanceId: b.instanceID},
				{MemberId: "x"},
				{},
				{MemberId: c.memberID},
			}})
		}).result()
		for i, want := range []wire.ErrorCode{
			wire.None, wire.UnknownMemberId, wire.FencedInstanceId, wire.UnknownMemberId, wire.UnknownMemberId, wire.None,
		} {
			if got := resp.Members[i]; got.ErrorCode != want {
				t.Errorf("member %d: %s, want %s", i, got.ErrorCode.Name(), want.Name())
			}
		}
		if got := w.machine().groups["g"].members.len(); got != 1 {
			t.Fatalf("%d members are left", got)
		}
	})
}

func TestLeaveBeforeVersion3(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		leave := func(group, id string) *wire.LeaveGroupResponse {
			return begin(w, "leave", func() *wire.LeaveGroupResponse {
				return w.c.LeaveGroup(2, &wire.LeaveGroupRequest{GroupId: group, MemberId: id})
			}).result()
		}
		wantCode(t, "no group id", leave("", "x").ErrorCode, wire.InvalidGroupId)
		wantCode(t, "unknown group", leave("h", "x").ErrorCode, wire.UnknownMemberId)
		wantCode(t, "unknown member", leave("g", "x").ErrorCode, wire.UnknownMemberId)
		if resp := leave("g", c.memberID); resp.ErrorCode != wire.None || len(resp.Members) != 0 {
			t.Fatalf("left with %+v", resp)
		}
	})
}
