package quorum

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// What waits for a commit is bounded; who cannot be served is told so at once.
func TestUncommittedRecordsAreBounded(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		c.net.isolate(leader.id(), c.ids, true)
		big := strings.Repeat("x", maxEntryBytes-1000)
		for i := 0; ; i++ {
			_, err := leader.q.Append(epoch, records(big))
			if errors.Is(err, shard.ErrOverloaded) {
				break
			}
			if err != nil || i > 10 {
				t.Fatalf("append %d: %v", i, err)
			}
		}
	})
}

// staller is a file system whose syncs can be held.
type staller struct {
	only string // of files whose name ends so

	mu   sync.Mutex
	held chan struct{}
}

func (s *staller) inject(op vfs.Op, name string) error {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held != nil && op == vfs.OpSync && strings.HasSuffix(name, s.only) {
		<-held
	}
	return nil
}

func (s *staller) hold(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.held = make(chan struct{})
	} else {
		close(s.held)
		s.held = nil
	}
}

// A disk that stalls stops neither heartbeats nor the other two: the leader stays,
// and a slow voter is not waited for.
func TestStalledDisk(t *testing.T) {
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

		slow := c.followers(leader)[0]
		stalls[slow.id()].hold(true)
		leader.write(epoch, "b")
		time.Sleep(10 * time.Second)
		leader.write(epoch, "c")
		stalls[slow.id()].hold(false)
		c.converge()

		stalls[leader.id()].hold(true)
		end, err := leader.q.Append(epoch, records("d"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if still, _ := leader.role.leads(); still != epoch {
			t.Errorf("leads epoch %d after its disk stalled in epoch %d", still, epoch)
		}
		if leader.q.Committed(epoch) >= end {
			t.Error("what is not on the leader's disk can be read there")
		}
		stalls[leader.id()].hold(false)
		leader.await(epoch, end)
		c.converge()
	})
}

// FuzzStep gives a follower any message that a peer could send: it may refuse it or
// not, but it must neither panic nor give up.
func FuzzStep(f *testing.F) {
	add := func(m *raftpb.Message) {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	base := func(typ raftpb.MessageType) *raftpb.Message {
		return &raftpb.Message{Type: typ.Enum(), From: new(uint64(3)), To: new(uint64(2)), Term: new(uint64(5)),
			Index: new(uint64(1)), LogTerm: new(uint64(1)), Commit: new(uint64(1))}
	}
	for typ := range raftpb.MessageType_name {
		add(base(raftpb.MessageType(typ)))
	}
	app := base(raftpb.MsgApp)
	app.Entries = []*raftpb.Entry{
		entryOf(2, 5, raftpb.EntryNormal, dataBatch("x")), entryOf(3, 5, raftpb.EntryNormal, nil),
		entryOf(4, 5, raftpb.EntryConfChangeV2, confChange(f, raftpb.ConfChangeUpdateNode, 3, testMembers(3))),
	}
	add(app)
	first := base(raftpb.MsgApp)
	first.Index, first.LogTerm, first.Commit = nil, nil, new(uint64(2))
	first.Entries = []*raftpb.Entry{
		entryOf(1, 5, raftpb.EntryNormal, dataBatch("x")), entryOf(2, 5, raftpb.EntryNormal, nil),
	}
	add(first)
	snap := base(raftpb.MsgSnap)
	snap.Snapshot = raftSnapshot(&snapshotHeader{ID: SnapshotID{EndOffset: 10, Epoch: 4}, Index: 9, Members: testMembers(3)})
	add(snap)
	f.Fuzz(func(t *testing.T, b []byte) {
		m := &raftpb.Message{}
		if proto.Unmarshal(b, m) != nil {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			c := newCluster(t, 3, 1)
			n := c.start(2)
			n.q.Step(testDir(2), m)
			synctest.Wait()
			n.q.Step(testDir(2), m)
			synctest.Wait()
			if err := n.failure(); err != nil && !errors.Is(err, ErrLostEntries) {
				t.Fatal(err)
			}
		})
	})
}
