package quorum

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

// trio runs a test on three controllers in a bubble, with a seeded election jitter.
func trio(t *testing.T, fn func(t *testing.T, c *cluster)) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		fn(t, startCluster(t, 3, 7))
	})
}

func TestThreeVotersElectAndCommit(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a", "b")
		leader.write(epoch, "c")
		c.converge()
		for _, n := range c.nodes {
			expect(t, n.values(), []string{"a", "b", "c"})
		}
		for _, f := range c.followers(leader) {
			if _, err := f.q.Append(epoch, records("x")); !errors.Is(err, shard.ErrNotLeader) {
				t.Errorf("a follower appended: %v", err)
			}
		}
	})
}

func TestStatusOfThree(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		end := leader.write(epoch, "a")
		c.converge()
		c.net.isolate(c.followers(leader)[0].id(), c.ids, true)
		time.Sleep(time.Second)
		more := leader.write(epoch, "b")
		time.Sleep(time.Second)
		st := leader.q.Status()
		if st.LeaderID != leader.opts.NodeID || st.LeaderEpoch != epoch || st.HighWatermark != more || len(st.Voters) != 3 {
			t.Fatalf("%+v", st)
		}
		nowMs := time.Now().UnixMilli()
		for _, v := range st.Voters {
			behind := v.RaftID == c.followers(leader)[0].id()
			want := more
			if behind {
				want = end
			}
			if v.LogEndOffset != want || v.DirectoryID != testDir(byte(v.NodeID)) {
				t.Errorf("voter %d: %+v, want end offset %d", v.NodeID, v, want)
			}
			if fresh := nowMs-v.LastFetchMs < 500 && nowMs-v.LastCaughtUpMs < 1500; fresh == behind {
				t.Errorf("voter %d behind %v: last fetch %d ms ago, caught up %d ms ago",
					v.NodeID, behind, nowMs-v.LastFetchMs, nowMs-v.LastCaughtUpMs)
			}
		}
		if st := c.followers(leader)[1].q.Status(); st.LeaderID != leader.opts.NodeID || st.LeaderEpoch != epoch {
			t.Fatalf("a follower says %+v", st)
		}
	})
}

func TestLeaderDies(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		var want []string
		for round := range 6 {
			leader, epoch := c.leader()
			value := strconv.Itoa(round)
			leader.write(epoch, value)
			want = append(want, value)
			id := leader.id()
			died := time.Now()
			c.crash(id, vfs.CrashOptions{})
			next, newer := c.leader()
			if newer <= epoch {
				t.Fatalf("epoch %d after epoch %d", newer, epoch)
			}
			// Two election timeouts and a split vote at the very most.
			if took := time.Since(died); took > 4*time.Second {
				t.Errorf("leaderless for %v", took)
			}
			expect(t, next.values(), want)
			c.start(id)
			c.converge()
		}
	})
}

// A clean stop of the leader does not cost an election timeout.
func TestLeaderHandsOver(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		for range 4 {
			leader, epoch := c.leader()
			leader.write(epoch, "v")
			id, began := leader.id(), time.Now()
			c.stop(id)
			if _, newer := c.leader(); newer != epoch+1 {
				t.Errorf("epoch %d after epoch %d", newer, epoch)
			}
			if took := time.Since(began); took > 100*time.Millisecond {
				t.Errorf("the hand-over took %v", took)
			}
			c.start(id)
			c.converge()
		}
	})
}

// A leader that is cut off stops deciding, does not acknowledge, and loses the tail
// that nobody else has.
func TestPartitionedLeaderLosesItsTail(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		old, epoch := c.leader()
		old.write(epoch, "kept")
		c.converge()
		c.net.isolate(old.id(), c.ids, true)
		lost, err := old.q.Append(epoch, records("lost", "lost too"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if still, _ := old.role.leads(); still != 0 {
			t.Error("a leader without a quorum still decides")
		}
		leader, newer := c.leader()
		if leader == old {
			t.Fatal("the isolated controller leads")
		}
		leader.write(newer, "new")
		if at := old.q.Committed(epoch); at >= lost {
			t.Errorf("the old leader says %d is committed, its tail ends at %d", at, lost)
		}
		c.net.isolate(old.id(), c.ids, false)
		c.converge()
		expect(t, old.values(), []string{"kept", "new"})
		if at := old.q.Committed(epoch); at >= lost {
			t.Errorf("what a newer leader put at offset %d counts as the old one's", at)
		}
	})
}

// What the old leader's followers have is committed by the next one, and the old
// leader, which lost its office before it heard of that, says so.
func TestOldLeaderLearnsOfItsCommit(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		old, epoch := c.leader()
		c.converge()
		// Followers get the append; their answers do not get back.
		for _, f := range c.followers(old) {
			c.net.mu.Lock()
			c.net.cut[[2]uint64{f.id(), old.id()}] = true
			c.net.mu.Unlock()
		}
		end, err := old.q.Append(epoch, records("v"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
		c.net.isolate(old.id(), c.ids, true)
		time.Sleep(3 * time.Second)
		if old.q.Committed(epoch) >= end {
			t.Fatal("committed without an answer")
		}
		c.net.isolate(old.id(), c.ids, false)
		c.converge()
		if old.q.Committed(epoch) < end {
			t.Errorf("the entry survived, and its old leader says %d of %d is committed", old.q.Committed(epoch), end)
		}
	})
}

