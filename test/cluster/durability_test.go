package cluster

import (
	"testing"

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

// killAll kills every node at once and starts them again.
func killAll(t *testing.T, f *fleet.Fleet) {
	for _, n := range f.Nodes {
		n.Kill()
	}
	for _, n := range f.Nodes {
		n.Start(t)
	}
}
