package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// TestUnformattedNodes: nodes that are told the cluster's id by CLUSTER_ID format
// themselves; one that loses its directory learns the id from the others; old data
// under another id is refused with both.
func TestUnformattedNodes(t *testing.T) {
	f := fleet.New(t, 3)
	t.Setenv("CLUSTER_ID", f.ClusterID)
	for _, n := range f.Nodes {
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)

	t.Setenv("CLUSTER_ID", "")
	broker := f.Nodes[2]
	broker.Stop(t)
	f.AwaitBrokers(t, 2)
	if err := os.RemoveAll(filepath.Join(broker.Dir, "data")); err != nil {
		t.Fatal(err)
	}
	broker.Set("node.id=4", "process.roles=broker", "listeners=PLAINTEXT://"+broker.Address)
	broker.Start(t)
	f.AwaitBrokers(t, 3)
	meta, err := os.ReadFile(filepath.Join(broker.Dir, "data", "meta.properties"))
	if err != nil || !strings.Contains(string(meta), "cluster.id="+f.ClusterID) {
		t.Errorf("a node without data formatted itself for %s, %v", meta, err)
	}

	t.Setenv("CLUSTER_ID", "other-cluster-id-0000A")
	broker.Stop(t)
	broker.Start(t)
	if code := broker.Wait(t, 20*time.Second); code != 1 {
		t.Errorf("code %d", code)
	}
	for _, part := range []string{"belongs to cluster " + f.ClusterID, "CLUSTER_ID says other-cluster-id-0000A", "set CLUSTER_ID=" + f.ClusterID} {
		if !strings.Contains(broker.Log(), part) {
			t.Errorf("the refusal does not say %q:\n%s", part, broker.Log())
		}
	}
}

// TestUnregisteredWhileItRuns: a broker that was taken off the cluster stops and says
// why; started again, it is back.
func TestUnregisteredWhileItRuns(t *testing.T) {
	f := fleet.Start(t, 3)
	r := peer.BrolgaTools().Run(t, "", "kafka-cluster", "unregister", "--bootstrap-server", f.Nodes[0].Address, "--id", "3")
	if r.Code != 0 {
		t.Fatalf("kafka-cluster: %s%s", r.Stdout, r.Stderr)
	}
	gone := f.Nodes[2]
	if code := gone.Wait(t, 20*time.Second); code != 1 {
		t.Errorf("code %d", code)
	}
	if !strings.Contains(gone.Log(), "broker 3 was unregistered") {
		t.Errorf("it does not say why it stopped:\n%s", gone.Log())
	}
	gone.Start(t)
	f.AwaitBrokers(t, 3)
}
