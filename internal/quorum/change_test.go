package quorum

import (
	"errors"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
)

// fate starts a change and waits for its end.
func fate(start func(done func(err error))) error {
	end := make(chan error, 1)
	start(func(err error) { end <- err })
	return told(end)
}

// told waits for the end of a change.
func told(end chan error) error {
	select {
	case err := <-end:
		return err
	case <-time.After(patience):
		return errors.New("nobody told how it ended")
	}
}

// newcomer starts a controller that is not in the quorum, on an empty disk.
func (c *cluster) newcomer(nodeID byte) (*node, Member) {
	dir := testDir(nodeID)
	m := Member{RaftID: JoinedRaftID(dir), NodeID: int32(nodeID), DirectoryID: dir}
	voters := c.options(c.ids[0]).Voters
	o := Options{FS: vfs.NewMem(), Dir: metadataDir, NodeID: m.NodeID, DirectoryID: dir, RaftID: m.RaftID,
		Voters: voters, Logger: quiet(c.t)}
	o.Transport = &link{net: c.net, self: m.RaftID, dir: dir}
	n := mustOpen(c.t, o)
	c.net.put(m.RaftID, n)
	return n, m
}

func TestControllersJoinAndLeave(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		want := leader.fill(epoch, 0, 5)
		c.converge()
		n, m := c.newcomer(9)
		if err := fate(func(done func(error)) { leader.q.Promote(m.RaftID, done) }); !errors.Is(err, ErrUnknownMember) {
			t.Errorf("promoted a stranger: %v", err)
		}
		if err := fate(func(done func(error)) { leader.q.AddLearner(m, done) }); err != nil {
			t.Fatal(err)
		}
		if err := fate(func(done func(error)) { leader.q.AddLearner(m, done) }); !errors.Is(err, ErrMemberExists) {
			t.Errorf("added twice: %v", err)
		}
		other := Member{RaftID: JoinedRaftID(testDir(10)), NodeID: 10, DirectoryID: testDir(10)}
		if err := fate(func(done func(error)) { leader.q.AddLearner(other, done) }); !errors.Is(err, ErrChangePending) {
			t.Errorf("a second learner: %v", err)
		}
		if err := fate(func(done func(error)) { leader.q.Promote(m.RaftID, done) }); !errors.Is(err, ErrNotCaughtUp) {
			t.Errorf("promoted at once: %v", err)
		}
		time.Sleep(time.Second)
		expect(t, n.values(), want)
		if err := fate(func(done func(error)) { leader.q.Promote(m.RaftID, done) }); err != nil {
			t.Fatal(err)
		}
		removed := c.followers(leader)[0]
		if err := fate(func(done func(error)) { leader.q.Remove(removed.id(), done) }); err != nil {
			t.Fatal(err)
		}
		want = append(want, leader.fill(epoch, 5, 5)...)
		time.Sleep(time.Second)
		expect(t, n.values(), want)
		members := leader.q.Members()
		if len(members) != 3 || members[2].RaftID != m.RaftID || members[2].Learner {
			t.Fatalf("members %+v", members)
		}
		// Two of the three that are left are a majority, with the new one's vote.
		c.crash(leader.id(), vfs.CrashOptions{})
		c.nodes[m.RaftID] = n
		next, newer := c.leader()
		next.fill(newer, 10, 1)
		delete(c.nodes, m.RaftID)
	})
}

// A leader that removes itself steps down once that is committed.
func TestLeaderRemovesItself(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, _ := c.leader()
		if err := fate(func(done func(error)) { leader.q.Remove(leader.id(), done) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if e, _ := leader.role.leads(); e != 0 {
			t.Error("still leads")
		}
		delete(c.nodes, leader.id())
		next, epoch := c.leader()
		next.write(epoch, "v")
		if n := len(next.q.Members()); n != 2 {
			t.Errorf("%d members", n)
		}
	})
}

