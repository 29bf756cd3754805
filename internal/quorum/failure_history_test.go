package quorum

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
)

// The tests of this file are named after the fault, in Kafka or elsewhere, that made a
// rule necessary.

// TestKAFKA12460NothingCommittedIsCut: Kafka's raft let a follower cut its log below
// what was committed. Whatever a newer leader sends, that part stays as it is.
func TestKAFKA12460NothingCommittedIsCut(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		want := leader.fill(epoch, 0, 5)
		c.converge()
		victim := c.followers(leader)[0]
		before := victim.batches()
		c.net.isolate(victim.id(), c.ids, true)
		from := leader.opts.Transport.(*link).dir
		victim.q.mu.Lock()
		committed, newer := victim.q.applied, victim.q.hard.Term+1
		victim.q.mu.Unlock()
		if committed < 5 {
			t.Fatalf("%d entries are committed", committed)
		}
		for index := range committed {
			term, ok := uint64(0), true
			victim.q.mu.Lock()
			if index > 0 {
				term, ok = victim.q.table.term(index)
			}
			victim.q.mu.Unlock()
			if !ok {
				t.Fatalf("entry %d is not there", index)
			}
			victim.q.Step(from, &raftpb.Message{Type: raftpb.MsgApp.Enum(), From: new(leader.id()), To: new(victim.id()),
				Term: new(newer), LogTerm: new(term), Index: new(index), Commit: new(index),
				Entries: []*raftpb.Entry{{Type: raftpb.EntryNormal.Enum(), Term: new(newer), Index: new(index + 1)}}})
			time.Sleep(100 * time.Millisecond)
		}
		expect(t, victim.values(), want)
		for base, raw := range before {
			if victim.batches()[base] != raw {
				t.Errorf("what was committed at offset %d has changed", base)
			}
		}
		c.net.isolate(victim.id(), c.ids, false)
		c.converge()
	})
}

// TestRaft477RemovedVoterHasNoVote: a voter that was removed without hearing of it does
// not count for the majority of those that are left, and does not disturb them.
func TestRaft477RemovedVoterHasNoVote(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		want := leader.fill(epoch, 0, 2)
		c.converge()
		removed := c.followers(leader)[0]
		c.net.isolate(removed.id(), c.ids, true)
		if err := fate(func(done func(error)) { leader.q.Remove(removed.id(), done) }); err != nil {
			t.Fatal(err)
		}
		want = append(want, leader.fill(epoch, 2, 1)...)
		c.net.isolate(removed.id(), c.ids, false)
		time.Sleep(10 * time.Second)
		if e, _ := leader.role.leads(); e != epoch {
			t.Errorf("the leader of epoch %d now leads %d", epoch, e)
		}
		id := leader.id()
		c.crash(id, vfs.CrashOptions{})
		time.Sleep(10 * time.Second)
		for _, n := range c.nodes {
			if e, _ := n.role.leads(); e != 0 {
				t.Errorf("controller %d leads with the vote of one that was removed", n.opts.NodeID)
			}
		}
		c.start(id)
		delete(c.nodes, removed.id())
		next, _ := c.leader()
		time.Sleep(time.Second)
		expect(t, next.values(), want)
	})
}

// TestRaft308LearnerIsNoMajority: who has no vote counts neither for a leader's lease
// nor for what is committed.
func TestRaft308LearnerIsNoMajority(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		n, m := c.newcomer(9)
		if err := fate(func(done func(error)) { leader.q.AddLearner(m, done) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		expect(t, n.values(), []string{"a"})
		for _, f := range c.followers(leader) {
			c.net.isolate(f.id(), c.ids, true)
			c.net.isolate(f.id(), []uint64{m.RaftID}, true)
		}
		end, err := leader.q.Append(epoch, records("b"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if e, _ := leader.role.leads(); e != 0 || leader.q.Committed(epoch) >= end {
			t.Errorf("with a learner alone it leads epoch %d, and %d is committed", e, leader.q.Committed(epoch))
		}
		expect(t, n.values(), []string{"a"})
	})
}

// TestNATS7545ChangesUnderFaults: NATS lost acknowledged records, though everything was
// synced, when members changed while others were cut off and killed.
func TestNATS7545ChangesUnderFaults(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cryptotest.SetGlobalRandom(t, seed)
				x := &exchange{cluster: startCluster(t, 3, seed), rand: rand.New(rand.NewPCG(seed, 9))}
				for i := range 5 {
					x.round(byte(20 + i))
				}
				x.finish()
				if x.changed < 2 {
					t.Errorf("only %d changes were made", x.changed)
				}
			})
		})
	}
}

