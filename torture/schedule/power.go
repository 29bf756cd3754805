package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// powers is F8: machines lose power, and with it what was not synced.
func powers() []kind {
	return []kind{
		{"power", "power-leader", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			if err := w.whole(ctx); err != nil {
				return "", false, err
			}
			n, err := w.takeRole(ctx, rng, "leader")
			if err != nil {
				return "", false, err
			}
			defer w.release(n)
			return w.powerOff(ctx, rng, []*cluster.Node{n})
		}},
		{"power", "power-one", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			if err := w.whole(ctx); err != nil {
				return "", false, err
			}
			n, err := w.one(rng)
			if err != nil {
				return "", false, err
			}
			defer w.release(n)
			return w.powerOff(ctx, rng, []*cluster.Node{n})
		}},
		// All at once: with log.durability=os a tail may be lost, and is measured.
		{"blackout", "blackout", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.blackout(ctx, rng, len(w.Cluster.Nodes))
		}},
		{"blackout", "blackout-some", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.blackout(ctx, rng, 2+rng.IntN(len(w.Cluster.Nodes)-1))
		}},
	}
}

func (w *World) blackout(ctx context.Context, rng *rand.Rand, k int) (string, bool, error) {
	nodes, err := w.takeSome(rng, k)
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	return w.powerOff(ctx, rng, nodes)
}

// powerOff takes the power from nodes at one instant: nobody goes on while another is
// already off. A node stands still before, so that it never sees an error.
func (w *World) powerOff(ctx context.Context, rng *rand.Rand, nodes []*cluster.Node) (string, bool, error) {
	for _, n := range nodes {
		if !n.Pause() && n.Running() {
			return "", false, fmt.Errorf("node %d does not stand still", n.ID)
		}
	}
	for _, n := range nodes {
		if err := w.Disks[n.ID].PowerOff(); err != nil {
			return "", false, err
		}
	}
	var errs []error
	for _, n := range nodes {
		n.Kill()
		errs = append(errs, w.Disks[n.ID].Remount())
	}
	files, bytes := 0, int64(0)
	for _, n := range nodes {
		lost := w.Disks[n.ID].Lost()
		files, bytes = files+lost.Files, bytes+lost.Bytes
	}
	hold(ctx, between(rng, 100*time.Millisecond, 5*time.Second))
	for _, n := range nodes {
		errs = append(errs, n.Start())
		hold(ctx, between(rng, 0, 700*time.Millisecond))
	}
	did := fmt.Sprintf("%s lost power and %d bytes of %d files", names(nodes), bytes, files)
	// With fsync before each answer there may be nothing to lose.
	return did, w.Durable || bytes > 0, errors.Join(errs...)
}
