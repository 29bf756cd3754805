package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// slows is F6: links with little room.
func slows() []kind {
	return []kind{{"slow", "narrow-link", laneNodes, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
		w.net.Lock()
		defer w.net.Unlock()
		id := 1 + rng.IntN(len(w.Cluster.Nodes))
		kbits := 64 << rng.IntN(5)
		if err := w.Cluster.Throttle(id, kbits); err != nil {
			return "", false, err
		}
		hold(ctx, between(rng, 3*time.Second, 12*time.Second))
		waited, err := w.Cluster.Unthrottle(id)
		return fmt.Sprintf("node %d sent with %d kbit/s, %d packets waited", id, kbits, waited), waited > 0, err
	}}}
}
