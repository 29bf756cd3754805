package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/proxy"
)

// The listeners that a proxy may stand before, as package cluster names them.
func listeners() []string { return []string{"CLIENT", "BROKER", "CONTROLLER"} }

// Front names the proxy's place before a listener of a node.
func Front(listener string, id int) string { return fmt.Sprint(listener, "-", id) }

// links is F7: what a proxy can do that understands frames.
func links() []kind {
	ms := time.Millisecond
	return []kind{
		link("latency", func(rng *rand.Rand) proxy.Fault {
			return proxy.Fault{Latency: between(rng, 5*ms, 300*ms), Jitter: between(rng, 1*ms, 200*ms)}
		}),
		link("one-byte-slices", func(rng *rand.Rand) proxy.Fault {
			return proxy.Fault{SliceBytes: 1 + rng.IntN(16), SlicePause: between(rng, 100*time.Microsecond, 2*ms)}
		}),
		link("reorder", func(rng *rand.Rand) proxy.Fault {
			return proxy.Fault{Reorder: 0.05 + 0.3*rng.Float64()}
		}),
		link("resets", func(rng *rand.Rand) proxy.Fault {
			return proxy.Fault{Reset: 0.002 + 0.05*rng.Float64()}
		}),
		link("half-open", func(rng *rand.Rand) proxy.Fault {
			return proxy.Fault{Swallow: proxy.Direction(1 + rng.IntN(3))}
		}),
		link("slow-close", func(rng *rand.Rand) proxy.Fault {
			return proxy.Fault{SlowClose: between(rng, time.Second, 5*time.Second), Reset: 0.01}
		}),
		link("hold-one-api", func(rng *rand.Rand) proxy.Fault { return proxy.Fault{Holds: []proxy.Hold{held(rng)}} }),
	}
}

// held is an API whose requests or answers wait. A commit's request is never held: one
// that its client gave up would still be done later, which is nobody's fault.
func held(rng *rand.Rand) proxy.Hold {
	const produce, fetch, listOffsets, metadata, commit, heartbeat, epochs, alterPartition, register, alive = 0, 1, 2, 3, 8, 12, 23, 56, 62, 63
	keys := []int16{produce, fetch, listOffsets, metadata, commit, heartbeat, epochs, alterPartition, register, alive}
	key := keys[rng.IntN(len(keys))]
	return proxy.Hold{Key: key, For: between(rng, 500*time.Millisecond, 8*time.Second), Answer: key == commit || rng.IntN(2) == 0}
}

// link gives some fronts a fault for a while: those of one node, those of one
// listener, or all of them.
func link(name string, choose func(rng *rand.Rand) proxy.Fault) kind {
	return kind{"proxy", name, laneLinks, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
		fault := choose(rng)
		fault.Seed = rng.Uint64()
		var fronts []string
		node, listener := 1+rng.IntN(len(w.Cluster.Nodes)), listeners()[rng.IntN(3)]
		scope := rng.IntN(3)
		for _, n := range w.Cluster.Nodes {
			for _, l := range listeners() {
				if scope == 0 && n.ID == node || scope == 1 && l == listener || scope == 2 {
					fronts = append(fronts, Front(l, n.ID))
				}
			}
		}
		before := map[string]proxy.Counts{}
		for _, f := range fronts {
			before[f] = w.Proxy.Counts(f)
			w.Proxy.Set(f, fault)
		}
		hold(ctx, between(rng, 2*time.Second, 10*time.Second))
		bit := w.bitten(before)
		for more := 0; bit == 0 && more < 20 && ctx.Err() == nil; more++ {
			hold(ctx, time.Second) // until somebody comes by
			bit = w.bitten(before)
		}
		for _, f := range fronts {
			w.Proxy.Heal(f)
		}
		what := [...]string{fmt.Sprint("node ", node), listener, "all"}[scope]
		if what = fmt.Sprintf("%s, seen at %d of %d fronts%s", what, bit, len(fronts), heldText(fault)); bit == 0 && len(fault.Holds) > 0 {
			return "", false, fmt.Errorf("%w: %s", errMissed, what) // nobody asked for that API
		}
		return what, bit > 0, nil
	}}
}

// bitten counts the fronts that did something since.
func (w *World) bitten(before map[string]proxy.Counts) (bit int) {
	for f, counts := range before {
		if w.Proxy.Counts(f).Bit(counts) {
			bit++
		}
	}
	return bit
}

func heldText(f proxy.Fault) string {
	if len(f.Holds) == 0 {
		return ""
	}
	h := f.Holds[0]
	what := "requests"
	if h.Answer {
		what = "answers"
	}
	return fmt.Sprintf(", %s of API %d for %.1fs", what, h.Key, h.For.Seconds())
}
