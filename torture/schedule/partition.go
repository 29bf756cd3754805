package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// cut is a direction in which packets are lost.
type cut struct{ from, to int }

// partitions is F3 to F5: packets that do not arrive. They need a world of their own.
func partitions() []kind {
	all := []kind{
		partition("isolate-node", func(w *World, _ context.Context, rng *rand.Rand) []cut {
			n := 1 + rng.IntN(len(w.Cluster.Nodes))
			return append(both(n, w.others(n)), cut{cluster.Client, n})
		}),
		partition("isolate-controller", func(w *World, ctx context.Context, _ *rand.Rand) []cut {
			n := w.Cluster.Active(ctx, w.Client)
			if n == nil {
				return nil
			}
			return both(n.ID, w.others(n.ID))
		}),
		partition("leader-from-followers", func(w *World, ctx context.Context, rng *rand.Rand) []cut {
			n := w.role(ctx, rng, "leader")
			if n == nil {
				return nil
			}
			return both(n.ID, w.others(n.ID))
		}),
		partition("deaf", func(w *World, _ context.Context, rng *rand.Rand) []cut {
			n := 1 + rng.IntN(len(w.Cluster.Nodes))
			return oneWay(w.others(n), []int{n})
		}),
		partition("dumb", func(w *World, _ context.Context, rng *rand.Rand) []cut {
			n := 1 + rng.IntN(len(w.Cluster.Nodes))
			return oneWay([]int{n}, w.others(n))
		}),
		partition("one-pair", func(w *World, _ context.Context, rng *rand.Rand) []cut {
			p := rng.Perm(len(w.Cluster.Nodes))
			return []cut{{p[0] + 1, p[1] + 1}}
		}),
		partition("bridge", bridge),
		partition("halves", halves),
	}
	return append(all, kind{"partition", "loss", laneNodes, loss})
}

func (w *World) others(id int) []int {
	var all []int
	for _, n := range w.Cluster.Nodes {
		if n.ID != id {
			all = append(all, n.ID)
		}
	}
	return all
}

func oneWay(from, to []int) []cut {
	var all []cut
	for _, f := range from {
		for _, t := range to {
			all = append(all, cut{f, t})
		}
	}
	return all
}

func both(id int, others []int) []cut {
	return append(oneWay([]int{id}, others), oneWay(others, []int{id})...)
}

// bridge leaves one node that sees everybody between two sides that do not see each
// other.
func bridge(w *World, _ context.Context, rng *rand.Rand) []cut {
	p := rng.Perm(len(w.Cluster.Nodes))
	var sides [2][]int
	for i, n := range p[1:] {
		sides[i%2] = append(sides[i%2], n+1)
	}
	return append(oneWay(sides[0], sides[1]), oneWay(sides[1], sides[0])...)
}

// halves parts a minority and its clients' way to it from the rest.
func halves(w *World, _ context.Context, rng *rand.Rand) []cut {
	p := rng.Perm(len(w.Cluster.Nodes))
	few := len(p) / 2
	var minority, majority []int
	for i, n := range p {
		if i < few {
			minority = append(minority, n+1)
		} else {
			majority = append(majority, n+1)
		}
	}
	return append(oneWay(minority, majority), oneWay(majority, minority)...)
}

// partition loses all packets of the cuts for a while.
func partition(name string, choose func(w *World, ctx context.Context, rng *rand.Rand) []cut) kind {
	return kind{"partition", name, laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
		cuts := choose(w, ctx, rng)
		if len(cuts) == 0 {
			return "", false, errMissed
		}
		return w.drop(ctx, cuts, 100, between(rng, 1500*time.Millisecond, 12*time.Second))
	}}
}

// loss loses some of the packets between all nodes.
func loss(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	var cuts []cut
	for _, n := range w.Cluster.Nodes {
		cuts = append(cuts, oneWay(append(w.others(n.ID), cluster.Client), []int{n.ID})...)
	}
	return w.drop(ctx, cuts, 1+rng.IntN(25), between(rng, 3*time.Second, 12*time.Second))
}

// drop makes cuts and takes them back.
func (w *World) drop(ctx context.Context, cuts []cut, percent int, d time.Duration) (string, bool, error) {
	w.net.Lock()
	defer w.net.Unlock()
	for _, c := range cuts {
		if err := w.Cluster.Drop(c.from, c.to, percent); err != nil {
			return "", false, err
		}
	}
	hold(ctx, d)
	packets, err := w.Cluster.Reconnect()
	what := ""
	for _, c := range cuts[:min(len(cuts), 6)] {
		what += fmt.Sprintf("%s→%d ", who(c.from), c.to)
	}
	if len(cuts) > 6 {
		what += "… "
	}
	return fmt.Sprintf("%slost %d packets (%d %%)", what, packets, percent), packets > 0, err
}

func who(id int) string {
	if id == cluster.Client {
		return "clients"
	}
	return fmt.Sprint(id)
}