// exchange replaces controllers by new ones under faults.
type exchange struct {
	*cluster
	rand    *rand.Rand
	acked   []string
	written int
	changed int
}

// round lets a newcomer join and another voter go, and meanwhile cuts one off and kills
// one that has been there from the start.
func (x *exchange) round(nodeID byte) {
	n, m := x.newcomer(nodeID)
	x.ids = append(x.ids, m.RaftID)
	x.nodes[m.RaftID] = n
	leader, _ := x.leader()
	leader.q.AddLearner(m, func(error) {})
	x.fault()
	for i := 0; i < 20 && !x.votes(m.RaftID); i++ {
		x.write()
		leader, _ = x.leader()
		leader.q.Promote(m.RaftID, func(error) {})
		time.Sleep(300 * time.Millisecond)
	}
	x.fault()
	x.write()
	if !x.votes(m.RaftID) {
		return // it stays a learner, and the next one is refused
	}
	x.changed++
	leader, _ = x.leader()
	gone := x.ids[0]
	if x.nodes[gone] != nil && fate(func(done func(error)) { leader.q.Remove(gone, done) }) == nil {
		x.changed++
		time.Sleep(time.Second) // a leader that removed itself steps down
		x.stop(gone)
		x.ids = x.ids[1:]
	}
}

// votes tells whether the leader knows a voter of that raft id.
func (x *exchange) votes(raftID uint64) bool {
	leader, _ := x.leader()
	m := members(leader.q.Members()).find(raftID)
	return m != nil && !m.Learner
}

// fault cuts one controller off, kills one with what was not synced, and takes both
// back, with pauses.
func (x *exchange) fault() {
	pause := func() { time.Sleep(time.Duration(x.rand.IntN(1500)) * time.Millisecond) }
	x.net.isolate(x.ids[x.rand.IntN(len(x.ids))], x.ids, true)
	x.write()
	pause()
	id := x.ids[x.rand.IntN(len(x.ids))]
	if x.disks[id] != nil {
		x.crash(id, vfs.CrashOptions{})
		pause()
		x.start(id)
	}
	for _, id := range x.ids {
		x.net.isolate(id, x.ids, false)
	}
	pause()
}

// write appends at everybody who believes to lead; what is committed soon is
// acknowledged.
func (x *exchange) write() {
	for _, id := range slices.Clone(x.ids) {
		n := x.nodes[id]
		if n == nil {
			continue
		}
		epoch, _ := n.role.leads()
		value := fmt.Sprint(x.written)
		x.written++
		end, err := n.q.Append(epoch, records(value))
		if err != nil {
			continue
		}
		time.Sleep(50 * time.Millisecond)
		if n.q.Committed(epoch) >= end {
			x.acked = append(x.acked, value)
		}
	}
}

func (x *exchange) finish() {
	time.Sleep(5 * time.Second)
	x.write()
	leader, _ := x.leader()
	x.converge()
	got := leader.values()
	for _, v := range x.acked {
		if !slices.Contains(got, v) {
			x.t.Errorf("%q was acknowledged and is gone", v)
		}
	}
	if len(x.acked) < 10 {
		x.t.Errorf("only %d of %d values were acknowledged", len(x.acked), x.written)
	}
}
