package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
	"github.com/brolga-io/brolga/torture/damage"
)

// damages is F13 to F16: files of one node that are torn, gone, flipped or older than
// they were. A minority of one, while everybody else is in sync.
func damages() []kind {
	var all []kind
	for _, family := range []damage.Family{damage.Tail, damage.Auxiliary, damage.Flip, damage.Loss, damage.Identity, damage.Quorum} {
		all = append(all, kind{"damage", "damage-" + string(family), laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			if err := w.whole(ctx); err != nil {
				return "", false, err
			}
			n, err := w.one(rng)
			if err != nil {
				return "", false, err
			}
			defer w.release(n)
			of := damage.Of(family)
			return w.spoil(ctx, rng, n, of[rng.IntN(len(of))])
		}})
	}
	return all
}

const (
	// refusalLimit is how long a node may take to say that it does not start.
	refusalLimit = 30 * time.Second
	rejoinLimit  = 60 * time.Second
)

// spoil damages a node's directory and sees it come back, or refuse.
func (w *World) spoil(ctx context.Context, rng *rand.Rand, n *cluster.Node, k damage.Kind) (string, bool, error) {
	if k == "rollback" {
		if err := w.saveEarlier(ctx, rng, n); err != nil {
			return "", false, err
		}
	}
	if rng.IntN(2) == 0 {
		n.Kill()
	} else if err := n.Stop(30 * time.Second); err != nil {
		w.Found("I24 liveness after heal: %v", err)
	}
	if k.Promise() == damage.Refuses {
		if err := damage.Save(n.Data); err != nil {
			return "", false, errors.Join(err, n.Start())
		}
	}
	what, err := damage.Apply(n.Data, k, rng)
	if err != nil {
		if errors.Is(err, damage.ErrNothing) {
			err = fmt.Errorf("%w: %w", errMissed, err)
		}
		return what, false, errors.Join(err, n.StartSpoiled())
	}
	hold(ctx, between(rng, 0, 5*time.Second))
	what = fmt.Sprintf("node %d, %s: %s", n.ID, k, what)
	if k.Promise() == damage.Refuses {
		return w.refused(ctx, n, what)
	}
	if err := n.StartSpoiled(); err != nil {
		return what, false, err
	}
	err = w.Cluster.Await(ctx, rejoinLimit, w.Topic, "__consumer_offsets")
	if err != nil && ctx.Err() == nil {
		w.Found("I24 liveness after heal: after %s: %v", what, err)
	}
	return what, true, nil
}

// saveEarlier copies the directory of the stopped node, and lets it go on for a while
// without what comes then.
func (w *World) saveEarlier(ctx context.Context, rng *rand.Rand, n *cluster.Node) error {
	n.Kill()
	err := errors.Join(damage.Save(n.Data), n.Start())
	hold(ctx, between(rng, 2*time.Second, 6*time.Second))
	return errors.Join(err, w.whole(ctx))
}

// refused waits until the node says that it does not start, and gives it back what it
// had.
func (w *World) refused(ctx context.Context, n *cluster.Node, what string) (string, bool, error) {
	if err := n.StartUnwatched(); err != nil {
		return what, false, err
	}
	for begin := time.Now(); n.Running() && time.Since(begin) < refusalLimit; {
		time.Sleep(100 * time.Millisecond)
	}
	if n.Running() && w.Cluster.Whole(ctx, w.Topic) == nil {
		// What it has now is younger than the copy: a voter must not go back.
		n.Watch()
		return what + "; it came back by itself", true, nil
	}
	how := "it refused to start"
	if n.Running() {
		how = "the others keep it out"
	}
	n.Kill()
	what += "; " + how
	if err := damage.Restore(n.Data); err != nil {
		return what, false, err
	}
	if err := n.Start(); err != nil {
		return what, false, err
	}
	err := w.Cluster.Await(ctx, rejoinLimit, w.Topic, "__consumer_offsets")
	if err != nil && ctx.Err() == nil {
		w.Found("I24 liveness after heal: after %s: %v", what, err)
	}
	return what, true, nil
}
