package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// reassignments is F19: replicas move while they are used, others interfere.
func reassignments() []kind {
	return []kind{
		{"reassign", "reassign", laneAdmin, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.reassign(ctx, rng, func([]int32) string { return "" })
		}},
		{"reassign", "reassign-cancel", laneAdmin, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.reassign(ctx, rng, nil)
		}},
		{"reassign", "reassign-kill", laneAdmin, func(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
			return w.reassign(ctx, rng, func(to []int32) string {
				hold(ctx, between(rng, 0, time.Second))
				n := w.take(w.Cluster.Node(to[rng.IntN(len(to))]))
				if n == nil {
					return ""
				}
				defer w.release(n)
				n.Kill()
				hold(ctx, between(rng, 0, 3*time.Second))
				if err := n.Start(); err != nil {
					return err.Error()
				}
				return fmt.Sprintf(", node %d was killed meanwhile", n.ID)
			})
		}},
		{"reassign", "preferred-election", laneAdmin, preferred},
	}
}

// adminLimit bounds one request to the controller while faults happen.
const adminLimit = 30 * time.Second

// reassign moves one partition to other replicas, or to others' order where there are
// no more nodes than replicas. Without meanwhile it is canceled.
func (w *World) reassign(ctx context.Context, rng *rand.Rand, meanwhile func(to []int32) string) (string, bool, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminLimit)
	defer cancel()
	p := rng.Int32N(w.Partitions)
	var to []int32
	for _, i := range rng.Perm(len(w.Cluster.Nodes))[:3] {
		to = append(to, int32(i+1))
	}
	if err := insist(limited, func(ctx context.Context) error { return w.alterAssignment(ctx, p, to) }); err != nil {
		return "", false, err
	}
	what := fmt.Sprintf("partition %d to %v", p, to)
	if meanwhile == nil {
		hold(ctx, between(rng, 0, 500*time.Millisecond))
		err := insist(limited, func(ctx context.Context) error { return w.alterAssignment(ctx, p, nil) })
		return what + ", canceled", err == nil, err
	}
	what += meanwhile(to)
	hold(ctx, between(rng, 500*time.Millisecond, 3*time.Second))
	var replicas []int32
	err := insist(limited, func(ctx context.Context) (err error) {
		replicas, err = w.replicas(ctx, p)
		return err
	})
	slices.Sort(to)
	slices.Sort(replicas)
	// While it is under way both are replicas.
	there := !slices.ContainsFunc(to, func(id int32) bool { return !slices.Contains(replicas, id) })
	return fmt.Sprintf("%s, it has %v", what, replicas), there, err
}

// alterAssignment asks for replicas, nil cancels.
func (w *World) alterAssignment(ctx context.Context, p int32, to []int32) error {
	var req kadm.AlterPartitionAssignmentsReq
	if to == nil {
		req.CancelAssign(w.Topic, p)
	} else {
		req.Assign(w.Topic, p, to)
	}
	resp, err := w.Admin.AlterPartitionAssignments(ctx, req)
	if err != nil {
		return err
	}
	if err = resp.Error(); to == nil && errors.Is(err, kerr.NoReassignmentInProgress) {
		return nil // it has ended already
	}
	return err
}

func (w *World) replicas(ctx context.Context, p int32) ([]int32, error) {
	topics, err := w.Admin.ListTopics(ctx, w.Topic)
	if err != nil {
		return nil, err
	}
	return topics[w.Topic].Partitions[p].Replicas, nil
}

// preferred gives the partitions back to their first replicas.
func preferred(ctx context.Context, w *World, _ *rand.Rand) (string, bool, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminLimit)
	defer cancel()
	var results kadm.ElectLeadersResults
	err := insist(limited, func(ctx context.Context) (err error) {
		results, err = w.Admin.ElectLeaders(ctx, kadm.ElectPreferredReplica, nil)
		return err
	})
	if err != nil {
		return "", false, err
	}
	elected := 0
	for _, partitions := range results {
		for _, one := range partitions {
			if one.Err == nil {
				elected++
			}
		}
	}
	return fmt.Sprintf("asked for the preferred leaders, %d partitions changed", elected), true, nil
}
