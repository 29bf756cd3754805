package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/torture/cluster"
)

// disks is F10 and F11: full disks, and disks that answer with errors. A broker whose
// only directory fails ends, as Kafka's does, and somebody starts it again. A disk fails
// between two system calls: see package disk for what ext4 does otherwise.
func disks() []kind {
	return []kind{
		{"full", "full-at-once", laneNodes, diskFault(func(ctx context.Context, w *World, rng *rand.Rand, n *cluster.Node) (string, bool, error) {
			d := w.Disks[n.ID]
			err := d.Fill()
			hold(ctx, between(rng, time.Second, 8*time.Second))
			return w.freed(n, err)
		})},
		{"full", "full-slowly", laneNodes, diskFault(func(ctx context.Context, w *World, rng *rand.Rand, n *cluster.Node) (string, bool, error) {
			d := w.Disks[n.ID]
			var err error
			for free := int64(512 << 10); free >= 8<<10 && ctx.Err() == nil; free /= 2 {
				err = errors.Join(err, d.FillTo(free))
				hold(ctx, between(rng, 200*time.Millisecond, time.Second))
			}
			err = errors.Join(err, d.Fill())
			hold(ctx, between(rng, time.Second, 4*time.Second))
			return w.freed(n, err)
		})},
		{"eio", "disk-fails", laneNodes, diskFault(func(ctx context.Context, w *World, rng *rand.Rand, n *cluster.Node) (string, bool, error) {
			err := n.Still(w.Disks[n.ID].PowerOff) // the process goes on and gets EIO from everything
			hold(ctx, between(rng, time.Second, 6*time.Second))
			return w.back(n, "every access failed with EIO", err)
		})},
		{"eio", "read-only", laneNodes, diskFault(func(ctx context.Context, w *World, rng *rand.Rand, n *cluster.Node) (string, bool, error) {
			err := n.Still(func() error { return w.Disks[n.ID].ReadOnly(true) })
			hold(ctx, between(rng, time.Second, 6*time.Second))
			return w.back(n, "every write failed with EROFS", err)
		})},
	}
}

// diskFault prepares a fault of one node's disk: it may cost that node its page cache,
// so everybody else must be in sync.
func diskFault(fault func(ctx context.Context, w *World, rng *rand.Rand, n *cluster.Node) (string, bool, error)) func(context.Context, *World, *rand.Rand) (string, bool, error) {
	return func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
		if err := w.whole(ctx); err != nil {
			return "", false, err
		}
		n, err := w.one(rng)
		if err != nil {
			return "", false, err
		}
		defer w.release(n)
		n.Unwatch()
		return fault(ctx, w, rng, n)
	}
}

// endLimit is how long a broker whose only directory failed may take to end.
const endLimit = 5 * time.Second

// freed makes room again and starts the node again. The fault bit when the disk was
// really full.
func (w *World) freed(n *cluster.Node, err error) (string, bool, error) {
	d := w.Disks[n.ID]
	free, freeErr := d.FreeBytes()
	ended := n.Ended(endLimit)
	n.Kill()
	err = errors.Join(err, freeErr, d.Free(), n.Start())
	return fmt.Sprintf("the disk of node %d had %d bytes free%s", n.ID, free, orEnded(ended)), free < 64<<10, err
}

// back ends what is left of the node's process, mounts its disk again and starts it.
func (w *World) back(n *cluster.Node, what string, err error) (string, bool, error) {
	ended := n.Ended(endLimit)
	n.Kill()
	d := w.Disks[n.ID]
	err = errors.Join(err, d.Remount(), n.Start())
	return fmt.Sprintf("the disk of node %d: %s%s", n.ID, what, orEnded(ended)), err == nil, err
}

func orEnded(ended bool) string {
	if ended {
		return ", and it ended"
	}
	return ", and it went on"
}
