package quorum

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
)

// joined are the options of a controller that joined a quorum of two.
func joined(t *testing.T, fs vfs.FS, net *network) Options {
	dir := testDir(9)
	o := Options{FS: fs, Dir: metadataDir, NodeID: 9, DirectoryID: dir, RaftID: JoinedRaftID(dir), Logger: quiet(t)}
	o.Voters = append(testMembers(2), Member{RaftID: o.RaftID, NodeID: 9, DirectoryID: dir})
	o.Transport = &link{net: net, self: o.RaftID, dir: dir}
	return o
}

// ballot is a controller that somebody asks for votes.
type ballot struct {
	t   *testing.T
	net *network
	fs  vfs.FS
}

// vote starts the controller, asks for its vote, and stops it. The candidate's log is
// ahead of every other.
func (b ballot) vote(candidate, term uint64) bool {
	n := mustOpen(b.t, joined(b.t, b.fs, b.net))
	b.net.put(n.opts.RaftID, n)
	var answered, yes atomic.Bool // an answer is delivered by a goroutine of its own
	b.net.mu.Lock()
	b.net.spy = func(m *raftpb.Message) {
		if m.GetType() == raftpb.MsgVoteResp && m.GetTo() == candidate {
			yes.Store(!m.GetReject())
			answered.Store(true)
		}
	}
	b.net.mu.Unlock()
	err := n.q.Step(testDir(byte(candidate-1)), &raftpb.Message{Type: raftpb.MsgVote.Enum(), From: new(candidate), To: new(n.opts.RaftID),
		Term: new(term), LogTerm: new(term - 1), Index: new(uint64(100))})
	time.Sleep(100 * time.Millisecond)
	n.close()
	if err != nil || !answered.Load() {
		b.t.Fatalf("controller %d was not answered in term %d: %v", candidate-1, term, err)
	}
	return yes.Load()
}

// TestPromisesOutliveTheLog: a controller that was removed, and lost its log for that, is
// the same one for raft when it is added again. It must not vote a second time in a term.
func TestPromisesOutliveTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := ballot{t: t, net: newNetwork(1), fs: vfs.NewMem()}
		one, two := InitialRaftID(1), InitialRaftID(2)
		if !b.vote(one, 5) {
			t.Fatal("no vote in a new term")
		}
		if err := discard(b.fs, metadataDir, 0); err != nil {
			t.Fatal(err)
		}
		if b.vote(two, 5) {
			t.Error("a second vote in term 5")
		}
		if !b.vote(one, 5) || !b.vote(two, 6) {
			t.Error("it votes no more")
		}
	})
}

// TestDiscardIsKilledAtEveryOperation: whatever a crash leaves, nothing is left of the log
// at the next start, and the vote is.
func TestDiscardIsKilledAtEveryOperation(t *testing.T) {
	operations := 0
	for at := 1; ; at++ {
		for kind, crash := range crashKinds(uint64(at)) {
			synctest.Test(t, func(t *testing.T) {
				disk := vfs.NewMem()
				b := ballot{t: t, net: newNetwork(1), fs: disk}
				if !b.vote(InitialRaftID(1), 5) {
					t.Fatal("no vote in a new term")
				}
				for _, end := range []int64{3, 4} {
					if err := vfs.WriteFileAtomic(disk, filepath.Join(metadataDir, SnapshotID{EndOffset: end, Epoch: 1}.String()), []byte("old")); err != nil {
						t.Fatal(err)
					}
				}
				f := &fuse{armed: true, left: at}
				if err := discard(vfs.NewErrorFS(disk, f.inject), metadataDir, 0); err == nil {
					return
				}
				operations = at
				b.fs = disk.CrashClone(crash)
				began := isDiscarding(t, b.fs)
				if err := FinishDiscard(b.fs, metadataDir); err != nil {
					t.Fatal(err)
				}
				left, err := b.fs.ReadDir(metadataDir)
				if err != nil || began && len(left) != 1 {
					t.Errorf("killed at operation %d, %s: %v are left, %v", at, kind, left, err)
				}
				if len(left) > 1 { // it never began, or had ended
					return
				}
				if b.vote(InitialRaftID(2), 5) {
					t.Errorf("killed at operation %d, %s: a second vote in term 5", at, kind)
				}
			})
		}
		if operations < at || t.Failed() {
			break
		}
	}
	if operations < 10 {
		t.Errorf("only %d operations", operations)
	}
}

// isDiscarding says that the log in a directory is being deleted.
func isDiscarding(t *testing.T, fsys vfs.FS) bool {
	h, found, err := loadHardState(fsys, metadataDir)
	if err != nil || !found || h.Term != 5 || h.Vote != InitialRaftID(1) {
		t.Fatalf("%+v, %v", h, err)
	}
	return h.RestartOffset == discarding
}

