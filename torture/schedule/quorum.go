package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// quorums is F23: what happens to the controllers.
func quorums() []kind {
	return []kind{
		{"quorum", "quorum-lost", laneNodes, quorumLost},
		{"quorum", "controllers-in-turn", laneNodes, controllersInTurn},
		{"quorum", "voter-removed", laneNodes, voterRemoved},
		{"quorum", "voter-removed-and-killed", laneNodes, voterRemovedAndKilled},
	}
}

// quorumLost kills a majority, the active controller among them.
func quorumLost(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	nodes, err := w.takeSome(rng, len(w.Cluster.Nodes)/2+1, w.Cluster.Active(ctx, w.Client))
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	return killAndStart(ctx, rng, nodes)
}

// controllersInTurn kills the active controller, then the next one while the first
// still starts.
func controllersInTurn(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	var killed []*cluster.Node
	for range 2 + rng.IntN(2) {
		n := w.take(w.Cluster.Active(ctx, w.Client))
		if n == nil {
			hold(ctx, time.Second)
			continue
		}
		if n.Kill() {
			killed = append(killed, n)
		}
		err := n.Start()
		w.release(n)
		if err != nil {
			return "", false, err
		}
		hold(ctx, between(rng, 500*time.Millisecond, 3*time.Second))
	}
	if len(killed) == 0 {
		return "", false, errMissed
	}
	return fmt.Sprintf("killed %s, each as it was the controller", names(killed)), true, nil
}

const voterLimit = 40 * time.Second

// voterRemoved takes a voter out of the quorum and in again.
func voterRemoved(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	return w.withoutVoter(ctx, rng, func(*cluster.Node) {})
}

// voterRemovedAndKilled kills another one meanwhile: with three voters two are left,
// and both of them are needed.
func voterRemovedAndKilled(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	var killed *cluster.Node
	did, bit, err := w.withoutVoter(ctx, rng, func(removed *cluster.Node) {
		for _, i := range rng.Perm(len(w.Cluster.Nodes)) {
			if n := w.Cluster.Nodes[i]; n != removed {
				killed = n
			}
		}
		killed.Kill()
		hold(ctx, between(rng, 200*time.Millisecond, 3*time.Second))
	})
	if killed != nil {
		did += fmt.Sprintf(", node %d was killed meanwhile", killed.ID)
	}
	return did, bit, err
}

func (w *World) withoutVoter(ctx context.Context, rng *rand.Rand, meanwhile func(removed *cluster.Node)) (string, bool, error) {
	if !w.Cluster.Dynamic {
		return "", false, errMissed
	}
	nodes, err := w.takeSome(rng, len(w.Cluster.Nodes))
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	// What was begun is ended, even if the run ends meanwhile.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), voterLimit)
	defer cancel()
	n := nodes[0]
	if err := w.Cluster.RemoveVoter(limited, w.Client, n); err != nil {
		return "", false, fmt.Errorf("remove voter %d: %w", n.ID, err)
	}
	hold(ctx, between(rng, 200*time.Millisecond, 3*time.Second))
	voters, err := w.Cluster.Voters(limited, w.Client)
	gone := err == nil && !slices.Contains(voters, int32(n.ID))
	meanwhile(n)
	for _, other := range nodes {
		if err := other.Start(); err != nil {
			return "", false, err
		}
	}
	if err := w.Cluster.AddVoter(limited, w.Client, n); err != nil {
		return "", false, fmt.Errorf("add voter %d: %w", n.ID, err)
	}
	return fmt.Sprintf("voter %d was removed and added", n.ID), gone, nil
}
