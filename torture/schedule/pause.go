package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// pauses is F2: processes that stand still, shorter and longer than their sessions.
func pauses() []kind {
	var all []kind
	for _, role := range []string{"leader", "controller", "coordinator"} {
		all = append(all, kind{"pause", "pause-" + role, laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			n, err := w.takeRole(ctx, rng, role)
			if err != nil {
				return "", false, err
			}
			defer w.release(n)
			return pauseFor(ctx, rng, []*cluster.Node{n})
		}})
	}
	return append(all,
		kind{"pause", "pause-some", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			nodes, err := w.takeSome(rng, 1+rng.IntN(len(w.Cluster.Nodes)))
			if err != nil {
				return "", false, err
			}
			defer w.release(nodes...)
			return pauseFor(ctx, rng, nodes)
		}},
		kind{"pause", "pause-kill-swap", laneNodes, pauseKillSwap})
}

func pauseFor(ctx context.Context, rng *rand.Rand, nodes []*cluster.Node) (string, bool, error) {
	bit := true
	for _, n := range nodes {
		bit = n.Pause() && bit
	}
	stood := between(rng, 300*time.Millisecond, 10*time.Second)
	hold(ctx, stood)
	for _, n := range nodes {
		bit = n.Resume() && bit
		hold(ctx, between(rng, 0, 300*time.Millisecond))
	}
	return fmt.Sprintf("%s stood still for %.1fs", names(nodes), stood.Seconds()), bit, nil
}

// pauseKillSwap lets a majority forget who was there: one stands still, another is
// killed, the first goes on alone, the second comes back.
func pauseKillSwap(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	nodes, err := w.takeSome(rng, 2)
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	a, b := nodes[0], nodes[1]
	bit := a.Pause()
	hold(ctx, between(rng, time.Second, 5*time.Second))
	bit = b.Kill() && bit
	hold(ctx, between(rng, 0, time.Second))
	bit = a.Resume() && bit
	hold(ctx, between(rng, 0, 3*time.Second))
	if err := b.Start(); err != nil {
		return "", false, err
	}
	return fmt.Sprintf("node %d stood still, node %d was killed, the first went on, the second came back", a.ID, b.ID), bit, nil
}
