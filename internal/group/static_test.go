package group

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// staticPair brings up two static members; a leads.
func (w *world) staticPair() (a, b *client) {
	w.t.Helper()
	a, b = w.newClient("g", "a").static("ia"), w.newClient("g", "b").static("ib")
	w.settle(a, b)
	return a, b
}

// again is the same static member after a restart of its process.
func (c *client) again() *client {
	next := c.w.newClient(c.group, c.id)
	next.instanceID, next.version = c.instanceID, c.version
	return next
}

func TestStaticMemberComesBackWithoutARebalance(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.staticPair()
		next := b.again()
		resp := next.took(next.join().result())
		if resp.GenerationId != b.generation || resp.MemberId == b.memberID || resp.Leader != a.memberID || resp.SkipAssignment || len(resp.Members) != 0 {
			t.Fatalf("joined as %+v", resp)
		}
		if got := next.sync(nil).result(); string(got.Assignment) != "b" {
			t.Fatalf("synced as %+v", got)
		}
		wantCode(t, "heartbeat of the other", a.heartbeat(), wire.None)
		t.Run("the old one is fenced everywhere", func(t *testing.T) {
			wantCode(t, "heartbeat", b.heartbeat(), wire.FencedInstanceId)
			wantCode(t, "join", b.join().result().ErrorCode, wire.FencedInstanceId)
			wantCode(t, "sync", b.sync(nil).result().ErrorCode, wire.FencedInstanceId)
			wantCode(t, "commit", b.commit("t", 0, 1), wire.FencedInstanceId)
			wantCode(t, "leave", b.leave(), wire.FencedInstanceId)
		})
		t.Run("and after a restart of the coordinator", func(t *testing.T) {
			w.restart()
			wantCode(t, "heartbeat of the old one", b.heartbeat(), wire.FencedInstanceId)
			wantCode(t, "heartbeat of the new one", next.heartbeat(), wire.None)
		})
	})
}

// KIP-814: a leader that comes back must know that it is one and yet not assign.
func TestStaticLeaderComesBack(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, _ := w.staticPair()
		next := a.again()
		resp := next.took(next.join().result())
		if !resp.SkipAssignment || resp.Leader != resp.MemberId || len(resp.Members) != 2 {
			t.Fatalf("joined as %+v", resp)
		}
	})
}

// Before version 9 it would assign, so it must not find out.
func TestStaticLeaderOfAnOldVersionComesBack(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, _ := w.staticPair()
		next := a.again()
		next.version = 8
		resp := next.took(next.join().result())
		if resp.SkipAssignment || resp.Leader != a.memberID || len(resp.Members) != 0 {
			t.Fatalf("joined as %+v", resp)
		}
	})
}

func TestStaticMemberOutlivesItsProcess(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.staticPair()
		w.advance(9 * time.Second)
		a.heartbeat()
		next := b.again()
		next.took(next.join().result())
		w.advance(9 * time.Second)
		wantCode(t, "heartbeat", next.heartbeat(), wire.None)
		wantCode(t, "heartbeat of the other", a.heartbeat(), wire.None)
	})
}

func TestStaticMemberWithOtherProtocolsStartsARebalance(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		both := []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("t")}, {Name: "sticky", Metadata: subscription("t")}}
		a, b := w.newClient("g", "a").static("ia"), w.newClient("g", "b").static("ib")
		a.protocols, b.protocols = both, both
		w.settle(a, b)
		next := b.again()
		next.protocols = both[1:]
		join := next.join()
		join.waiting()
		wantCode(t, "heartbeat", a.heartbeat(), wire.RebalanceInProgress)
		ja := a.join()
		if resp := a.took(ja.result()); *resp.ProtocolName != "sticky" {
			t.Fatalf("protocol %q", *resp.ProtocolName)
		}
		next.took(join.result())
	})
}

func TestStaticMemberReplacedWhileItJoins(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.staticPair()
		b.protocols = []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("u")}}
		first := b.join()
		first.waiting()
		next := b.again()
		second := next.join()
		wantCode(t, "join of the old one", first.result().ErrorCode, wire.FencedInstanceId)
		second.waiting()
		a.took(a.join().result())
		next.took(second.result())
	})
}

