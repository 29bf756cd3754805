package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// TestControllersJoinByThemselves: with controller.quorum.auto.join.enable two nodes
// that start get into the quorum of the first one (KIP-1186), one of them again when it
// comes back with an empty disk, and one is found at its new address (KIP-853). The tool
// shows where they are.
func TestControllersJoinByThemselves(t *testing.T) {
	f := dynamic(t, 3)
	first, second, third := f.Nodes[0], f.Nodes[1], f.Nodes[2]
	f.Format(t, first, "--standalone")
	first.Start(t)
	for _, n := range []*fleet.Node{second, third} {
		n.Set("controller.quorum.auto.join.enable=true")
		f.Format(t, n, "--no-initial-controllers")
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	mustVote(t, f, 1, 2, 3)
	mustCreate(t, f, "t")

	before := directory(t, third)
	third.Stop(t)
	if err := os.RemoveAll(filepath.Join(third.Dir, "data")); err != nil {
		t.Fatal(err)
	}
	f.Format(t, third, "--no-initial-controllers")
	third.Start(t)
	mustVoteFrom(t, f, third)
	if directory(t, third) == before {
		t.Fatal("the new disk has the old one's id")
	}
	mustVote(t, f, 1, 2, 3)

	second.Stop(t)
	second.Controller = fmt.Sprintf("127.0.0.1:%d", peer.FreePort(t))
	second.Set("listeners=PLAINTEXT://" + second.Address + ",CONTROLLER://" + second.Controller)
	second.Start(t)
	f.AwaitBrokers(t, 3)
	peer.Eventually(t, 30*time.Second, func() error {
		text := quorumStatus(t, f)
		for _, n := range f.Nodes {
			if !strings.Contains(text, fmt.Sprintf(`"endpoints": ["CONTROLLER://%s"]`, n.Controller)) {
				return fmt.Errorf("%s is not in\n%s", n.Controller, text)
			}
		}
		return nil
	})
	first.Kill() // the others find each other where they are now
	mustCreate(t, f, "without-1")
}

// mustVoteFrom waits until a node votes from the directory that it has now.
func mustVoteFrom(t *testing.T, f *fleet.Fleet, n *fleet.Node) {
	t.Helper()
	peer.Eventually(t, 30*time.Second, func() error {
		p, err := describeQuorum(t, f)
		if err != nil {
			return err
		}
		for _, v := range p.CurrentVoters {
			if v.ReplicaID == int32(n.ID) && v.ReplicaDirectoryID == directory(t, n) {
				return nil
			}
		}
		return fmt.Errorf("voters %+v", p.CurrentVoters)
	})
}

func quorumStatus(t *testing.T, f *fleet.Fleet) string {
	t.Helper()
	r := peer.BrolgaTools().Run(t, "", "kafka-metadata-quorum", "--bootstrap-server", f.Addresses()[0], "describe", "--status")
	return r.Stdout + r.Stderr
}
