package cluster

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
)

// TestAllStop: three nodes that are told to stop at once wait for each other, not for
// a quorum that is lost, and each of them is let go.
func TestAllStop(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	leaderOf(t, f, "t", 3)
	var times []time.Duration
	for range 3 {
		begin := time.Now()
		for _, n := range f.Nodes {
			n.Signal(syscall.SIGTERM)
		}
		for _, n := range f.Nodes {
			if code := n.Wait(t, 20*time.Second); code != 0 {
				t.Errorf("node %d ended with %d", n.ID, code)
			}
		}
		times = append(times, time.Since(begin))
		for _, n := range f.Nodes {
			if strings.Contains(n.Log(), "Stopping without having given all leaderships away") {
				t.Errorf("node %d was not let go", n.ID)
			}
			n.Start(t)
		}
		leaderOf(t, f, "t", 3)
	}
	report(t, "SIGTERM of all three until the last one ended", times, 3*time.Second)
}
