package group

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// checkInvariants fails the test if the machine's soft state contradicts itself. It
// looks on the loop; a shard that does not lead has no state.
func (w *world) checkInvariants() {
	w.t.Helper()
	found := make(chan string, 1)
	p := w.c.partitions[0]
	p.shard.Submit(func(int64) shard.Result {
		found <- contradiction(p.machine)
		return shard.Result{}
	}, func(error) { found <- "" })
	if text := <-found; text != "" {
		w.t.Fatalf("%s", text)
	}
}

// contradiction says what is wrong with the soft state, "" if nothing is.
func contradiction(m *machine) string {
	pending := 0
	for id, g := range m.groups {
		pending += len(g.pendingJoins)
		if text := g.contradiction(); text != "" {
			return fmt.Sprintf("group %q, %s: %s", id, g.state, text)
		}
		recorded := m.state.group(id)
		if m.unsettled == 0 && g.state == empty && len(g.pendingJoins) == 0 && (recorded == nil || recorded.meta == nil || len(recorded.meta.Members) == 0) {
			return fmt.Sprintf("idle group %q was kept", id)
		}
	}
	if pending != m.pendingJoins || m.unsettled < 0 {
		return fmt.Sprintf("%d pending joins, counted %d; %d unsettled", pending, m.pendingJoins, m.unsettled)
	}
	offsets := 0
	for id, gs := range m.state.groups {
		if gs.exists && gs.meta != nil && len(gs.meta.Members) > 0 && m.groups[id] == nil {
			return fmt.Sprintf("group %q has members and no soft state", id)
		}
		for _, partitions := range gs.offsets {
			offsets += len(partitions)
		}
	}
	if offsets != m.state.offsets {
		return fmt.Sprintf("%d offsets, counted %d", offsets, m.state.offsets)
	}
	return ""
}

func (g *classicGroup) contradiction() string {
	joining, unsynced, static := 0, 0, 0
	fresh := roster{}
	for _, mem := range g.members.list {
		fresh.add(mem)
		switch {
		case g.members.byID[mem.id] != mem:
			return "member " + mem.id + " is not filed"
		case mem.sync != nil && g.state != completingRebalance:
			return "member " + mem.id + " waits for a sync"
		case mem.join != nil && g.state != preparingRebalance:
			return "member " + mem.id + " waits for a join"
		}
		if mem.join != nil {
			joining++
		}
		if mem.unsynced {
			unsynced++
		}
		if mem.instanceID != nil {
			static++
		}
	}
	r := &g.members
	switch {
	case len(r.byID) != r.len() || len(r.static) != static || fresh.bytes != r.bytes || fresh.least != r.least || fmt.Sprint(fresh.counts) != fmt.Sprint(r.counts):
		return fmt.Sprintf("roster %+v, want %+v", r, fresh)
	case joining != g.awaitingJoin || unsynced != g.unsynced:
		return fmt.Sprintf("%d join and %d are unsynced, counted %d and %d", joining, unsynced, g.awaitingJoin, g.unsynced)
	case (g.leader != nil) != (r.len() > 0) || g.leader != nil && !slices.Contains(r.list, g.leader):
		return fmt.Sprintf("leader %v of %d members", g.leader, r.len())
	case g.state == empty && r.len() > 0:
		return fmt.Sprintf("%d members", r.len())
	}
	return ""
}

// actor is a client that behaves most of the time.
type actor struct {
	*client
	joinCall *call[*wire.JoinGroupResponse]
	syncCall *call[*wire.SyncGroupResponse]
	inSync   bool   // it has its assignment and only heartbeats
	syncedAs string // who it was when it sent syncCall
	leader   bool
	peers    map[string]string // what the leader assigns: everybody's own name
}

// name is what the leader assigns to the member.
func name(instanceID *string, memberID string) string {
	if instanceID != nil {
		return *instanceID
	}
	return memberID
}

// move is one step of a random run: who does what, with some detail.
type move struct{ who, what, detail int }

// moves draws a run.
func moves(t *rapid.T) []move {
	draw := rapid.Custom(func(t *rapid.T) move {
		return move{rapid.IntRange(0, 9).Draw(t, "who"), rapid.IntRange(0, 19).Draw(t, "what"), rapid.IntRange(0, 99).Draw(t, "detail")}
	})
	return rapid.SliceOfN(draw, 60, 400).Draw(t, "moves")
}

