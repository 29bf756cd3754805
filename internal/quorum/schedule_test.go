package quorum

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"go.etcd.io/raft/v3/raftpb"
)

var (
	firstSeed = flag.Uint64("seed", 1, "first seed of the random schedules")
	seeds     = flag.Uint64("seeds", 12, "how many random schedules")
)

// TestRandomSchedules drives three voters through kills, partitions, lost and
// repeated messages, snapshots and restarts, and checks that nothing acknowledged
// is ever lost or changed, that nobody votes twice in a term, and that all logs are
// the same bytes in the end. Run more of them with -args -seeds N.
func TestRandomSchedules(t *testing.T) {
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cryptotest.SetGlobalRandom(t, seed)
				s := newSchedule(t, seed)
				s.run(150)
				s.finish()
			})
		})
	}
}

// schedule is one random run.
type schedule struct {
	*cluster
	rand *rand.Rand
	// written counts the values that were tried, acked are those acknowledged.
	written int
	acked   []string
	// history is what any controller ever showed as committed, by base offset.
	history map[int64]string
	// votes is who got a voter's vote in a term.
	votes    map[[2]uint64]uint64
	watchers map[uint64]*watcher
}

func newSchedule(t *testing.T, seed uint64) *schedule {
	s := &schedule{
		cluster: newCluster(t, 3, seed), rand: rand.New(rand.NewPCG(seed, 3)),
		history: map[int64]string{}, votes: map[[2]uint64]uint64{}, watchers: map[uint64]*watcher{},
	}
	s.tune = smallSegments
	s.net.delay = 20 * time.Millisecond
	s.net.loss, s.net.extra = 0.05, 0.05
	s.net.spy = s.noteVote
	for _, id := range s.ids {
		s.begin(id)
	}
	return s
}

// noteVote is called with every message that arrives.
func (s *schedule) noteVote(m *raftpb.Message) {
	if m.GetType() != raftpb.MsgVoteResp || m.GetReject() {
		return
	}
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	key := [2]uint64{m.GetFrom(), m.GetTerm()}
	if other := s.votes[key]; other != 0 && other != m.GetTo() {
		s.t.Errorf("%d voted for %d and for %d in term %d", m.GetFrom(), other, m.GetTo(), m.GetTerm())
	}
	s.votes[key] = m.GetTo()
}

func (s *schedule) begin(id uint64) {
	s.start(id)
	s.watchers[id] = &watcher{}
	s.nodes[id].q.Observe(0, s.watchers[id])
}

// run does random things with random pauses.
func (s *schedule) run(steps int) {
	for range steps {
		switch s.rand.IntN(12) {
		case 0:
			s.kill()
		case 1, 2:
			s.revive()
		case 3:
			s.net.isolate(s.anyID(), s.ids, true)
		case 4, 5:
			s.heal()
		case 6:
			s.takeSnapshot()
		default:
			s.burst(1 + s.rand.IntN(8))
		}
		time.Sleep(time.Duration(s.rand.IntN(600)) * time.Millisecond)
		s.checkHistory()
	}
}

func (s *schedule) anyID() uint64 { return s.ids[s.rand.IntN(len(s.ids))] }

func (s *schedule) heal() {
	for _, id := range s.ids {
		s.net.isolate(id, s.ids, false)
	}
}

// kill stops a controller in one of the ways in which one stops.
func (s *schedule) kill() {
	id := s.anyID()
	if s.nodes[id] == nil {
		return
	}
	kinds := crashKinds(s.rand.Uint64())
	names := []string{"nothing unsynced survives", "everything survives", "some survives", "in order"}
	name := names[s.rand.IntN(len(names))]
	if name == "in order" {
		s.stop(id)
	} else {
		s.crash(id, kinds[name])
	}
}

func (s *schedule) revive() {
	for _, id := range s.ids {
		if s.nodes[id] == nil {
			s.begin(id)
			return
		}
	}
}

// takeSnapshot lets any controller take one of all it has.
func (s *schedule) takeSnapshot() {
	n := s.nodes[s.anyID()]
	if n == nil {
		return
	}
	values, id := n.values(), n.position()
	if id.EndOffset == 0 {
		return
	}
	if err := n.q.WriteSnapshot(id.EndOffset, id.Epoch, adder(values...)); err != nil {
		s.t.Fatal(err)
	}
}

// burst writes to whoever thinks it leads. What is committed by the end of the pause
// counts as acknowledged.
func (s *schedule) burst(count int) {
	for _, id := range s.ids {
		n := s.nodes[id]
		if n == nil {
			continue
		}
		epoch, _ := n.role.leads()
		if epoch == 0 {
			continue
		}
		type pending struct {
			value string
			end   int64
		}
		var waiting []pending
		for range count {
			v := fmt.Sprintf("%d from %d in %d", s.written, n.opts.NodeID, epoch)
			s.written++
			if end, err := n.q.Append(epoch, records(v)); err == nil {
				waiting = append(waiting, pending{v, end})
			}
		}
		time.Sleep(time.Duration(s.rand.IntN(100)) * time.Millisecond)
		for _, w := range waiting {
			if n.q.Committed(epoch) >= w.end {
				s.acked = append(s.acked, w.value)
			}
		}
	}
}

// checkHistory wants what was once committed to stay as it was, everywhere.
func (s *schedule) checkHistory() {
	for id, n := range s.nodes {
		if err := n.failure(); err != nil {
			s.t.Fatalf("controller %d gave up: %v", id, err)
		}
		for base, raw := range n.batches() {
			if before, ok := s.history[base]; ok && before != raw {
				s.t.Fatalf("controller %d changed what was committed at offset %d", id, base)
			}
			s.history[base] = raw
		}
	}
}

// finish lets everybody back and looks at the result.
func (s *schedule) finish() {
	s.heal()
	s.net.mu.Lock()
	s.net.loss, s.net.extra = 0, 0
	s.net.mu.Unlock()
	for _, id := range s.ids {
		if s.nodes[id] == nil {
			s.begin(id)
		}
	}
	leader, epoch := s.leader()
	// Leadership may still move once; what counts is that a write goes through.
	for {
		end, err := leader.q.Append(epoch, records("last"))
		time.Sleep(5 * time.Second)
		if err == nil && leader.q.Committed(epoch) >= end {
			break
		}
		leader, epoch = s.leader()
	}
	s.converge()
	s.checkHistory()
	s.checkAcked(leader.values())
	for id, n := range s.nodes {
		synctest.Wait()
		s.watchers[id].check(s.t, n.values())
	}
	s.t.Logf("%d of %d values acknowledged, epoch %d", len(s.acked), s.written, epoch)
}

// checkAcked wants every acknowledged value in the log, in the order in which each
// leader wrote them.
func (s *schedule) checkAcked(got []string) {
	at := map[string]int{}
	for i, v := range got {
		if _, twice := at[v]; twice {
			s.t.Fatalf("%q is in the log twice", v)
		}
		at[v] = i
	}
	for _, v := range s.acked {
		if _, ok := at[v]; !ok {
			s.t.Fatalf("%q was acknowledged and is gone", v)
		}
	}
	if !slices.IsSortedFunc(s.acked, func(a, b string) int { return at[a] - at[b] }) {
		s.t.Fatal("acknowledged values changed places")
	}
	if len(s.acked)*4 < s.written {
		s.t.Fatalf("only %d of %d writes were acknowledged", len(s.acked), s.written)
	}
}