func TestStaticMemberReplacedWhileItSyncs(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.staticPair()
		ja := a.join()
		b.took(b.join().result())
		a.took(ja.result())
		sync := b.sync(nil)
		sync.waiting()
		next := b.again()
		join := next.join()
		wantCode(t, "sync of the old one", sync.result().ErrorCode, wire.FencedInstanceId)
		join.waiting() // the leader must assign to the new id
		a.took(a.join().result())
		next.took(join.result())
	})
}

// Nothing changes for the old member until the log has the new one.
func TestStaticReplacementWaitsForTheCommit(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		_, b := w.staticPair()
		next := b.again()
		w.log.Hold()
		join := next.join()
		join.waiting()
		hb := begin(w, "heartbeat", func() *wire.HeartbeatResponse {
			return w.c.Heartbeat(&wire.HeartbeatRequest{GroupId: "g", MemberId: b.memberID, GroupInstanceId: b.instanceID, GenerationId: b.generation})
		})
		w.log.Release()
		next.took(join.result())
		wantCode(t, "heartbeat of the old one before the commit", hb.result().ErrorCode, wire.None)
		wantCode(t, "heartbeat of the old one after it", b.heartbeat(), wire.FencedInstanceId)
	})
}

func TestStaticReplacementThatIsRefused(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		_, b := w.staticPair()
		w.log.FailAppends(shard.ErrStorage)
		wantCode(t, "join", b.again().join().result().ErrorCode, wire.NotCoordinator)
		w.log.FailAppends(nil)
		wantCode(t, "heartbeat of the old one", b.heartbeat(), wire.None)
		next := b.again()
		next.took(next.join().result())
	})
}

// Two processes with one instance id at the same time: the later one stays.
func TestTwoStaticReplacementsAtOnce(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		_, b := w.staticPair()
		one, two := b.again(), b.again()
		w.log.Hold()
		j1, j2 := one.join(), two.join()
		w.log.Release()
		one.took(j1.result())
		two.took(j2.result())
		wantCode(t, "heartbeat of the first", one.heartbeat(), wire.FencedInstanceId)
		wantCode(t, "heartbeat of the second", two.heartbeat(), wire.None)
	})
}

// The group rebalances while a replacement is on its way to the log.
func TestStaticReplacementOvertakenByARebalance(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.staticPair()
		next := b.again()
		w.log.Hold()
		join := next.join()
		ja := a.join() // the leader asks for a rebalance
		w.log.Release()
		if next.took(join.result()).GenerationId != b.generation+1 {
			t.Fatal("not in the generation that the rebalance made")
		}
		a.took(ja.result())
		wantCode(t, "heartbeat of the old one", b.heartbeat(), wire.FencedInstanceId)
	})
}

func TestStaticReplacementThatIsNotCommittedInTime(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		_, b := w.staticPair()
		lost := b.again()
		w.log.Hold()
		join := lost.join()
		w.advance(5 * time.Second)
		wantCode(t, "join", join.result().ErrorCode, wire.CoordinatorNotAvailable)
		w.log.Release()
		next := b.again()
		next.took(next.join().result())
		wantCode(t, "heartbeat", next.heartbeat(), wire.None)
	})
}

func TestStaticMembersThatDoNotRejoinStayUntilTheirSessionEnds(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.staticPair()
		a.rebalance, b.rebalance = 6_000, 6_000
		w.settle(a, b)
		b.sessionMs = 60_000
		w.settle(a, b)
		ja := a.join()
		w.advance(6 * time.Second)
		if resp := a.took(ja.result()); len(resp.Members) != 2 {
			t.Fatalf("%d members, the static one must still be there", len(resp.Members))
		}
	})
}

// Static members stay although none of them joins; without anybody there can be no
// generation.
func TestNoGenerationWithoutAnybody(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a, b := w.newClient("g", "a").static("ia"), w.newClient("g", "b").static("ib")
		third := w.newClient("g", "third")
		for _, c := range []*client{a, b, third} {
			c.sessionMs, c.rebalance = 60_000, 6_000
		}
		w.settle(a, b, third)
		wantCode(t, "leave", third.leave(), wire.None)
		w.advance(20 * time.Second)
		wantCode(t, "heartbeat", a.heartbeat(), wire.RebalanceInProgress)
		join := a.join()
		w.advance(6 * time.Second)
		if resp := a.took(join.result()); resp.Leader != a.memberID || len(resp.Members) != 2 {
			t.Fatalf("joined as %+v", resp)
		}
	})
}
