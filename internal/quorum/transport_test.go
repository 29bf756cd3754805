package quorum

import (
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"
)

// wired runs a test on controllers that speak over connections.
func wired(t *testing.T, fn func(t *testing.T, c *cluster, w *wires)) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		c, w := wireCluster(t, 3)
		for _, id := range c.ids {
			c.start(id)
		}
		fn(t, c, w)
	})
}

func TestNetworkElectsAndCommits(t *testing.T) {
	wired(t, func(t *testing.T, c *cluster, _ *wires) {
		leader, epoch := c.leader()
		leader.write(epoch, "a")
		leader.write(epoch, strings.Repeat("b", 3<<20)) // more than one request is meant to hold
		leader.write(epoch, "c")
		c.converge()
	})
}

// TestDeadLeaderIsReplacedAtOnce: R2.3, nobody waits for an election timeout.
func TestDeadLeaderIsReplacedAtOnce(t *testing.T) {
	wired(t, func(t *testing.T, c *cluster, w *wires) {
		for round := range 5 {
			leader, epoch := c.leader()
			leader.write(epoch, "v")
			c.converge()
			id, died := leader.id(), time.Now()
			w.kill(id)
			next, newer := c.leader()
			if took := time.Since(died); newer <= epoch || took > 400*time.Millisecond {
				t.Errorf("round %d: epoch %d after %d, leaderless for %v", round, newer, epoch, took)
			}
			next.write(newer, "w")
			c.start(id)
			c.converge()
		}
	})
}

// TestMinorityDoesNotElect: two deaths in a row leave nobody to elect, and the first one
// that comes back is enough.
func TestMinorityDoesNotElect(t *testing.T) {
	wired(t, func(t *testing.T, c *cluster, w *wires) {
		leader, _ := c.leader()
		first, second := c.followers(leader)[0].id(), leader.id()
		w.kill(first)
		w.kill(second)
		time.Sleep(5 * time.Second)
		for _, n := range c.nodes {
			if epoch, _ := n.role.leads(); epoch != 0 {
				t.Error("one of three leads")
			}
		}
		c.start(second)
		c.leader()
		c.converge()
	})
}

// TestFrozenLeaderIsReplaced: a process that accepts and says nothing is no proof
// of a death, so its followers wait for their election timeout.
func TestFrozenLeaderIsReplaced(t *testing.T) {
	wired(t, func(t *testing.T, c *cluster, w *wires) {
		leader, epoch := c.leader()
		c.converge()
		began := time.Now()
		w.freeze(leader.id(), true)
		// It cannot say anything either.
		w.mu.Lock()
		network := w.network[leader.id()]
		w.mu.Unlock()
		network.Close()
		for {
			next, newer := c.leader()
			if newer > epoch && next != leader {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took < 300*time.Millisecond || took > 3*time.Second {
			t.Errorf("replaced after %v", took)
		}
	})
}

// TestNetworkFetchesSnapshots: a voter that is behind the log begins from a snapshot
// that it fetches over its connections.
func TestNetworkFetchesSnapshots(t *testing.T) {
	wired(t, func(t *testing.T, c *cluster, w *wires) {
		tune := c.tune
		c.tune = func(o *Options) { smallSegments(o); tune(o) }
		leader, epoch := c.leader()
		late := c.followers(leader)[0].id()
		w.kill(late)
		for i := range 3 {
			leader.fill(epoch, i*100, 100)
			leader.snapshot()
		}
		n := c.start(late)
		c.converge()
		if len(n.q.Snapshots()) == 0 {
			t.Error("the late voter has no snapshot")
		}
	})
}