// TestNothingIsLeftOfAnInitialVoter: it comes back under another identity, which has not
// promised anything.
func TestNothingIsLeftOfAnInitialVoter(t *testing.T) {
	fs := vfs.NewMem()
	writeFive(t, fs, misfits["other epoch"], 0)
	if err := discard(fs, metadataDir, 0); err != nil {
		t.Fatal(err)
	}
	if left, err := fs.ReadDir(metadataDir); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	dir := testDir(1)
	o := Options{FS: fs, Dir: metadataDir, NodeID: 1, DirectoryID: dir, RaftID: JoinedRaftID(dir),
		Source: &linkSource{closed: make(chan struct{})}, Logger: quiet(t)}
	q, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
}

// slowSource gives no more of the log than it may.
type slowSource struct {
	linkSource
	limit atomic.Int64
}

func (s *slowSource) Fetch(offset int64, lastEpoch int32) (Fetched, error) {
	f, err := s.linkSource.Fetch(offset, lastEpoch)
	if err != nil {
		return f, err
	}
	var some []byte
	err = batch.ForEach(f.Batches, func(h batch.Header, raw []byte) error {
		if h.NextOffset() <= s.limit.Load() {
			some = append(some, raw...)
		}
		return nil
	})
	if f.Batches = some; err == nil && len(some) == 0 {
		err = errUnreachable
	}
	return f, err
}

// TestPastMembershipDoesNotCount: a controller that joined, was removed, and lost its log
// for that, reads again that it joined. It is taken in only when that happens anew.
func TestPastMembershipDoesNotCount(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		n, m := c.newcomer(9)
		mustChange(t, func(done func(error)) { leader.q.AddLearner(m, done) })
		past := leader.q.HighWatermark()
		time.Sleep(time.Second)
		mustChange(t, func(done func(error)) { leader.q.Remove(m.RaftID, done) })
		leader.write(epoch, "a")
		time.Sleep(time.Second)
		c.net.put(m.RaftID, nil)
		n.close()
		if err := n.q.Discard(); err != nil {
			t.Fatal(err)
		}
		source := &slowSource{linkSource: linkSource{c: c, closed: make(chan struct{})}}
		source.limit.Store(past)
		o := n.opts
		o.Source, o.Transport, o.Role = source, nil, nil
		ob := mustOpen(t, o)
		time.Sleep(5 * time.Second)
		if ob.q.HighWatermark() != past || members(ob.q.Members()).find(m.RaftID) == nil || ob.takenIn() {
			t.Errorf("up to %d of %d, members %+v, taken in: %v", ob.q.HighWatermark(), past, ob.q.Members(), ob.takenIn())
		}
		source.limit.Store(1 << 40)
		c.awaitMirror(ob, leader)
		if ob.takenIn() {
			t.Error("taken in although removed")
		}
		mustChange(t, func(done func(error)) { leader.q.AddLearner(m, done) })
		c.awaitMirror(ob, leader)
		if !ob.takenIn() {
			t.Error("not taken in")
		}
	})
}

// takenIn asks about all that the node has.
func (n *node) takenIn() bool { return n.q.TakenIn(n.q.HighWatermark()) }

// TestTakenInByTheImage: images come one after the other while the log is complete
// already. Where one says that the observer is a member, it can be written as a snapshot,
// and the observer can start from that as a member.
func TestTakenInByTheImage(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.fill(epoch, 0, 3)
		n, m := c.newcomer(9)
		mustChange(t, func(done func(error)) { leader.q.AddLearner(m, done) })
		n.close()
		o := n.opts
		o.Source, o.Transport, o.Role, o.FS = &linkSource{c: c, closed: make(chan struct{})}, nil, nil, vfs.NewMem()
		ob := mustOpen(t, o)
		c.awaitMirror(ob, leader)
		var first int64
		for at := int64(1); at <= ob.q.HighWatermark() && first == 0; at++ {
			if ob.q.TakenIn(at) {
				first = at
			}
		}
		p, ok := ob.q.table.find(first)
		if !ok || ob.q.confAtLocked(p.index).find(m.RaftID) == nil || first <= 3 || ob.q.TakenIn(0) || ob.q.TakenIn(1<<40) {
			t.Fatalf("taken in at %d of %d", first, ob.q.HighWatermark())
		}
		// When it is removed again, images from before that say nothing any more.
		mustChange(t, func(done func(error)) { leader.q.Remove(m.RaftID, done) })
		leader.write(epoch, "b")
		c.awaitMirror(ob, leader)
		for at := first; at <= ob.q.HighWatermark(); at++ {
			if ob.q.TakenIn(at) {
				t.Errorf("taken in at %d although removed", at)
			}
		}
		if err := ob.q.WriteSnapshot(first, int32(p.term), func(func([]byte) error) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

func mustChange(t *testing.T, start func(done func(err error))) {
	t.Helper()
	if err := fate(start); err != nil {
		t.Fatal(err)
	}
}
