package cluster

import (
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
)

// TestFsync: with log.durability=fsync, a killed leader and then three killed nodes
// lose nothing that was acknowledged.
func TestFsync(t *testing.T) {
	f := fleet.Start(t, 3, "log.durability=fsync")
	oneTopic(t, f, "t")
	leader := leaderOf(t, f, "t", 3)
	_, acked := disturb(t, f, "t", leader.Kill)
	leader.Start(t)
	leaderOf(t, f, "t", 3)
	killAll(t, f)
	leaderOf(t, f, "t", 3)
	_, more := disturb(t, f, "t", func() {})
	mustHold(t, f, "t", append(acked, more...))
}

// TestAllAreKilled: three killed nodes come back with what they had, as the controller
// is told; nothing that was acknowledged is lost, and each partition has a leader soon.
func TestAllAreKilled(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	if _, err := f.Admin(t).CreateTopic(limit(t), 20, 3, nil, "many"); err != nil {
		t.Fatal(err)
	}
	leaderOf(t, f, "t", 3)
	var acked []string
	var times []time.Duration
	for range 3 {
		p := produce(t, f, "t")
		p.await(t, 50)
		killAll(t, f)
		begin := time.Now()
		p.await(t, 1)
		times = append(times, time.Since(begin))
		p.end(t)
		acked = append(acked, p.acked...)
		leaderOf(t, f, "t", 3)
	}
	report(t, "kill -9 of all three to the next acknowledged record", times, 15*time.Second)
	mustHold(t, f, "t", acked)
	intact := 0
	for _, n := range f.Nodes {
		log := n.Log()
		intact += strings.Count(log, "intact=true")
		if unclean := strings.Count(log, "intact=false"); unclean > 3 { // the first registrations
			t.Errorf("node %d took %d registrations for those of brokers that lost something", n.ID, unclean)
		}
	}
	if intact < 9 {
		t.Errorf("%d of 9 registrations after a kill claim to have everything", intact)
	}
}

// killAll kills every node at once and starts them again.
func killAll(t *testing.T, f *fleet.Fleet) {
	for _, n := range f.Nodes {
		n.Kill()
	}
	for _, n := range f.Nodes {
		n.Start(t)
	}
}