// step does one thing and takes what was answered meanwhile.
func (a *actor) step(w *world, mv move) {
	a.collect()
	switch mv.what {
	case 0: // the process starts again
		a.memberID, a.generation, a.leader, a.inSync = "", -1, false, false
	case 1:
		begin(w, "leave", func() *wire.LeaveGroupResponse {
			return w.c.LeaveGroup(5, &wire.LeaveGroupRequest{GroupId: a.group, Members: []wire.LeaveGroupRequestMemberIdentity{{MemberId: a.memberID, GroupInstanceId: a.instanceID}}})
		})
	case 2: // it subscribes to something else
		a.protocols = []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription([]string{"t", "u"}[mv.detail%2])}}
		a.inSync, a.generation = false, -1
	case 3, 4:
		req := commitOf(a.group, []string{"t", "u", "x"}[mv.detail%3], 0, int64(max(a.generation, 0)))
		req.MemberId, req.GroupInstanceId, req.GenerationIdOrMemberEpoch = a.memberID, a.instanceID, a.generation
		begin(w, "commit", func() *wire.OffsetCommitResponse { return w.c.OffsetCommit(9, req) })
	default:
		a.progress(w)
	}
}

// progress does what a client does next.
func (a *actor) progress(w *world) {
	switch {
	case a.joinCall != nil || a.syncCall != nil:
	case a.memberID == "" || a.generation < 0:
		a.joinCall = a.join()
	case !a.inSync:
		a.syncedAs = name(a.instanceID, a.memberID)
		if a.leader {
			a.syncCall = a.sync(a.peers)
		} else {
			a.syncCall = a.sync(nil)
		}
	default:
		hb := begin(w, "heartbeat", func() *wire.HeartbeatResponse {
			return w.c.Heartbeat(&wire.HeartbeatRequest{GroupId: a.group, MemberId: a.memberID, GroupInstanceId: a.instanceID, GenerationId: a.generation})
		})
		if hb.answered() {
			a.react(hb.result().ErrorCode)
		}
	}
}

// react takes an error as a client does.
func (a *actor) react(code wire.ErrorCode) {
	switch code {
	case wire.RebalanceInProgress, wire.IllegalGeneration:
		a.generation, a.inSync = -1, false
	case wire.UnknownMemberId, wire.FencedInstanceId, wire.GroupMaxSizeReached:
		a.memberID, a.generation, a.inSync = "", -1, false
	}
}

// collect takes the answers that are there.
func (a *actor) collect() {
	if a.joinCall != nil && a.joinCall.answered() {
		a.joined(a.joinCall.result())
		a.joinCall = nil
	}
	if a.syncCall != nil && a.syncCall.answered() {
		resp := a.syncCall.result()
		if resp.ErrorCode == wire.None {
			if got := string(resp.Assignment); got != "" && got != a.syncedAs {
				a.w.t.Fatalf("%s got the assignment of %s", a.syncedAs, got)
			}
			a.inSync = true
		}
		a.react(resp.ErrorCode)
		a.syncCall = nil
	}
}

func (a *actor) joined(resp *wire.JoinGroupResponse) {
	switch resp.ErrorCode {
	case wire.None:
		a.memberID, a.generation = resp.MemberId, resp.GenerationId
		a.leader, a.inSync = resp.Leader == resp.MemberId && !resp.SkipAssignment, false
		a.peers = map[string]string{}
		for _, m := range resp.Members {
			a.peers[m.MemberId] = name(m.GroupInstanceId, m.MemberId)
		}
	case wire.MemberIdRequired:
		a.memberID = resp.MemberId
	default:
		a.react(resp.ErrorCode)
	}
}

