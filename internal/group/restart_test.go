package group

import (
	"errors"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"github.com/brolga-io/brolga/internal/wire"
)

// Members, generation and assignments survive; members get a fresh session.
func TestGroupSurvivesARestart(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 3)
		w.advance(9 * time.Second)
		w.restart()
		w.advance(9 * time.Second)
		for _, c := range clients {
			wantCode(t, "heartbeat", c.heartbeat(), wire.None)
			if resp := c.sync(nil).result(); string(resp.Assignment) != c.id {
				t.Errorf("%s has assignment %q", c.id, resp.Assignment)
			}
			wantCode(t, "commit", c.commit("t", 0, 5), wire.None)
		}
		d := w.c.DescribeGroups(6, &wire.DescribeGroupsRequest{Groups: []string{"g"}}).Groups[0]
		if d.GroupState != "Stable" || d.Members[2].ClientHost != "/127.0.0.1" || string(d.Members[2].MemberAssignment) != "c2" {
			t.Errorf("described as %+v", d)
		}
		// The leader is still the leader.
		j := clients[0].join()
		j.waiting()
		clients[1].join()
		clients[2].join()
		if resp := clients[0].took(j.result()); resp.Leader != clients[0].memberID || len(resp.Members) != 3 {
			t.Errorf("joined as %+v", resp)
		}
	})
}

func TestLoadedMembersThatAreGoneExpire(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.stableGroup("g", 2)
		w.restart()
		w.advance(time.Minute)
		if got := w.state("g"); got != "Empty" {
			t.Fatalf("state %s", got)
		}
	})
}

func TestGroupThatIsTooLargeAfterARestartRebalances(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 3)
		w.opts.Config.MaxSize = 2
		w.restart()
		var results []wire.ErrorCode
		var joins []*call[*wire.JoinGroupResponse]
		for _, c := range clients {
			wantCode(t, "heartbeat", c.heartbeat(), wire.RebalanceInProgress)
			joins = append(joins, c.join())
		}
		for _, j := range joins {
			results = append(results, j.result().ErrorCode)
		}
		if results[0] != wire.None || results[1] != wire.None || results[2] != wire.GroupMaxSizeReached {
			t.Fatalf("joined with %v", results)
		}
	})
}

func TestWhileLoading(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		w.commit("h", "t", 0, 1).code()
		w.resign()
		gate := make(chan struct{})
		w.log.HookReads(func(offset int64) error {
			if offset == 0 {
				<-gate
			}
			return nil
		})
		w.elect()
		wantCode(t, "heartbeat", c.heartbeat(), wire.None)
		c.generation++
		wantCode(t, "any heartbeat", c.heartbeat(), wire.None)
		c.generation--
		loading := wire.CoordinatorLoadInProgress
		wantCode(t, "join", c.join().result().ErrorCode, loading)
		wantCode(t, "sync", c.sync(nil).result().ErrorCode, loading)
		wantCode(t, "leave", c.leave(), loading)
		wantCode(t, "commit", c.commit("t", 0, 1), loading)
		wantCode(t, "fetch", w.fetchGroup(9, wire.OffsetFetchRequestGroup{GroupId: "g"}).ErrorCode, loading)
		wantCode(t, "list", w.c.ListGroups(&wire.ListGroupsRequest{}).ErrorCode, loading)
		wantCode(t, "describe", w.c.DescribeGroups(6, &wire.DescribeGroupsRequest{Groups: []string{"g"}}).Groups[0].ErrorCode, loading)
		wantCode(t, "delete", w.c.DeleteGroups(&wire.DeleteGroupsRequest{GroupsNames: []string{"g"}}).Results[0].ErrorCode, loading)
		wantCode(t, "delete offsets", w.c.OffsetDelete(&wire.OffsetDeleteRequest{GroupId: "g"}).ErrorCode, loading)
		close(gate)
		w.advance(0)
		if got := w.committed("h", "t", 0); got != 1 {
			t.Fatalf("offset %d", got)
		}
		wantCode(t, "heartbeat", c.heartbeat(), wire.None)
	})
}

