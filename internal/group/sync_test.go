package group

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// joinedGroup brings two members to CompletingRebalance; the first one leads.
func (w *world) joinedGroup(group string) (leader, follower *client) {
	w.t.Helper()
	clients := w.stableGroup(group, 2)
	j0 := clients[0].join()
	clients[1].took(clients[1].join().result())
	clients[0].took(j0.result())
	return clients[0], clients[1]
}

func TestFollowersWaitForTheLeadersAssignment(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		fs.waiting()
		ls := leader.sync(map[string]string{leader.memberID: "L", follower.memberID: "F", "stranger": "S"})
		for want, s := range map[string]*call[*wire.SyncGroupResponse]{"L": ls, "F": fs} {
			resp := s.result()
			wantCode(t, "sync", resp.ErrorCode, wire.None)
			if string(resp.Assignment) != want || *resp.ProtocolType != "consumer" || *resp.ProtocolName != "range" {
				t.Errorf("synced as %+v, want %s", resp, want)
			}
		}
		if again := follower.sync(nil).result(); string(again.Assignment) != "F" {
			t.Errorf("later sync: %+v", again)
		}
	})
}

// A member whom the leader forgot gets an empty assignment, not the one before.
func TestForgottenMemberGetsNothing(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		wantCode(t, "sync", leader.sync(map[string]string{leader.memberID: "L"}).result().ErrorCode, wire.None)
		if resp := fs.result(); resp.ErrorCode != wire.None || len(resp.Assignment) != 0 {
			t.Fatalf("synced as %+v", resp)
		}
	})
}

func TestSyncRefusals(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		kind, other := "consumer", "connect"
		sync := func(version int16, change func(r *wire.SyncGroupRequest)) wire.ErrorCode {
			r := &wire.SyncGroupRequest{
				GroupId: "g", MemberId: follower.memberID, GenerationId: follower.generation, ProtocolType: &kind, ProtocolName: &follower.protocols[0].Name,
			}
			change(r)
			return begin(w, "sync", func() *wire.SyncGroupResponse { return w.c.SyncGroup(version, r) }).result().ErrorCode
		}
		instance := "nobody"
		for _, tt := range []struct {
			name   string
			change func(r *wire.SyncGroupRequest)
			want   wire.ErrorCode
		}{
			{"no group id", func(r *wire.SyncGroupRequest) { r.GroupId = "" }, wire.InvalidGroupId},
			{"unknown group", func(r *wire.SyncGroupRequest) { r.GroupId = "h" }, wire.UnknownMemberId},
			{"unknown member", func(r *wire.SyncGroupRequest) { r.MemberId = "x" }, wire.UnknownMemberId},
			{"unknown instance", func(r *wire.SyncGroupRequest) { r.GroupInstanceId = &instance }, wire.UnknownMemberId},
			{"old generation", func(r *wire.SyncGroupRequest) { r.GenerationId-- }, wire.IllegalGeneration},
			{"other type", func(r *wire.SyncGroupRequest) { r.ProtocolType = &other }, wire.InconsistentGroupProtocol},
			{"other protocol", func(r *wire.SyncGroupRequest) { r.ProtocolName = &other }, wire.InconsistentGroupProtocol},
			{"no type", func(r *wire.SyncGroupRequest) { r.ProtocolType = nil }, wire.InconsistentGroupProtocol},
			{"no protocol", func(r *wire.SyncGroupRequest) { r.ProtocolName = nil }, wire.InconsistentGroupProtocol},
		} {
			t.Run(tt.name, func(t *testing.T) { wantCode(t, "sync", sync(5, tt.change), tt.want) })
		}
		leader.sync(map[string]string{}).result()
		t.Run("version 4 need not name the protocol", func(t *testing.T) {
			wantCode(t, "sync", sync(4, func(r *wire.SyncGroupRequest) { r.ProtocolType, r.ProtocolName = nil, nil }), wire.None)
		})
	})
}

func TestWhoDoesNotSyncInTimeIsOut(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		for range 12 { // the leader lives, but does not assign
			w.advance(5 * time.Second)
			leader.heartbeat()
		}
		wantCode(t, "sync", fs.result().ErrorCode, wire.RebalanceInProgress)
		wantCode(t, "heartbeat of the leader", leader.heartbeat(), wire.UnknownMemberId)
		follower.took(follower.join().result())
	})
}

func TestMemberOfAStableGroupThatNeverSyncsIsOut(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		leader.sync(map[string]string{}).result()
		for range 12 {
			w.advance(5 * time.Second)
			leader.heartbeat()
			follower.heartbeat()
		}
		wantCode(t, "heartbeat of the follower", follower.heartbeat(), wire.UnknownMemberId)
		wantCode(t, "heartbeat of the leader", leader.heartbeat(), wire.RebalanceInProgress)
	})
}

