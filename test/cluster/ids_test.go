package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// TestWrongIdentitiesAreExplained: a node that does not belong says what is wrong and
// how to mend it.
func TestWrongIdentitiesAreExplained(t *testing.T) {
	f := fleet.Start(t, 3)
	away := f.Nodes[2]
	away.Stop(t)
	other := fleet.New(t, 1)
	other.ClusterID = "J8qXRwI-Qyi2G0guFTiuYw"
	stranger := other.Nodes[0]
	stranger.Set("node.id=3", "controller.quorum.voters="+strings.Join([]string{
		"1@" + f.Nodes[0].Controller, "2@" + f.Nodes[1].Controller, "3@" + stranger.Controller}, ","))
	other.Format(t, stranger)
	stranger.Start(t)
	mustLog(t, stranger, "belongs to cluster "+f.ClusterID)
	stranger.Kill()

	f.Nodes[2].Set("node.id=4", "controller.quorum.voters="+strings.Join([]string{
		"1@" + f.Nodes[0].Controller, "2@" + f.Nodes[1].Controller, "4@" + away.Controller}, ","))
	away.Start(t)
	if code := away.Wait(t, 10*time.Second); code != 1 || !strings.Contains(away.Log(), "set node.id=3") {
		t.Errorf("code %d, told\n%s", code, away.Log())
	}
}

// mustLog waits until a node has written a text.
func mustLog(t *testing.T, n *fleet.Node, text string) {
	t.Helper()
	peer.Eventually(t, 20*time.Second, func() error {
		if !strings.Contains(n.Log(), text) {
			return fmt.Errorf("node %d did not say %q", n.ID, text)
		}
		return nil
	})
}
