package quorum

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
)

// linkSource lets an observer fetch from controllers of a test, one after the other.
type linkSource struct {
	c      *cluster
	closed chan struct{}
	next   int
	from   *node
}

func (s *linkSource) Fetch(offset int64, lastEpoch int32) (Fetched, error) {
	if s.from == nil || s.c.nodes[s.from.id()] != s.from {
		id := s.c.ids[s.next%len(s.c.ids)]
		s.next++
		if s.from = s.c.nodes[id]; s.from == nil {
			return Fetched{}, errUnreachable
		}
	}
	c, err := s.from.q.FetchCommitted(offset, lastEpoch, 2000)
	if err == nil && len(c.Batches) == 0 && c.Snapshot == nil && !c.Diverged {
		s.from.q.AwaitCommitted(offset, 500*time.Millisecond, s.closed)
	}
	f := Fetched{Committed: c}
	f.LeaderID, f.LeaderEpoch = s.from.q.Leader()
	return f, err
}

func (s *linkSource) FetchSnapshot(id SnapshotID, position int64, maxBytes int) ([]byte, int64, error) {
	return s.from.q.ReadSnapshot(id, position, min(maxBytes, 1000))
}

func (s *linkSource) Close() { close(s.closed) }

// observer starts an observer of the cluster on a disk.
func (c *cluster) observer(fs vfs.FS) *node {
	c.t.Helper()
	dir := testDir(20)
	return mustOpen(c.t, Options{FS: fs, Dir: metadataDir, NodeID: 20, DirectoryID: dir, RaftID: JoinedRaftID(dir),
		Source: &linkSource{c: c, closed: make(chan struct{})}, Disposable: true, Logger: quiet(c.t)})
}

// awaitMirror waits until an observer has what a controller has.
func (c *cluster) awaitMirror(ob, of *node) {
	c.t.Helper()
	ob.q.AwaitCommitted(of.q.HighWatermark()-1, patience, nil)
	if got, want := ob.q.HighWatermark(), of.q.HighWatermark(); got != want {
		c.t.Fatalf("the observer has %d of %d, failed: %v", got, want, ob.failure())
	}
	if !slices.Equal(ob.values(), of.values()) {
		c.t.Errorf("the observer has %d values of %d", len(ob.values()), len(of.values()))
	}
	if len(ob.q.Members()) != len(of.q.Members()) {
		c.t.Errorf("the observer knows %+v", ob.q.Members())
	}
}

func TestObserverFollows(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.fill(epoch, 0, 20)
		ob := c.observer(vfs.NewMem())
		c.awaitMirror(ob, leader)
		leader.fill(epoch, 20, 20)
		c.awaitMirror(ob, leader)
		if id, e := ob.q.Leader(); id != leader.opts.NodeID || e != epoch {
			t.Errorf("leader %d in epoch %d", id, e)
		}
		c.crash(leader.id(), vfs.CrashOptions{})
		next, newer := c.leader()
		next.fill(newer, 40, 5)
		c.awaitMirror(ob, next)
	})
}

// TestObserverRestarts on what it has, after a clean end and after a crash.
func TestObserverRestarts(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.fill(epoch, 0, 20)
		disk := vfs.NewMem()
		ob := c.observer(disk)
		c.awaitMirror(ob, leader)
		ob.close()
		leader.fill(epoch, 20, 5)
		ob = c.observer(disk)
		if ob.q.HighWatermark() < 20 {
			t.Errorf("only %d after a clean restart", ob.q.HighWatermark())
		}
		c.awaitMirror(ob, leader)
		disk = disk.CrashClone(vfs.CrashOptions{})
		ob.close()
		c.awaitMirror(c.observer(disk), leader)
	})
}

func TestObserverBeginsWithASnapshot(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		for i := range 3 {
			leader.fill(epoch, i*50, 50)
			leader.snapshot()
		}
		leader.fill(epoch, 150, 5)
		disk := vfs.NewMem()
		ob := c.observer(disk)
		c.awaitMirror(ob, leader)
		if len(ob.q.Snapshots()) != 1 {
			t.Errorf("snapshots %v", ob.q.Snapshots())
		}
		ob.close()
		c.awaitMirror(c.observer(disk), leader)
	})
}

