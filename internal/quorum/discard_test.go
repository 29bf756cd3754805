package quorum

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

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
func (b ballot) vote(candidate, term uint64) (granted bool) {
	n := mustOpen(b.t, joined(b.t, b.fs, b.net))
	b.net.put(n.opts.RaftID, n)
	answered := false
	b.net.mu.Lock()
	b.net.spy = func(m *raftpb.Message) {
		if m.GetType() == raftpb.MsgVoteResp && m.GetTo() == candidate {
			answered, granted = true, !m.GetReject()
		}
	}
	b.net.mu.Unlock()
	err := n.q.Step(testDir(byte(candidate-1)), &raftpb.Message{Type: raftpb.MsgVote.Enum(), From: new(candidate), To: new(n.opts.RaftID),
		Term: new(term), LogTerm: new(term - 1), Index: new(uint64(100))})
	time.Sleep(100 * time.Millisecond)
	n.close()
	if err != nil || !answered {
		b.t.Fatalf("controller %d was not answered in term %d: %v", candidate-1, term, err)
	}
	return granted
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
		if err := Discard(b.fs, metadataDir); err != nil {
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
				if err := Discard(vfs.NewErrorFS(disk, f.inject), metadataDir); err == nil {
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
	if err := Discard(fs, metadataDir); err != nil {
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
