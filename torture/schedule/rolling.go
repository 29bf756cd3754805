package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// rollings is F18: all nodes one after the other, in order or not, with another program
// or not.
func rollings() []kind {
	return []kind{
		{"rolling", "rolling-restart", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.roll(ctx, rng, false, "")
		}},
		{"rolling", "rolling-kill", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.roll(ctx, rng, true, "")
		}},
		{"upgrade", "rolling-upgrade", laneNodes, upgrade},
	}
}

// roll restarts every node, each when the one before is in sync again.
func (w *World) roll(ctx context.Context, rng *rand.Rand, kill bool, program string) (string, bool, error) {
	nodes, err := w.takeSome(rng, len(w.Cluster.Nodes))
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	restarted := 0
	for _, n := range nodes {
		if ctx.Err() != nil {
			break
		}
		if err := w.restart(ctx, rng, n, kill, program); err != nil {
			return "", false, err
		}
		restarted++
	}
	return fmt.Sprintf("restarted %s", names(nodes[:restarted])), restarted > 0, nil
}

func (w *World) restart(ctx context.Context, rng *rand.Rand, n *cluster.Node, kill bool, program string) error {
	if kill {
		n.Kill()
	} else if err := n.Stop(30 * time.Second); err != nil {
		w.Found("I24 liveness after heal: %v", err)
	}
	hold(ctx, between(rng, 0, time.Second))
	if program != "" {
		n.Choose(program)
	}
	if err := n.Start(); err != nil {
		return err
	}
	if err := w.Cluster.Await(ctx, rejoinLimit, w.Topic, "__consumer_offsets"); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// upgrade goes from the earlier program to the new one, back, and there again.
func upgrade(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	if w.Older == "" {
		return "", false, errMissed
	}
	what := ""
	for _, program := range []string{w.Newer, w.Older, w.Newer} {
		did, bit, err := w.roll(ctx, rng, rng.IntN(2) == 0, program)
		if err != nil || !bit {
			return what + did, false, err
		}
		version := "newer"
		if program == w.Older {
			version = "older"
		}
		what += fmt.Sprintf("%s with the %s program; ", did, version)
		if ctx.Err() != nil {
			break
		}
	}
	return what, true, nil
}