// TestObserverTakesSnapshots of its own, as every node does.
func TestObserverTakesSnapshots(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		disk := vfs.NewMem()
		ob := c.observer(disk)
		for i := range 3 {
			leader.fill(epoch, i*50, 50)
			c.awaitMirror(ob, leader)
			ob.snapshot()
		}
		ob.close()
		c.awaitMirror(c.observer(disk), leader)
	})
}

// TestObserverOfAnotherLogGivesItsCopyUp: what was never committed here is deleted.
func TestObserverOfAnotherLogGivesItsCopyUp(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.fill(epoch, 0, 40)
		disk := vfs.NewMem()
		ob := c.observer(disk)
		c.awaitMirror(ob, leader)
		ob.close()
		for _, id := range c.ids { // all controllers lose everything
			c.stop(id)
			c.disks[id] = vfs.NewMem()
		}
		for _, id := range c.ids {
			c.start(id)
		}
		leader, epoch = c.leader()
		leader.fill(epoch, 1000, 7)
		for range 45 {
			leader.fill(epoch, 2000, 1)
		}
		ob = c.observer(disk)
		time.Sleep(5 * time.Second)
		if !errors.Is(ob.failure(), ErrDiverged) {
			t.Fatalf("the observer ended with %v", ob.failure())
		}
		c.awaitMirror(c.observer(disk), leader)
	})
}

// badSource answers with nonsense.
type badSource struct {
	linkSource
	spoil func(f *Fetched)
}

func (s *badSource) Fetch(offset int64, lastEpoch int32) (Fetched, error) {
	f, err := s.linkSource.Fetch(offset, lastEpoch)
	f.Batches = slices.Clone(f.Batches)
	if len(f.Batches) > 0 {
		s.spoil(&f)
	}
	return f, err
}

func TestObserverRefusesNonsense(t *testing.T) {
	for name, spoil := range map[string]func(f *Fetched){
		"half a batch": func(f *Fetched) { f.Batches = f.Batches[:len(f.Batches)/3] },
		"flipped bit":  func(f *Fetched) { f.Batches[len(f.Batches)-1] ^= 1 },
		"offset":       func(f *Fetched) { f.Batches[7]++ },
		"epoch":        func(f *Fetched) { copy(f.Batches[12:16], []byte{0xff, 0xff, 0xff, 0xff}) },
		"no batch":     func(f *Fetched) { f.Batches = make([]byte, 100) },
	} {
		t.Run(name, func(t *testing.T) {
			trio(t, func(t *testing.T, c *cluster) {
				leader, epoch := c.leader()
				leader.write(epoch, "a")
				dir := testDir(20)
				ob := mustOpen(t, Options{FS: vfs.NewMem(), Dir: metadataDir, NodeID: 20, DirectoryID: dir, RaftID: JoinedRaftID(dir),
					Source: &badSource{linkSource{c: c, closed: make(chan struct{})}, spoil}, Logger: quiet(t)})
				time.Sleep(3 * time.Second)
				if ob.q.HighWatermark() != 0 && name != "half a batch" || ob.failure() != nil {
					t.Errorf("the observer has %d, failed: %v", ob.q.HighWatermark(), ob.failure())
				}
			})
		})
	}
}

// TestLostVoterIsNotWiped: only an observer that was told so throws its copy away.
func TestLostVoterIsNotWiped(t *testing.T) {
	disk := vfs.NewMem()
	n := mustOpen(t, aloneOptions(t, disk))
	n.write(n.role.wait(), "a")
	n.close()
	o := aloneOptions(t, disk)
	o.Source, o.RaftID = &linkSource{closed: make(chan struct{})}, JoinedRaftID(o.DirectoryID)
	o.Disposable = true
	if q, err := Open(o); err == nil || errors.Is(err, ErrLostEntries) {
		t.Errorf("a voter's log was opened as an observer's: %v, %v", q, err)
	}
}
