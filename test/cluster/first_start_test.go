package cluster

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/brolga-io/brolga/test/cluster/fleet"
)

// clusterIDOf is the id in a node's data directory, "" without one.
func clusterIDOf(n *fleet.Node) string {
	text, _ := os.ReadFile(filepath.Join(n.Dir, "data", "meta.properties"))
	if m := regexp.MustCompile(`(?m)^cluster\.id=(\S+)`).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

// mustAgree checks that all nodes have one id.
func mustAgree(t *testing.T, f *fleet.Fleet) string {
	t.Helper()
	id := clusterIDOf(f.Nodes[0])
	for _, n := range f.Nodes {
		if got := clusterIDOf(n); got != id || got == "" {
			t.Errorf("node %d belongs to %q, node 1 to %q", n.ID, got, id)
		}
	}
	return id
}

// TestFirstStart: three server.properties and no kafka-storage. Two of the nodes wait and
// say for whom; with the third they are a cluster. When most of them have lost their data
// later, they do not begin another one under its id.
func TestFirstStart(t *testing.T) {
	f := fleet.New(t, 3)
	f.Nodes[0].Start(t)
	f.Nodes[1].Start(t)
	for _, n := range f.Nodes[:2] {
		mustLog(t, n, "This node has no data, and waits: the controllers 3 ("+f.Nodes[2].Controller+") of controller.quorum.voters do not answer")
		if id := clusterIDOf(n); id != "" {
			t.Errorf("node %d has made up the id %s", n.ID, id)
		}
	}
	f.Nodes[0].Kill()
	f.Nodes[0].Start(t)
	f.Nodes[2].Start(t)
	f.AwaitBrokers(t, 3)
	id := mustAgree(t, f)
	mustLog(t, f.Nodes[0], "this is the first start of a new cluster clusterId="+id)
	mustLog(t, f.Nodes[1], "A controller told the id of its cluster clusterId="+id)

	oneTopic(t, f, "t")
	for _, n := range f.Nodes {
		n.Stop(t)
	}
	for _, n := range f.Nodes[:2] {
		if err := os.Rename(filepath.Join(n.Dir, "data"), filepath.Join(n.Dir, "lost")); err != nil {
			t.Fatal(err)
		}
	}
	f.Nodes[2].Start(t)
	for _, n := range f.Nodes[:2] {
		n.Start(t)
		mustLog(t, n, "has data of cluster "+id+", and too few controllers are there to lead it")
		if got := clusterIDOf(n); got != "" {
			t.Errorf("node %d has begun anew under %s", n.ID, got)
		}
		n.Kill()
		if err := os.Rename(filepath.Join(n.Dir, "lost"), filepath.Join(n.Dir, "data")); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range f.Nodes[:2] {
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	leaderOf(t, f, "t", 3)
}

// TestFirstStartBesideAFormattedNode: the others take its id.
func TestFirstStartBesideAFormattedNode(t *testing.T) {
	f := fleet.New(t, 3)
	f.Format(t, f.Nodes[1])
	for _, n := range f.Nodes {
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	if id := mustAgree(t, f); id != f.ClusterID {
		t.Errorf("they belong to %s, the formatted one to %s", id, f.ClusterID)
	}
}

// TestFirstStartOfOtherVoters: a node whose controller.quorum.voters says something else
// is no part of the first start.
func TestFirstStartOfOtherVoters(t *testing.T) {
	f := fleet.New(t, 3)
	odd := f.Nodes[2]
	odd.Set("controller.quorum.voters=1@" + f.Nodes[0].Controller + ",3@" + odd.Controller)
	for _, n := range f.Nodes {
		n.Start(t)
	}
	mustLog(t, odd, "controller.quorum.voters names the controllers [1 3] here and [1 2 3] on controller 1: it has to be the same on all of them")
	for _, n := range f.Nodes {
		if id := clusterIDOf(n); id != "" {
			t.Errorf("node %d has the id %s", n.ID, id)
		}
		n.Kill()
	}
}
