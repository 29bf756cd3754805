package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/clock"
	"github.com/brolga-io/brolga/torture/cluster"
)

// clocks is F17: wall clocks that are wrong, of one node or of all. They need programs
// built with the tag faults.
func clocks() []kind {
	return []kind{
		{"clock", "clock-jump", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.wrongClock(ctx, rng, 1, []time.Duration{far(rng)})
		}},
		{"clock", "clock-jump-all", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.wrongClock(ctx, rng, len(w.Cluster.Nodes), []time.Duration{far(rng)})
		}},
		{"clock", "clock-strobe", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			offset := far(rng)
			var steps []time.Duration
			for range 10 {
				steps = append(steps, offset, 0)
			}
			return w.wrongClock(ctx, rng, 1+rng.IntN(len(w.Cluster.Nodes)), steps)
		}},
		{"clock", "clock-drift", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			step := time.Duration(rng.Int64N(int64(4*time.Second))) - 2*time.Second
			var steps []time.Duration
			for i := range 15 {
				steps = append(steps, time.Duration(i+1)*step)
			}
			return w.wrongClock(ctx, rng, 1+rng.IntN(len(w.Cluster.Nodes)), steps)
		}},
	}
}

// far is an offset from a second to ten years, either way.
func far(rng *rand.Rand) time.Duration {
	sizes := []time.Duration{time.Second, 11 * time.Second, time.Minute, time.Hour, 26 * time.Hour, 8 * 24 * time.Hour, 400 * 24 * time.Hour, 10 * 365 * 24 * time.Hour}
	d := sizes[rng.IntN(len(sizes))]
	if rng.IntN(2) == 0 {
		return -d
	}
	return d
}

// wrongClock goes through offsets on k nodes and sets them right again. A process that
// took an offset has answered so.
func (w *World) wrongClock(ctx context.Context, rng *rand.Rand, k int, steps []time.Duration) (string, bool, error) {
	nodes, err := w.takeSome(rng, k)
	if err != nil {
		return "", false, err
	}
	defer w.release(nodes...)
	total := between(rng, 2*time.Second, 8*time.Second)
	for _, offset := range steps {
		for _, n := range nodes {
			err = errors.Join(err, w.setClock(n, offset))
		}
		hold(ctx, total/time.Duration(len(steps)))
	}
	for _, n := range nodes {
		err = errors.Join(err, w.setClock(n, 0))
	}
	return fmt.Sprintf("the clocks of %s were wrong by up to %v, %d steps", names(nodes), max(steps[0].Abs(), steps[len(steps)-1].Abs()), len(steps)), err == nil, err
}

func (w *World) setClock(n *cluster.Node, offset time.Duration) error {
	return clock.Control{Socket: w.Socket(n.ID)}.Set(offset)
}
