package testcluster

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// The tests of this file are named after the fault in Kafka that made a rule necessary.
// Others of that kind are beside the code that they are about; these need whole nodes.

// TestKIP966LastReplicaStanding: two of three replicas are down, the last one leads alone
// and loses power, the two come back before it. The other two nodes keep the quorum.
func TestKIP966LastReplicaStanding(t *testing.T) {
	tell(t, story{nodes: 5, want: []string{"stood alone"}, happens: func(w *Workload, did bites) {
		c := w.c
		p := c.sight().TopicByName(w.topic).Partition(0)
		var down []*Member
		for _, m := range c.Members {
			if m.ID != p.Leader && slices.Contains(p.Replicas, m.ID) {
				m.Kill()
				down = append(down, m)
			}
		}
		c.Eventually(30*time.Second, "an ISR of one", func() error {
			if p := c.sight().TopicByName(w.topic).Partition(0); len(p.ISR) != 1 {
				return fmt.Errorf("ISR %v", p.ISR)
			}
			return nil
		})
		did["stood alone"]++
		time.Sleep(c.some(100*time.Millisecond, 3*time.Second))
		last := c.Members[c.sight().TopicByName(w.topic).Partition(0).Leader-1]
		w.losePower(last, did)
		time.Sleep(c.some(100*time.Millisecond, 2*time.Second))
		for _, m := range down {
			m.Start()
		}
		time.Sleep(c.some(time.Second, 5*time.Second))
		last.Start()
	}})
}

// TestKIP903EmptyDisk: a broker dies and is back at once with an empty data disk; what it
// had told of its replicas before counts for nothing.
func TestKIP903EmptyDisk(t *testing.T) {
	tell(t, story{overrides: []string{"metadata.log.dir=/meta"}, want: []string{"wiped"}, happens: func(w *Workload, did bites) {
		for i := range 3 {
			m := w.c.any()
			m.Kill()
			if err := m.wipeData(byte(i + 1)); err != nil {
				t.Fatal(err)
			}
			w.c.say("node %d has an empty disk", m.ID)
			did["wiped"]++
			time.Sleep(w.c.some(0, 300*time.Millisecond))
			m.Start()
			w.c.Heal(w.topic) // one copy less than before is lost at any time
			time.Sleep(w.c.some(0, 2*time.Second))
		}
	}})
}

// wipeData gives a member that does not run another, empty data disk.
func (m *Member) wipeData(number byte) error {
	if err := m.files.RemoveAll(dataDir); err != nil {
		return err
	}
	if err := m.files.MkdirAll(dataDir, 0o755); err != nil {
		return err
	}
	id := logdir.UUID{15: byte(m.ID), 14: number, 0: 1, 6: 0x40, 8: 0x80}
	return logdir.WriteMetaProperties(m.files, dataDir, logdir.MetaProperties{NodeID: m.ID, ClusterID: clusterID, DirectoryID: id})
}

// TestKAFKA13315KilledWhileItRecovers: a broker is killed again and again while it starts,
// so that a recovery begins with what another one left.
func TestKAFKA13315KilledWhileItRecovers(t *testing.T) {
	tell(t, story{want: []string{"killed while it started"}, happens: func(w *Workload, did bites) {
		m := w.c.any()
		for range 6 {
			m.Kill()
			w.dump(m, fmt.Sprintf("when killed at %v", w.c.now()), false)
			m.Start()
			time.Sleep(w.c.some(0, 40*time.Millisecond))
			if m.Node() == nil {
				did["killed while it started"]++
			}
		}
	}})
}

// TestKIP279FastFailovers: leaders follow each other faster than followers fetch.
func TestKIP279FastFailovers(t *testing.T) {
	tell(t, story{want: []string{"leaders"}, happens: func(w *Workload, did bites) {
		before := w.c.sight().TopicByName(w.topic).Partition(0).LeaderEpoch
		for range 5 {
			p := w.c.sight().TopicByName(w.topic).Partition(0)
			if p.Leader < 0 || !w.c.Members[p.Leader-1].Running() {
				time.Sleep(500 * time.Millisecond)
				continue
			}
			m := w.c.Members[p.Leader-1]
			m.Kill()
			w.dump(m, fmt.Sprintf("when killed at %v", w.c.now()), false)
			time.Sleep(w.c.some(300*time.Millisecond, 1200*time.Millisecond))
			m.Start()
			time.Sleep(w.c.some(50*time.Millisecond, 700*time.Millisecond))
		}
		did["leaders"] = int(w.c.sight().TopicByName(w.topic).Partition(0).LeaderEpoch - before)
	}})
}

// TestKAFKA14704FollowerBehind: a follower that is far behind hears from its leader how
// far the log is committed, and tells nobody of more than it has.
func TestKAFKA14704FollowerBehind(t *testing.T) {
	tell(t, story{overrides: []string{"replica.fetch.max.bytes=1024", "replica.fetch.response.max.bytes=1024"},
		want: []string{"told from behind"}, happens: func(w *Workload, did bites) {
			c := w.c
			for range 2 {
				m := c.any()
				m.Kill()
				time.Sleep(c.some(3*time.Second, 6*time.Second))
				m.Start()
				for _, o := range c.others(m) {
					c.Net.Delay(o, m.Host, 30*time.Millisecond)
				}
				time.Sleep(8 * time.Second)
				c.Net.Heal()
				time.Sleep(c.some(time.Second, 4*time.Second))
			}
			w.h.Record(func(h *history.History) { did["told from behind"] = h.Behind(20) })
		}})
}