// disturb does something to the coordinator.
func (w *world) disturb(mv move) {
	switch mv.what % 10 {
	case 0:
		w.log.Hold()
	case 1, 2:
		w.log.Release()
	case 3:
		w.log.FailAppends(shard.ErrStorage)
	case 4, 5:
		w.log.FailAppends(nil)
	case 6:
		w.log.Hold()
		committed := w.log.Committed(w.epoch)
		w.resign()
		w.log.TruncateTo(committed)
		w.log.Release()
		w.elect()
	case 7:
		begin(w, "delete", func() *wire.DeleteGroupsResponse {
			return w.c.DeleteGroups(&wire.DeleteGroupsRequest{GroupsNames: []string{"g", "h"}})
		})
	default:
		w.advance(time.Duration(mv.detail*mv.detail) * 2 * time.Millisecond)
	}
}

// stopped is what a bubbleTB panics with.
type stopped struct{}

// bubbleTB collects the failure of a run inside a bubble, for rapid outside.
type bubbleTB struct {
	testing.TB
	failure string
}

func (b *bubbleTB) Helper() {}

func (b *bubbleTB) Errorf(format string, args ...any) {
	b.failure += fmt.Sprintf(format, args...) + "\n"
}

func (b *bubbleTB) Fatalf(format string, args ...any) { b.Errorf(format, args...); panic(stopped{}) }

func (b *bubbleTB) Fatal(args ...any) { b.Fatalf("%s", fmt.Sprint(args...)) }

// run is one random run.
type run struct {
	delayMs int64
	maxSize int
	old     bool  // dynamic members use version 3
	limitMs int32 // the members' rebalance time-out
	moves   []move
}

// play plays the run in the bubble that it is called in.
func (r *run) play(tb *bubbleTB) {
	w := newWorld(tb, func(o *Options) {
		o.Config.InitialRebalanceDelayMs, o.Config.MaxSize = r.delayMs, r.maxSize
		o.Config.OffsetsRetentionMs, o.Config.OffsetsRetentionCheckIntervalMs = 20_000, 5_000
	})
	defer w.close()
	defer func() {
		if p := recover(); p != nil && p != (stopped{}) {
			panic(p)
		}
		w.log.Release()
	}()
	w.elect()
	actors := make([]*actor, 6)
	for i := range actors {
		actors[i] = &actor{client: w.newClient("gh"[i/4:i/4+1], fmt.Sprint("c", i))}
		actors[i].rebalance = r.limitMs
		if i%2 == 1 {
			actors[i].static(fmt.Sprint("i", i%4))
		} else if r.old {
			actors[i].version = 3
		}
	}
	for _, mv := range r.moves {
		switch {
		case mv.who < len(actors):
			actors[mv.who].step(w, mv)
		case mv.who == len(actors):
			w.disturb(mv)
		default: // the usual: a second passes, and everybody goes on
			w.advance(time.Second)
			for _, a := range actors {
				a.step(w, move{what: 19})
			}
		}
		synctest.Wait()
		w.checkInvariants()
	}
	w.finish(actors)
}

// finish lets the disturbances end and all sessions run out: everybody is answered.
func (w *world) finish(actors []*actor) {
	w.log.FailAppends(nil)
	w.log.Release()
	for range 10 {
		w.advance(time.Minute)
		for _, a := range actors {
			a.collect()
		}
	}
	for _, a := range actors {
		if a.joinCall != nil || a.syncCall != nil {
			w.t.Fatalf("%s of %s still waits", a.id, a.group)
		}
	}
	w.checkInvariants()
	if n := len(w.machine().groups); n > 0 {
		w.t.Fatalf("%d groups have members after all sessions are over", n)
	}
	w.checkReplay()
}

// Whatever clients, disks and leaders do: the soft state is consistent, the
// replicated state is what the log says, nobody gets another's assignment, and in
// the end everybody is answered.
func TestRandomRuns(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := run{
			delayMs: rapid.SampledFrom([]int64{0, 3_000}).Draw(rt, "delay"), maxSize: rapid.IntRange(2, 5).Draw(rt, "max size"),
			old: rapid.Bool().Draw(rt, "old"), limitMs: rapid.SampledFrom([]int32{4_000, 60_000}).Draw(rt, "limit"), moves: moves(rt),
		}
		tb := &bubbleTB{}
		synctest.Test(t, func(t *testing.T) {
			tb.TB = t
			r.play(tb)
		})
		if tb.failure != "" {
			rt.Fatal(tb.failure)
		}
	})
}
