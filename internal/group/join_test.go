package group

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestJoinTakesTwoStepsFromVersion4(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.newClient("g", "app")
		first := c.join().result()
		wantCode(t, "join", first.ErrorCode, wire.MemberIdRequired)
		if !regexp.MustCompile(`^app-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(first.MemberId) {
			t.Fatalf("member id %q", first.MemberId)
		}
		if w.log.End() != 0 {
			t.Fatal("an id that was handed out is in the log")
		}
		c.memberID = first.MemberId
		resp := c.took(c.join().result())
		if resp.MemberId != first.MemberId || resp.Leader != first.MemberId || resp.GenerationId != 1 {
			t.Fatalf("joined as %+v", resp)
		}
		if *resp.ProtocolType != "consumer" || *resp.ProtocolName != "range" || resp.SkipAssignment {
			t.Fatalf("joined as %+v", resp)
		}
		if len(resp.Members) != 1 || !bytes.Equal(resp.Members[0].Metadata, subscription("t")) {
			t.Fatalf("the leader sees %+v", resp.Members)
		}
	})
}

func TestJoinTakesOneStepBeforeVersion4(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.newClient("g", "old")
		c.version = 3
		if resp := c.took(c.join().result()); !strings.HasPrefix(resp.MemberId, "old-") {
			t.Fatalf("member id %q", resp.MemberId)
		}
	})
}

func TestPendingMemberIsForgotten(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.newClient("g", "c")
		c.memberID = c.join().result().MemberId
		w.advance(10 * time.Second)
		wantCode(t, "late join", c.join().result().ErrorCode, wire.UnknownMemberId)
		if len(w.machine().groups) != 0 || w.machine().pendingJoins != 0 {
			t.Fatal("the group is still there")
		}
	})
}

func TestPendingMemberHoldsUpTheJoinPhase(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		old := w.stableGroup("g", 1)[0]
		late := w.newClient("g", "late")
		late.memberID = late.join().result().MemberId
		rejoin := old.join()
		rejoin.waiting()
		w.advance(10 * time.Second)
		if resp := old.took(rejoin.result()); resp.GenerationId != 2 || len(resp.Members) != 1 {
			t.Fatalf("rejoined as %+v", resp)
		}
	})
}

func TestJoinRefusals(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(c *client)
		want   wire.ErrorCode
	}{
		{"no group id", func(c *client) { c.group = "" }, wire.InvalidGroupId},
		{"session too short", func(c *client) { c.sessionMs = 5_999 }, wire.InvalidSessionTimeout},
		{"session too long", func(c *client) { c.sessionMs = 1_800_001 }, wire.InvalidSessionTimeout},
		{"negative rebalance time-out", func(c *client) { c.rebalance = -1 }, wire.InvalidRequest},
		{"no protocols", func(c *client) { c.protocols = nil }, wire.InconsistentGroupProtocol},
		{"10,000 protocols", func(c *client) {
			for i := range 10_000 {
				c.protocols = append(c.protocols, wire.JoinGroupRequestProtocol{Name: fmt.Sprint(i)})
			}
		}, wire.InconsistentGroupProtocol},
		{"no protocol type", func(c *client) { c.kind = "" }, wire.InconsistentGroupProtocol},
		{"an id that nobody has", func(c *client) { c.memberID = "x" }, wire.UnknownMemberId},
		{"an instance that nobody has", func(c *client) { c.memberID = "x"; c.static("i") }, wire.UnknownMemberId},
		{"metadata that no record can hold", func(c *client) { c.protocols[0].Metadata = make([]byte, 1<<20) }, wire.InvalidRequest},
		{"50 MB of metadata", func(c *client) { c.protocols[0].Metadata = make([]byte, 50<<20) }, wire.InvalidRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, nil, func(w *world) {
				c := w.newClient("g", "c")
				tt.change(c)
				resp := c.join().result()
				if c.memberID == "" && resp.ErrorCode == wire.MemberIdRequired {
					c.memberID = resp.MemberId
					resp = c.join().result()
				}
				wantCode(t, "join", resp.ErrorCode, tt.want)
				if resp.MemberId != c.memberID && resp.MemberId != "" {
					t.Errorf("member id %q in the refusal", resp.MemberId)
				}
				if w.log.End() != 0 {
					t.Error("something was recorded")
				}
				// The next one is not hindered.
				next := w.newClient("g", "next")
				next.took(next.enter().result())
			})
		})
	}
}

func TestVersion0HasTheSessionTimeoutForRebalances(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.newClient("g", "c")
		c.version, c.rebalance = 0, -1
		c.took(c.join().result())
		if got := w.machine().groups["g"].rebalanceTimeoutMs(); got != int64(c.sessionMs) {
			t.Fatalf("rebalance time-out %d", got)
		}
	})
}

func TestGroupMustAgreeOnAProtocol(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.stableGroup("g", 1)
		other := w.newClient("g", "connect")
		other.kind = "connect"
		wantCode(t, "other type", other.join().result().ErrorCode, wire.InconsistentGroupProtocol)
		sticky := w.newClient("g", "sticky")
		sticky.protocols[0].Name = "sticky"
		wantCode(t, "other protocol", sticky.join().result().ErrorCode, wire.InconsistentGroupProtocol)
	})
}

func TestMembersVoteForTheProtocol(t *testing.T) {
	prefers := func(names ...string) (list []wire.JoinGroupRequestProtocol) {
		for _, name := range names {
			list = append(list, wire.JoinGroupRequestProtocol{Name: name, Metadata: []byte(name)})
		}
		return list
	}
	inWorld(t, func(o *Options) { o.Config.InitialRebalanceDelayMs = 1000 }, func(w *world) {
		var joins []*call[*wire.JoinGroupResponse]
		var clients []*client
		for i, p := range [][]wire.JoinGroupRequestProtocol{
			prefers("only-mine", "range", "sticky"), prefers("sticky", "range"), prefers("sticky", "range", "sticky"),
		} {
			c := w.newClient("g", fmt.Sprint("c", i))
			c.protocols = p
			clients, joins = append(clients, c), append(joins, c.enter())
		}
		w.advance(10 * time.Second)
		for i, j := range joins {
			resp := clients[i].took(j.result())
			if *resp.ProtocolName != "sticky" {
				t.Errorf("member %d was told %q", i, *resp.ProtocolName)
			}
			for _, m := range resp.Members {
				if string(m.Metadata) != "sticky" {
					t.Errorf("the leader sees metadata %q", m.Metadata)
				}
			}
		}
	})
}

// The first rebalance waits for the delay, and again as long as members come, up to
// the rebalance time-out.
func TestInitialRebalanceDelay(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.InitialRebalanceDelayMs = 3_000 }, func(w *world) {
		a, b := w.newClient("g", "a"), w.newClient("g", "b")
		ja := a.enter()
		w.advance(2 * time.Second)
		jb := b.enter()
		w.advance(2 * time.Second)
		ja.waiting()
		jb.waiting()
		w.advance(2 * time.Second)
		ra, rb := a.took(ja.result()), b.took(jb.result())
		if ra.GenerationId != 1 || rb.GenerationId != 1 || ra.Leader != a.memberID || len(ra.Members) != 2 || len(rb.Members) != 0 {
			t.Fatalf("joined as %+v and %+v", ra, rb)
		}
	})
}

func TestInitialRebalanceEndsAtTheRebalanceTimeout(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.InitialRebalanceDelayMs = 3_000 }, func(w *world) {
		first := w.newClient("g", "first")
		first.rebalance = 7_000
		join := first.enter()
		for i := range 4 {
			w.advance(2 * time.Second)
			if i < 3 {
				join.waiting()
			}
			c := w.newClient("g", fmt.Sprint(i))
			c.rebalance = 7_000
			c.enter()
		}
		first.took(join.result())
	})
}

func TestNewMemberMakesTheOthersRejoin(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		third := w.newClient("g", "third")
		join := third.enter()
		join.waiting()
		for _, c := range clients {
			wantCode(t, "heartbeat", c.heartbeat(), wire.RebalanceInProgress)
		}
		before := clients[0].generation
		j0, j1 := clients[0].join(), clients[1].join()
		r0, r1, r2 := clients[0].took(j0.result()), clients[1].took(j1.result()), third.took(join.result())
		if r0.GenerationId != before+1 || r1.GenerationId != before+1 || r2.GenerationId != before+1 {
			t.Fatal("not the same next generation")
		}
		if len(r0.Members) != 3 || len(r1.Members) != 0 || len(r2.Members) != 0 || r2.Leader != clients[0].memberID {
			t.Fatal("the member list is for the leader only")
		}
	})
}

func TestWhoDoesNotRejoinInTimeIsOut(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 3)
		for _, c := range clients {
			c.rebalance = 20_000
		}
		w.settle(clients...)
		// The leader asks for a rebalance, another follows, the last only heartbeats.
		j0, j1 := clients[0].join(), clients[1].join()
		for range 4 {
			w.advance(5 * time.Second)
			clients[2].heartbeat()
		}
		if resp := clients[0].took(j0.result()); len(resp.Members) != 2 {
			t.Fatalf("%d members", len(resp.Members))
		}
		clients[1].took(j1.result())
		wantCode(t, "heartbeat", clients[2].heartbeat(), wire.UnknownMemberId)
	})
}

func TestLeaderThatStaysAwayIsReplaced(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		clients[1].protocols = []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("t", "u")}}
		join := clients[1].join()
		join.waiting()
		w.advance(10 * time.Second) // the leader's session
		resp := clients[1].took(join.result())
		if resp.Leader != clients[1].memberID || len(resp.Members) != 1 {
			t.Fatalf("joined as %+v", resp)
		}
	})
}

func TestRejoinWithoutChange(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		generation := clients[0].generation
		t.Run("a follower of a stable group is told where it is", func(t *testing.T) {
			if resp := clients[1].took(clients[1].join().result()); resp.GenerationId != generation || len(resp.Members) != 0 {
				t.Fatalf("joined as %+v", resp)
			}
		})
		t.Run("the leader of a stable group asks for a rebalance", func(t *testing.T) {
			join := clients[0].join()
			join.waiting()
			clients[1].took(clients[1].join().result())
			if resp := clients[0].took(join.result()); resp.GenerationId != generation+1 {
				t.Fatalf("joined as %+v", resp)
			}
		})
		t.Run("before the assignment it is told again", func(t *testing.T) {
			if resp := clients[0].took(clients[0].join().result()); resp.GenerationId != generation+1 || len(resp.Members) != 2 {
				t.Fatalf("joined as %+v", resp)
			}
			if resp := clients[1].took(clients[1].join().result()); resp.GenerationId != generation+1 || len(resp.Members) != 0 {
				t.Fatalf("joined as %+v", resp)
			}
		})
	})
}

func TestChangedMetadataBeforeTheAssignmentStartsOver(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		join := clients[0].join()
		clients[1].took(clients[1].join().result())
		clients[0].took(join.result())
		sync := clients[1].sync(nil)
		sync.waiting()
		clients[0].protocols = []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("u")}}
		clients[0].join().waiting()
		wantCode(t, "sync", sync.result().ErrorCode, wire.RebalanceInProgress)
	})
}

func TestSecondJoinOfAMemberReplacesTheFirst(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		clients := w.stableGroup("g", 2)
		first := clients[0].join()
		second := clients[0].join()
		wantCode(t, "first join", first.result().ErrorCode, wire.RebalanceInProgress)
		second.waiting()
		clients[1].took(clients[1].join().result())
		clients[0].took(second.result())
	})
}

func TestGroupMaxSize(t *testing.T) {
	small := func(o *Options) { o.Config.MaxSize = 2 }
	inWorld(t, small, func(w *world) {
		clients := w.stableGroup("g", 2)
		third := w.newClient("g", "third")
		resp := third.join().result()
		wantCode(t, "join", resp.ErrorCode, wire.GroupMaxSizeReached)
		if resp.MemberId != "" {
			t.Errorf("member id %q", resp.MemberId)
		}
		for _, c := range clients {
			wantCode(t, "heartbeat", c.heartbeat(), wire.None)
		}
	})
}

// A static member that comes back is one of the members already.
func TestStaticMemberReturnsToAFullGroup(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.MaxSize = 2 }, func(w *world) {
		a, b := w.newClient("g", "a").static("ia"), w.newClient("g", "b").static("ib")
		w.settle(a, b)
		again := w.newClient("g", "b").static("ib")
		again.took(again.join().result())
	})
}

// Many members of small metadata are as bad as few of large.
func TestMetadataOfAllMembersIsBounded(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.InitialRebalanceDelayMs = 1000 }, func(w *world) {
		refused := 0
		var joins []*call[*wire.JoinGroupResponse]
		for i := range 8 {
			c := w.newClient("g", fmt.Sprint(i))
			c.protocols[0].Metadata = make([]byte, 200_000)
			j := c.enter()
			if j.answered() {
				wantCode(t, "join", j.result().ErrorCode, wire.InvalidRequest)
				refused++
			} else {
				joins = append(joins, j)
			}
		}
		if refused != 3 {
			t.Fatalf("%d refused, want 3: five times 200 kB fit", refused)
		}
		w.advance(100 * time.Second)
		for _, j := range joins {
			wantCode(t, "join", j.result().ErrorCode, wire.None)
		}
	})
}

// The record has room for one protocol of each member, but memory is taken by all.
func TestMetadataOfAllProtocolsIsBounded(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.InitialRebalanceDelayMs = 1000 }, func(w *world) {
		refused := 0
		for i := range metadataBudget + 4 {
			c := w.newClient("g", fmt.Sprint(i))
			c.protocols = append(c.protocols, wire.JoinGroupRequestProtocol{Name: "huge", Metadata: make([]byte, 1_000_000)})
			if j := c.enter(); j.answered() {
				wantCode(t, "join", j.result().ErrorCode, wire.InvalidRequest)
				refused++
			}
		}
		if refused != 4 {
			t.Errorf("%d refused, want 4", refused)
		}
		w.advance(100 * time.Second)
	})
}

func TestIdsThatAreNeverUsedAreBounded(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		refused := 0
		for range maxPendingJoins + 10 {
			resp := w.c.JoinGroup(Client{ID: "c"}, 9, w.newClient("g", "c").joinRequest())
			if resp.ErrorCode == wire.GroupMaxSizeReached {
				refused++
			}
		}
		if refused != 10 {
			t.Errorf("%d refused, want 10", refused)
		}
		for i := range maxPendingJoinsTotal - maxPendingJoins {
			w.c.JoinGroup(Client{ID: "c"}, 9, w.newClient(fmt.Sprint(i), "c").joinRequest())
		}
		wantCode(t, "join", w.newClient("new", "c").join().result().ErrorCode, wire.CoordinatorNotAvailable)
		w.advance(10 * time.Second)
		wantCode(t, "join", w.newClient("new", "c").join().result().ErrorCode, wire.MemberIdRequired)
	})
}

func TestMemberIDsAlwaysFitAString(t *testing.T) {
	id := memberID(strings.Repeat("x", 40_000), wire.UUID{1})
	if len(id) != wire.MaxStringLength || !strings.HasSuffix(id, "-01000000-0000-4000-8000-000000000000") {
		t.Fatalf("%d bytes, ends in %s", len(id), id[len(id)-40:])
	}
}

func TestUniqueProtocols(t *testing.T) {
	list := []wire.JoinGroupRequestProtocol{{Name: "a", Metadata: []byte{1}}, {Name: "b"}, {Name: "a", Metadata: []byte{2}}}
	got := uniqueProtocols(list)
	if !slices.EqualFunc(got, []string{"a", "b"}, func(p wire.JoinGroupRequestProtocol, n string) bool { return p.Name == n }) || got[0].Metadata[0] != 1 {
		t.Fatalf("%+v", got)
	}
}
