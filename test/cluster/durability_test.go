package cluster

import (
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
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

// TestDurabilityForTheWholeCluster: kafka-configs turns fsync on for all nodes while they
// run, and shows it; a node whose file says something else says so and keeps to it.
func TestDurabilityForTheWholeCluster(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	leaderOf(t, f, "t", 3)
	p := produce(t, f, "t")
	p.await(t, 20)
	configs := func(args ...string) string {
		t.Helper()
		r := peer.BrolgaTools().Run(t, "", "kafka-configs", append([]string{"--bootstrap-server", f.Nodes[0].Address, "--entity-type", "brokers"}, args...)...)
		if r.Code != 0 {
			t.Fatalf("kafka-configs: %s%s", r.Stdout, r.Stderr)
		}
		return r.Stdout
	}
	configs("--entity-default", "--alter", "--add-config", "log.durability=fsync")
	for _, n := range f.Nodes {
		mustLog(t, n, "Records count as written when the disks have them")
	}
	p.await(t, 20)
	odd := f.Nodes[2]
	odd.Stop(t)
	odd.Set("log.durability=os")
	odd.Start(t)
	mustLog(t, odd, "log.durability=os in this node's configuration does not count: the cluster has fsync.")
	leaderOf(t, f, "t", 3)
	p.await(t, 20)
	p.end(t)
	mustHold(t, f, "t", p.acked)
	for _, want := range []struct{ args, shown string }{
		{"--describe --entity-default", "log.durability=fsync "},
		{"--describe --entity-name 3 --all", "log.durability=fsync sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.durability=fsync, STATIC_BROKER_CONFIG:log.durability=os"},
	} {
		if shown := configs(strings.Fields(want.args)...); !strings.Contains(shown, want.shown) {
			t.Errorf("%s does not show %q:\n%s", want.args, want.shown, shown)
		}
	}
}