// The votes of a follower that restarts with nothing but its disk still count.
func TestFollowersRestart(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		var want []string
		for round := range 6 {
			leader, epoch := c.leader()
			f := c.followers(leader)[round%2]
			c.crash(f.id(), vfs.CrashOptions{})
			for i := range 5 {
				v := strconv.Itoa(10*round + i)
				leader.write(epoch, v)
				want = append(want, v)
			}
			c.start(f.id())
			c.converge()
			expect(t, c.nodes[f.id()].values(), want)
		}
	})
}

// All die at once; what was acknowledged is still there.
func TestEveryoneDies(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		for i := range 20 {
			leader.write(epoch, strconv.Itoa(i))
		}
		want := leader.values()
		for _, id := range c.ids {
			c.crash(id, vfs.CrashOptions{})
		}
		for _, id := range c.ids {
			c.start(id)
		}
		c.converge()
		for _, n := range c.nodes {
			expect(t, n.values(), want)
		}
	})
}

// A read is confirmed by a majority: an isolated leader cannot answer one, although
// it does not know yet that there is another.
func TestConfirm(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		confirm := func(epoch int32) chan error {
			fate := make(chan error, 1)
			leader.q.Confirm(epoch, func(err error) { fate <- err })
			return fate
		}
		if err := <-confirm(epoch); err != nil {
			t.Fatal(err)
		}
		if err := <-confirm(epoch - 1); !errors.Is(err, shard.ErrNotLeader) {
			t.Errorf("an old epoch was confirmed: %v", err)
		}
		c.net.isolate(leader.id(), c.ids, true)
		fate := confirm(epoch)
		time.Sleep(100 * time.Millisecond)
		select {
		case err := <-fate:
			t.Fatalf("confirmed without a majority: %v", err)
		default:
		}
		if err := <-fate; !errors.Is(err, shard.ErrNotLeader) {
			t.Errorf("after the leadership: %v", err)
		}
	})
}

// A wiped voter must not vote again under its old identity: the majority that
// elected somebody could forget it.
func TestWipedVoterIsNotHeard(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		wiped := c.followers(leader)[0].id()
		c.crash(wiped, vfs.CrashOptions{})
		c.disks[wiped] = vfs.NewMem()
		c.tune = func(o *Options) {
			if InitialRaftID(o.NodeID) == wiped {
				o.DirectoryID = testDir(99)
				o.Transport.(*link).dir = o.DirectoryID
			}
		}
		c.start(wiped)
		leader.write(epoch, "b")
		if err := leader.q.Step(testDir(99), &raftpb.Message{Type: raftpb.MsgAppResp.Enum(), From: new(wiped),
			To: new(leader.id()), Term: new(uint64(epoch)), Index: new(uint64(2))}); !errors.Is(err, ErrWrongDirectory) {
			t.Errorf("the wiped voter was heard: %v", err)
		}
		// With the wiped one not heard, two are left, and one alone is no majority.
		c.crash(leader.id(), vfs.CrashOptions{})
		time.Sleep(10 * time.Second)
		for _, n := range c.nodes {
			if e, _ := n.role.leads(); e != 0 {
				t.Errorf("controller %d leads with the vote of a wiped voter", n.opts.NodeID)
			}
		}
	})
}

// A controller whose disk lost what it had acknowledged says so and never votes
// again, not even after a restart.
func TestDiskThatForgotStopsVoting(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		for i := range 5 {
			leader.write(epoch, strconv.Itoa(i))
		}
		c.converge()
		victim := c.followers(leader)[0]
		id := victim.id()
		before := c.disks[id].CrashClone(vfs.CrashOptions{})
		leader.write(epoch, "forgotten")
		c.converge()
		c.crash(id, vfs.CrashOptions{})
		c.disks[id] = before // as if writes that were synced never happened
		n := c.start(id)
		time.Sleep(2 * time.Second)
		if err := n.failure(); !errors.Is(err, ErrLostEntries) {
			t.Fatalf("failed with %v", err)
		}
		c.stop(id)
		if _, err := openNode(t, c.options(id)); !errors.Is(err, ErrLostEntries) {
			t.Fatalf("opened again: %v", err)
		}
	})
}

// The commit in the hard state may be ahead of or behind the log; it is a hint.
func TestHardStateCommitIsClamped(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		f := c.followers(leader)[0].id()
		for _, commit := range []uint64{0, 1 << 40} {
			c.stop(f)
			h, _, err := loadHardState(c.disks[f], metadataDir)
			if err != nil {
				t.Fatal(err)
			}
			h.Commit = commit
			if err := h.save(c.disks[f], metadataDir); err != nil {
				t.Fatal(err)
			}
			c.start(f)
			c.converge()
		}
	})
}