// Assignments that no record can hold are refused before anything is stored, and
// the generation goes on.
func TestTooLargeAssignmentHarmsNobody(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		end := w.log.End()
		huge := map[string]string{leader.memberID: string(make([]byte, 2<<20))}
		wantCode(t, "sync", leader.sync(huge).result().ErrorCode, wire.InvalidRequest)
		if w.log.End() != end {
			t.Fatal("something was recorded")
		}
		fs.waiting()
		wantCode(t, "heartbeat", leader.heartbeat(), wire.None)
		wantCode(t, "sync", leader.sync(map[string]string{follower.memberID: "F"}).result().ErrorCode, wire.None)
		if resp := fs.result(); string(resp.Assignment) != "F" {
			t.Fatalf("synced as %+v", resp)
		}
	})
}

// Nobody is told an assignment before it is committed.
func TestAssignmentWaitsForTheCommit(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		w.log.Hold()
		ls := leader.sync(map[string]string{follower.memberID: "F"})
		ls.waiting()
		fs.waiting()
		w.log.Release()
		wantCode(t, "sync", ls.result().ErrorCode, wire.None)
		if resp := fs.result(); string(resp.Assignment) != "F" {
			t.Fatalf("synced as %+v", resp)
		}
	})
}

func TestAssignmentThatIsNotCommittedInTime(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		w.log.Hold()
		ls := leader.sync(map[string]string{follower.memberID: "F"})
		w.advance(5 * time.Second)
		wantCode(t, "sync of the leader", ls.result().ErrorCode, wire.CoordinatorNotAvailable)
		fs.waiting()
		// What was appended may still be committed: a second assignment for the same
		// generation would leave the members and the log with different ones.
		end := w.log.End()
		again := leader.sync(map[string]string{follower.memberID: "F2"})
		if w.log.End() != end {
			t.Fatal("recorded twice")
		}
		again.waiting()
		w.log.Release()
		wantCode(t, "second sync of the leader", again.result().ErrorCode, wire.None)
		if resp := fs.result(); string(resp.Assignment) != "F" {
			t.Fatalf("synced as %+v, but the log says F", resp)
		}
	})
}

// A refused append changes nothing: the generation is still there to be synced.
func TestRefusedAssignmentCanBeSentAgain(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		w.log.FailAppends(shard.ErrStorage)
		wantCode(t, "sync of the leader", leader.sync(map[string]string{}).result().ErrorCode, wire.NotCoordinator)
		wantCode(t, "sync of the follower", fs.result().ErrorCode, wire.NotCoordinator)
		w.log.FailAppends(nil)
		wantCode(t, "heartbeat", follower.heartbeat(), wire.None)
		fs = follower.sync(nil)
		wantCode(t, "sync", leader.sync(map[string]string{follower.memberID: "F"}).result().ErrorCode, wire.None)
		if resp := fs.result(); string(resp.Assignment) != "F" {
			t.Fatalf("synced as %+v", resp)
		}
	})
}

func TestLeadershipLostWhileMembersWait(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		fs := follower.sync(nil)
		other := w.newClient("h", "h")
		other.version = 3
		other.took(other.join().result())
		second := w.newClient("h", "h2")
		second.version = 3
		js := second.join()
		js.waiting()
		w.log.Hold()
		committed := w.log.End()
		ls := leader.sync(map[string]string{})
		w.resign()
		for name, code := range map[string]wire.ErrorCode{
			"sync of the leader": ls.result().ErrorCode, "sync of the follower": fs.result().ErrorCode, "join": js.result().ErrorCode,
			"heartbeat": other.heartbeat(), "commit": w.commit("h", "t", 0, 1).code(),
		} {
			wantCode(t, name, code, wire.NotCoordinator)
		}
		w.log.TruncateTo(committed)
		w.log.Release()
		w.elect()
		wantCode(t, "heartbeat", leader.heartbeat(), wire.IllegalGeneration)
	})
}

// Members that do not send it again are not waited for for ever.
func TestRefusedAssignmentThatIsNotSentAgain(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, follower := w.joinedGroup("g")
		follower.sync(nil)
		w.log.FailAppends(shard.ErrStorage)
		leader.sync(map[string]string{}).result()
		w.log.FailAppends(nil)
		for range 12 {
			w.advance(5 * time.Second)
			leader.heartbeat()
			follower.heartbeat()
		}
		wantCode(t, "heartbeat", leader.heartbeat(), wire.UnknownMemberId)
		wantCode(t, "heartbeat", follower.heartbeat(), wire.UnknownMemberId)
	})
}

// What was assigned before a generation that came to nothing is not shown as if it
// still held.
func TestAssignmentsAreForgottenWithTheirGeneration(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		leader, _ := w.joinedGroup("g")
		leader.protocols = []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("u")}}
		leader.join().waiting()
		for _, m := range w.c.DescribeGroups(6, &wire.DescribeGroupsRequest{Groups: []string{"g"}}).Groups[0].Members {
			if len(m.MemberAssignment) != 0 {
				t.Errorf("%s has %q", m.MemberId, m.MemberAssignment)
			}
		}
	})
}
