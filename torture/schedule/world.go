package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/torture/cluster"
	"github.com/brolga-io/brolga/torture/disk"
	"github.com/brolga-io/brolga/torture/proxy"
)

// World is what faults can reach.
type World struct {
	Cluster    *cluster.Cluster
	Client     *kgo.Client
	Admin      *kadm.Client
	Topic      string
	Partitions int32
	Groups     []string
	Disks      map[int]*disk.Disk  // by node; nil: data is on the machine's
	Proxy      *proxy.Proxy        // nil: links are direct
	Durable    bool                // log.durability=fsync
	Socket     func(id int) string // that takes orders for a node's clock
	Older      string              // a program of an earlier version, "" if there is none
	Newer      string              // the program under test
	Read       func(p int32) int64 // an offset that all consumers are past
	History    *history.History
	Now        func() time.Duration
	Found      func(format string, args ...any)
	Say        func(format string, args ...any)

	mu    sync.Mutex
	taken map[int]bool
	net   sync.Mutex // one fault of the network at a time
}

// errMissed is a fault that found nobody to happen to.
var errMissed = errors.New("nobody to happen to")

// take reserves a node for a fault; nil stays nil.
func (w *World) take(n *cluster.Node) *cluster.Node {
	if n == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken == nil {
		w.taken = map[int]bool{}
	}
	if w.taken[n.ID] {
		return nil
	}
	w.taken[n.ID] = true
	return n
}

func (w *World) release(nodes ...*cluster.Node) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range nodes {
		delete(w.taken, n.ID)
	}
}

// takeSome reserves k nodes, those that are preferred first.
func (w *World) takeSome(rng *rand.Rand, k int, preferred ...*cluster.Node) ([]*cluster.Node, error) {
	var got []*cluster.Node
	try := slices.Clone(preferred)
	for _, i := range rng.Perm(len(w.Cluster.Nodes)) {
		try = append(try, w.Cluster.Nodes[i])
	}
	for _, n := range try {
		if len(got) == k {
			break
		}
		if n = w.take(n); n != nil {
			got = append(got, n)
		}
	}
	if len(got) < k {
		w.release(got...)
		return nil, errMissed
	}
	return got, nil
}

// role finds the node that a fault is about: some are chosen for what they do.
func (w *World) role(ctx context.Context, rng *rand.Rand, role string) *cluster.Node {
	switch role {
	case "leader":
		return w.Cluster.Leader(ctx, w.Admin, w.Topic, rng.Int32N(w.Partitions))
	case "controller":
		return w.Cluster.Active(ctx, w.Client)
	case "coordinator":
		return w.Cluster.Coordinator(ctx, w.Admin, w.Groups[rng.IntN(len(w.Groups))])
	case "follower":
		leader := w.Cluster.Leader(ctx, w.Admin, w.Topic, rng.Int32N(w.Partitions))
		if leader == nil {
			return nil
		}
		return w.Cluster.Nodes[(leader.ID+rng.IntN(len(w.Cluster.Nodes)-1))%len(w.Cluster.Nodes)]
	}
	return nil
}

// takeRole reserves the node with a role.
func (w *World) takeRole(ctx context.Context, rng *rand.Rand, role string) (*cluster.Node, error) {
	n := w.take(w.role(ctx, rng, role))
	if n == nil {
		return nil, errMissed
	}
	return n, nil
}

// one reserves a random node.
func (w *World) one(rng *rand.Rand) (*cluster.Node, error) {
	nodes, err := w.takeSome(rng, 1)
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// insist asks until there is a good answer: requests may get lost while faults happen.
func insist(ctx context.Context, ask func(ctx context.Context) error) error {
	for {
		one, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := ask(one)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		hold(ctx, 300*time.Millisecond)
	}
}

// hold waits, less long if the run ends.
func hold(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// between is a random time.
func between(rng *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(rng.Int64N(int64(high-low)))
}

// whole waits until every replica is in sync, as faults that cost data need it.
func (w *World) whole(ctx context.Context) error {
	if err := w.Cluster.Await(ctx, 30*time.Second, w.Topic, "__consumer_offsets"); err != nil {
		return fmt.Errorf("%w: %w", errMissed, err)
	}
	return nil
}