func TestNotTheCoordinator(t *testing.T) {
	inWorld(t, func(o *Options) { o.Partitions = func() int32 { return 2 } }, func(w *world) {
		var elsewhere string
		for _, id := range []string{"a", "b", "c"} {
			if w.c.PartitionFor(id) == 1 {
				elsewhere = id
			}
		}
		c := w.newClient(elsewhere, "c")
		c.memberID = "x"
		not := wire.NotCoordinator
		wantCode(t, "heartbeat", c.heartbeat(), not)
		wantCode(t, "join", c.join().result().ErrorCode, not)
		wantCode(t, "sync", c.sync(nil).result().ErrorCode, not)
		wantCode(t, "leave", c.leave(), not)
		wantCode(t, "commit", c.commit("t", 0, 1), not)
		wantCode(t, "fetch", w.fetchGroup(9, wire.OffsetFetchRequestGroup{GroupId: elsewhere}).ErrorCode, not)
		wantCode(t, "describe", w.c.DescribeGroups(6, &wire.DescribeGroupsRequest{Groups: []string{elsewhere}}).Groups[0].ErrorCode, not)
		wantCode(t, "list", w.c.ListGroups(&wire.ListGroupsRequest{}).ErrorCode, wire.None)
	})
}

func TestClosedCoordinator(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 2)[0]
		join := c.join()
		join.waiting()
		w.c.Close()
		wantCode(t, "join", join.result().ErrorCode, wire.NotCoordinator)
		wantCode(t, "heartbeat", c.heartbeat(), wire.CoordinatorNotAvailable)
		// Older consumers do not know that code from an OffsetFetch.
		wantCode(t, "fetch", w.fetchGroup(7+2, wire.OffsetFetchRequestGroup{GroupId: "g"}).ErrorCode, wire.NotCoordinator)
		w.c = New(w.opts)
		w.elect()
	})
}

func TestLogThatCannotBeRead(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.resign()
		w.log.HookReads(func(int64) error { return errors.New("a bad disk") })
		w.elect()
		wantCode(t, "commit", w.commit("g", "t", 0, 2).code(), wire.NotCoordinator)
		w.log.HookReads(nil)
		w.elect()
		if got := w.committed("g", "t", 0); got != 1 {
			t.Fatalf("offset %d", got)
		}
	})
}

// A partition gets another log object when its replica was moved away and came back.
func TestElectedWithAnotherLog(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.resign()
		old := w.log
		other := newWorld(t, nil)
		defer other.close()
		w.log = other.log
		w.elect()
		if got := w.committed("g", "t", 0); got != -1 {
			t.Fatalf("offset %d from the old log", got)
		}
		w.resign()
		w.log = old
		w.elect()
		if got := w.committed("g", "t", 0); got != 1 {
			t.Fatalf("offset %d", got)
		}
	})
}

// Every change of the partition comes as an election again, perhaps with another
// wrapper of the same log: in the same epoch that changes nothing for anybody.
func TestElectedAgainInTheSameEpoch(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		join := clients[0].join()
		join.waiting()
		w.c.Elected(0, w.epoch, struct{ *shardtest.Log }{w.log})
		w.c.Elected(0, w.epoch-1, struct{ *shardtest.Log }{w.log})
		join.waiting()
		clients[1].took(clients[1].join().result())
		clients[0].took(join.result())
	})
}

// After a resignation the same epoch may be led again.
func TestElectedAgainAfterAResignation(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.c.Resigned(0)
		wantCode(t, "commit", w.commit("g", "t", 0, 2).code(), wire.NotCoordinator)
		w.c.Elected(0, w.epoch, w.log)
		w.advance(0)
		if got := w.committed("g", "t", 0); got != 1 {
			t.Fatalf("offset %d", got)
		}
	})
}

func TestCodeOf(t *testing.T) {
	for err, want := range map[error]wire.ErrorCode{
		nil: wire.None, shard.ErrLoading: wire.CoordinatorLoadInProgress, shard.ErrNotLeader: wire.NotCoordinator,
		shard.ErrStaleEpoch: wire.NotCoordinator, shard.ErrStorage: wire.NotCoordinator, shard.ErrUnknownOutcome: wire.NotCoordinator,
		shard.ErrLoadFailed: wire.NotCoordinator, shard.ErrClosed: wire.CoordinatorNotAvailable,
		errTimedOut: wire.CoordinatorNotAvailable, errors.New("too few replicas"): wire.CoordinatorNotAvailable,
	} {
		if got := codeOf(err); got != want || got != wire.None && !got.Retriable() {
			t.Errorf("%v: %s, want %s", err, got.Name(), want.Name())
		}
	}
}