// A leader whose removal is committed and known to it while its disk still writes later
// entries: what it says of them then counts for nothing, and is no bug.
func TestLeaderIsRemovedWhileItWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		c := newCluster(t, 3, 7)
		stalls := map[uint64]*staller{}
		c.tune = func(o *Options) {
			id := InitialRaftID(o.NodeID)
			stalls[id] = &staller{}
			o.FS = vfs.NewErrorFS(c.disks[id], stalls[id].inject)
		}
		for _, id := range c.ids {
			c.start(id)
		}
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()

		disk := stalls[leader.id()]
		disk.hold(true)
		leader.q.Remove(leader.id(), func(error) {})
		time.Sleep(time.Second)
		if _, err := leader.q.Append(epoch, records("b")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		disk.hold(false) // the removal is written …
		disk.hold(true)  // … and what follows it is not
		time.Sleep(time.Second)
		disk.hold(false)
		time.Sleep(3 * time.Second)
		leader.q.mu.Lock()
		failed, members := leader.q.failed, leader.q.members.voters()
		leader.q.mu.Unlock()
		if failed != nil || members != 2 {
			t.Errorf("%d voters, %v", members, failed)
		}
		delete(c.nodes, leader.id())
		next, newer := c.leader()
		next.write(newer, "c")
	})
}

func TestChangesThatAreRefused(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		follower := c.followers(leader)[0]
		if err := fate(func(done func(error)) { follower.q.Remove(leader.id(), done) }); !errors.Is(err, shard.ErrNotLeader) {
			t.Errorf("at a follower: %v", err)
		}
		if err := fate(func(done func(error)) { leader.q.Remove(77, done) }); !errors.Is(err, ErrUnknownMember) {
			t.Errorf("of a stranger: %v", err)
		}
		// The fate of a change whose leader is cut off is not known.
		c.net.isolate(leader.id(), c.ids, true)
		end := make(chan error, 1)
		leader.q.Remove(follower.id(), func(err error) { end <- err })
		if err := fate(func(done func(error)) { leader.q.Remove(follower.id(), done) }); !errors.Is(err, ErrChangePending) {
			t.Errorf("while another is under way: %v", err)
		}
		if err := told(end); !errors.Is(err, shard.ErrUnknownOutcome) {
			t.Errorf("of a leader that was cut off: %v", err)
		}
		c.net.isolate(leader.id(), c.ids, false)
		c.converge()
		if n := len(leader.q.Members()); n != 3 {
			t.Errorf("%d members", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		n.role.wait()
		if err := fate(func(done func(error)) { n.q.Remove(n.id(), done) }); !errors.Is(err, ErrLastVoter) {
			t.Errorf("of the last voter: %v", err)
		}
	})
}

// A configuration outlives restarts and snapshots, on disk and by way of a fetch.
func TestConfigurationIsKept(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		c.tune = smallSegments
		leader, epoch := c.leader()
		gone := c.followers(leader)[0].id()
		late := c.followers(leader)[1].id()
		want := leader.fill(epoch, 0, 3)
		c.converge()
		if err := fate(func(done func(error)) { leader.q.Remove(gone, done) }); err != nil {
			t.Fatal(err)
		}
		c.stop(gone)
		c.ids = []uint64{leader.id(), late}
		c.converge()
		check := func() {
			t.Helper()
			for _, id := range c.ids {
				if ms := c.nodes[id].q.Members(); len(ms) != 2 || members(ms).find(gone) != nil {
					t.Fatalf("controller %d knows %+v", id, ms)
				}
			}
		}
		for range keptSnapshots + 1 {
			want = append(want, leader.fill(epoch, len(want), 10)...)
			leader.snapshot()
			id := leader.id()
			c.crash(id, vfs.CrashOptions{})
			c.start(id)
			c.converge()
			check()
			leader, epoch = c.leader()
			expect(t, leader.values(), want)
		}
	})
}

// Everybody learns from the log in which directory each voter lives.
func TestDirectoriesAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		c := startCluster(t, 3, 7)
		time.Sleep(time.Second)
		c.converge()
		for _, n := range c.nodes {
			for _, m := range n.q.Members() {
				if m.DirectoryID != testDir(byte(m.NodeID)) {
					t.Errorf("controller %d has controller %d in directory %v", n.opts.NodeID, m.NodeID, m.DirectoryID)
				}
			}
		}
	})
}

