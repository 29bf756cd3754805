package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// kills is F1: processes that end at once.
func kills() []kind {
	var all []kind
	for _, role := range []string{"leader", "follower", "controller", "coordinator"} {
		all = append(all, kind{"kill", "kill-" + role, laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			n, err := w.takeRole(ctx, rng, role)
			if err != nil {
				return "", false, err
			}
			defer w.release(n)
			return killAndStart(ctx, rng, []*cluster.Node{n})
		}})
	}
	return append(all,
		kind{"kill", "kill-some", laneNodes, killSome},
		kind{"kill", "kill-all", laneNodes, killAll},
		kind{"kill", "kill-while-starting", laneNodes, killWhileStarting})
}

// killAndStart kills nodes at one instant and starts them again one by one.
func killAndStart(ctx context.Context, rng *rand.Rand, nodes []*cluster.Node) (string, bool, error) {
	killed := killAtOnce(nodes)
	away := between(rng, 100*time.Millisecond, 7*time.Second)
	hold(ctx, away)
	for _, n := range nodes {
		if err := n.Start(); err != nil {
			return "", false, err
		}
		hold(ctx, between(rng, 0, 500*time.Millisecond))
	}
	return fmt.Sprintf("killed %s for %.1fs", names(nodes), away.Seconds()), killed == len(nodes), nil
}

func killAtOnce(nodes []*cluster.Node) (killed int) {
	var all sync.WaitGroup
	done := make([]bool, len(nodes))
	for i, n := range nodes {
		all.Go(func() { done[i] = n.Kill() })
	}
	all.Wait()
	for _, ok := range done {
		if ok {
			killed++
		}
	}
	return killed
}

func names(nodes []*cluster.Node) string {
	var all []string
	for _, n := range nodes {
		all = append(all, fmt.Sprint("node ", n.ID))
	}
	return strings.Join(all, ", ")
}

func killSome(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	nodes, err := w.takeSome(rng, 1+rng.IntN(len(w.Cluster.Nodes)-1))
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	return killAndStart(ctx, rng, nodes)
}

func killAll(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	nodes, err := w.takeSome(rng, len(w.Cluster.Nodes))
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	return killAndStart(ctx, rng, nodes)
}

// killWhileStarting kills a node again and again while it recovers.
func killWhileStarting(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	nodes, err := w.takeSome(rng, 1)
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	n := nodes[0]
	times := 2 + rng.IntN(4)
	killed := 0
	for range times {
		if n.Kill() {
			killed++
		}
		if err := n.Start(); err != nil {
			return "", false, err
		}
		hold(ctx, between(rng, 5*time.Millisecond, 700*time.Millisecond))
	}
	return fmt.Sprintf("killed node %d %d times while it started", n.ID, killed), killed == times, nil
}