func TestNonsenseMessagesAreRefused(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		victim := c.followers(leader)[0]
		base := func(typ raftpb.MessageType) *raftpb.Message {
			return &raftpb.Message{Type: typ.Enum(), From: new(leader.id()), To: new(victim.id()), Term: new(uint64(epoch))}
		}
		with := func(typ raftpb.MessageType, change func(m *raftpb.Message)) *raftpb.Message {
			m := base(typ)
			change(m)
			return m
		}
		gap := entryOf(9, uint64(epoch), raftpb.EntryNormal, dataBatch("x"))
		for name, m := range map[string]*raftpb.Message{
			"empty":       {},
			"local":       base(raftpb.MsgHup),
			"proposal":    base(raftpb.MsgProp),
			"storage":     base(raftpb.MsgStorageAppendResp),
			"read index":  base(raftpb.MsgReadIndex),
			"from nobody": with(raftpb.MsgHeartbeat, func(m *raftpb.Message) { m.From = nil }),
			"from itself": with(raftpb.MsgHeartbeat, func(m *raftpb.Message) { m.From = m.To }),
			"to another":  with(raftpb.MsgHeartbeat, func(m *raftpb.Message) { m.To = new(uint64(77)) }),
			"term 0":      with(raftpb.MsgHeartbeat, func(m *raftpb.Message) { m.Term = nil }),
			"huge term":   with(raftpb.MsgVote, func(m *raftpb.Message) { m.Term = new(uint64(1 << 40)) }),
			"huge index":  with(raftpb.MsgApp, func(m *raftpb.Message) { m.Index = new(^uint64(0)) }),
			"gap": with(raftpb.MsgApp, func(m *raftpb.Message) {
				m.Index, m.LogTerm, m.Entries = new(uint64(2)), new(uint64(epoch)), []*raftpb.Entry{gap}
			}),
			"nil entry": with(raftpb.MsgApp, func(m *raftpb.Message) { m.Entries = []*raftpb.Entry{nil} }),
			"bad entry": with(raftpb.MsgApp, func(m *raftpb.Message) {
				m.Index = new(uint64(8))
				gap.Data = []byte("x")
				m.Entries = []*raftpb.Entry{gap}
			}),
			"empty snapshot": base(raftpb.MsgSnap),
			"vote entries":   with(raftpb.MsgVote, func(m *raftpb.Message) { m.Entries = []*raftpb.Entry{gap} }),
		} {
			if err := victim.q.Step(leader.opts.DirectoryID, m); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if err := victim.q.Step(wire.ZeroUUID, base(raftpb.MsgHeartbeat)); err == nil {
			t.Error("accepted without a directory")
		}
		// An acknowledgement of what was never sent must not reach raft's core.
		ack := &raftpb.Message{Type: raftpb.MsgAppResp.Enum(), From: new(victim.id()), To: new(leader.id()),
			Term: new(uint64(epoch)), Index: new(uint64(1000))}
		if err := leader.q.Step(victim.opts.DirectoryID, ack); err == nil {
			t.Error("acknowledged entry 1000")
		}
		leader.write(epoch, "b")
		c.converge()
		if victim.failure() != nil || leader.failure() != nil {
			t.Error("a message broke a controller")
		}
	})
}

// A write that fails ends the controller's part; the others go on.
func TestFailedWriteEndsTheRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		c := newCluster(t, 3, 7)
		full := errors.New("no space left")
		broken := map[uint64]*bool{}
		c.tune = func(o *Options) {
			id, on := InitialRaftID(o.NodeID), new(bool)
			broken[id] = on
			o.FS = vfs.NewErrorFS(c.disks[id], func(op vfs.Op, _ string) error {
				if *on && op == vfs.OpWrite {
					return full
				}
				return nil
			})
		}
		for _, id := range c.ids {
			c.start(id)
		}
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		*broken[leader.id()] = true
		if _, err := leader.q.Append(epoch, records("b")); err != nil {
			t.Fatal(err)
		}
		for leader.failure() == nil {
			time.Sleep(time.Millisecond)
		}
		if !errors.Is(leader.failure(), full) {
			t.Errorf("failed with %v", leader.failure())
		}
		if e, _ := leader.role.leads(); e != 0 {
			t.Error("leads without a disk")
		}
		if _, err := leader.q.Append(epoch, records("c")); !errors.Is(err, shard.ErrStorage) {
			t.Errorf("an append to a failed log: %v", err)
		}
		leader.q.Close()
		delete(c.nodes, leader.id())
		next, newer := c.leader()
		next.write(newer, "d")
		c.converge()
		if got := next.values(); !slices.Contains(got, "a") || !slices.Contains(got, "d") {
			t.Errorf("values %q", got)
		}
	})
}