// A lone leader has no timer; a second member starts the clock again.
func TestLoneLeaderDoesNotTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := aloneOptions(t, vfs.NewMem())
		o.Transport = &link{net: newNetwork(1), self: 2, dir: o.DirectoryID}
		n := mustOpen(t, o)
		epoch := n.role.wait()
		n.write(epoch, "a")
		time.Sleep(time.Hour)
		n.write(epoch, "b")
		ticking := func() bool {
			n.q.mu.Lock()
			defer n.q.mu.Unlock()
			return n.q.ticking
		}
		if ticking() {
			t.Error("ticks alone")
		}
		m := Member{RaftID: JoinedRaftID(testDir(2)), NodeID: 2, DirectoryID: testDir(2)}
		if err := fate(func(done func(error)) { n.q.AddLearner(m, done) }); err != nil {
			t.Fatal(err)
		}
		if !ticking() {
			t.Error("does not tick with a learner")
		}
		n.write(epoch, "c")
	})
}

// Raft turns a change which it refuses into an empty entry at the same index.
func TestRefusedChangeBecomesAnEmptyEntry(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		follower := c.followers(leader)[0]
		end := make(chan error, 2)
		done := func(err error) { end <- err }
		err := leader.q.drive(func() error {
			gone := leader.q.members.without(follower.id())
			if err := leader.q.proposeConfLocked(raftpb.ConfChangeRemoveNode, follower.id(), gone, done); err != nil {
				return err
			}
			leader.q.pumpLocked()
			leader.q.confWait = nil // as if nobody had remembered that one is under way
			return leader.q.proposeConfLocked(raftpb.ConfChangeRemoveNode, follower.id(), gone, done)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := told(end); !errors.Is(err, ErrChangePending) {
			t.Errorf("a refused change: %v", err)
		}
		leader.write(epoch, "b")
	})
}

// TestFirstControllerComesBackToALargerQuorum: it was the whole quorum once, and died
// before its commit index was written for another reason. It must not elect itself
// by what it was.
func TestFirstControllerComesBackToALargerQuorum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		c := startCluster(t, 1, 7)
		first, epoch := c.leader()
		want := first.fill(epoch, 0, 3)
		for _, id := range []byte{8, 9} {
			n, m := c.newcomer(id)
			if err := fate(func(done func(error)) { first.q.AddLearner(m, done) }); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if err := fate(func(done func(error)) { first.q.Promote(m.RaftID, done) }); err != nil {
				t.Fatal(err)
			}
			c.nodes[m.RaftID] = n
		}
		time.Sleep(time.Second)
		id := first.id()
		c.crash(id, vfs.CrashOptions{})
		next, newer := c.leader()
		want = append(want, next.fill(newer, 3, 3)...)
		back := c.start(id)
		for range 100 {
			if e, _ := back.role.leads(); e != 0 {
				t.Fatalf("the first controller leads epoch %d by itself, the others are in %d", e, newer)
			}
			time.Sleep(20 * time.Millisecond)
		}
		expect(t, back.values(), want)
	})
}

// TestVoterMoves: where a voter listens is known everywhere, and only a voter's place is
// noted, by the leader.
func TestVoterMoves(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.converge()
		f := c.followers(leader)[0]
		place := []Endpoint{{Name: "CONTROLLER", Host: "new", Port: 9}}
		update := func(at *node, raftID uint64) error {
			return fate(func(done func(error)) { at.q.Update(raftID, place, done) })
		}
		if err := update(f, f.id()); !errors.Is(err, shard.ErrNotLeader) {
			t.Errorf("at a follower: %v", err)
		}
		if err := update(leader, 77); !errors.Is(err, ErrUnknownMember) {
			t.Errorf("of a stranger: %v", err)
		}
		end := leader.q.Status().LogEndOffset
		for range 2 {
			if err := update(leader, f.id()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if grown := leader.q.Status().LogEndOffset - end; grown != 1 {
			t.Errorf("%d records for one change", grown)
		}
		c.converge()
		for _, n := range c.nodes {
			m := members(n.q.Members()).find(f.id())
			if len(m.Endpoints) != 1 || m.Endpoints[0] != place[0] || m.Learner || m.DirectoryID != f.opts.DirectoryID {
				t.Errorf("controller %d knows %+v", n.opts.NodeID, m)
			}
		}
	})
}
