package console

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/internal/console/view"
)

// moves lists the replicas on the move; without topics those of all.
func (k *cluster) moves(ctx context.Context, topics ...string) ([]kadm.ListPartitionReassignmentsResponse, error) {
	set := kadm.TopicsSet{}
	m := k.meta.newest.Load()
	for _, name := range topics {
		if m != nil && m.topics[name] != nil {
			for p := range m.topics[name].partitions {
				set.Add(name, int32(p))
			}
		}
	}
	answers, err := k.admin.ListPartitionReassignments(ctx, set)
	if err != nil {
		return nil, err
	}
	return answers.Sorted(), nil
}

func (c *call) reassignments() (view.Reassignments, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Reassignments{}, err
	}
	moves, err := k.moves(c)
	if err != nil {
		return view.Reassignments{}, err
	}
	d := k.dirs.newest.Load()
	v := view.Reassignments{AsOf: view.Millis(c.s.now().UnixMilli())}
	for _, m := range moves {
		v.Moves = append(v.Moves, moveView(m, d, k.meta.newest.Load()))
	}
	if len(v.Moves) > 0 {
		k.dirs.kick() // progress is what is on the disks
	}
	return v, nil
}

// moveView tells how far a move has come: by bytes, and where they are not known
// by the replicas that are in sync already.
func moveView(m kadm.ListPartitionReassignmentsResponse, d *dirsPart, meta *metaPart) view.Move {
	v := view.Move{Topic: m.Topic, Partition: m.Partition, Replicas: m.Replicas, Adding: m.AddingReplicas, Removing: m.RemovingReplicas, Bytes: -1, Copied: -1}
	p := tp{m.Topic, m.Partition}
	if size := d.largest(p); size >= 0 {
		v.Bytes, v.Copied = view.Int64(size), view.Int64(size)
		for _, id := range m.AddingReplicas {
			v.Copied = min(v.Copied, view.Int64(max(0, d.replica(p, id).bytes)))
		}
		if size > 0 {
			v.Done = float64(v.Copied) / float64(size)
		}
	}
	if meta == nil || meta.topics[m.Topic] == nil || int(m.Partition) >= len(meta.topics[m.Topic].partitions) || len(m.AddingReplicas) == 0 {
		return v
	}
	if left := without(m.AddingReplicas, meta.topics[m.Topic].partitions[m.Partition].isr); v.Bytes <= 0 {
		v.Done = 1 - float64(len(left))/float64(len(m.AddingReplicas))
	}
	return v
}

// planReassignment spreads topics evenly, on paper: each partition begins one
// broker further, so that leaders are spread too.
func (c *call) planReassignment(in view.PlanQuery) (view.Plan, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Plan{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.Plan{}, err
	}
	brokers, err := chooseBrokers(m, in.Brokers)
	if err != nil {
		return view.Plan{}, err
	}
	if len(in.Topics) == 0 {
		return view.Plan{}, invalid("topics", "Name at least one topic.")
	}
	const sizesAge = 5 * time.Second
	d := k.dirs.fresh(c, k.now, sizesAge)
	var v view.Plan
	known := true
	plan := view.Reassign{}
	for shift, name := range in.Topics {
		t, err := m.topic(name)
		if err != nil {
			return view.Plan{}, err
		}
		factor := in.ReplicationFactor
		if factor == 0 {
			factor = t.replicas
		}
		if factor < 1 || factor > len(brokers) {
			return view.Plan{}, invalid("replicationFactor", fmt.Sprintf("From 1 to %d: that many brokers are chosen.", len(brokers)))
		}
		for number, p := range t.partitions {
			after := spread(brokers, number+shift, factor, p.replicas)
			if slices.Equal(after, p.replicas) {
				continue
			}
			v.Partitions = append(v.Partitions, view.PlannedMove{Topic: name, Partition: int32(number), Before: p.replicas, After: after})
			plan.Partitions = append(plan.Partitions, view.NewReplicas{Topic: name, Partition: int32(number), Replicas: after})
			size := d.largest(tp{name, int32(number)})
			known = known && size >= 0
			v.MovedBytes += view.Int64(size * int64(len(without(after, p.replicas))))
		}
	}
	if !known {
		v.MovedBytes = -1
	}
	v.JSON = reassignmentJSON(plan)
	return v, nil
}

func chooseBrokers(m *metaPart, chosen []int32) ([]int32, error) {
	var brokers []int32
	for _, b := range m.brokers {
		if b.online && (len(chosen) == 0 || slices.Contains(chosen, b.id)) {
			brokers = append(brokers, b.id)
		}
	}
	if len(chosen) > 0 && len(brokers) < len(chosen) {
		return nil, invalid("brokers", "Not all of these brokers are up.")
	}
	if len(brokers) == 0 {
		return nil, invalid("brokers", "No broker is up.")
	}
	return brokers, nil
}

// spread picks replicas from the ring of brokers. A set that is the same as
// before keeps its order, so that nothing moves for nothing.
func spread(brokers []int32, begin, factor int, before []int32) []int32 {
	after := make([]int32, factor)
	for i := range after {
		after[i] = brokers[(begin+i)%len(brokers)]
	}
	if len(before) == factor && len(without(after, before)) == 0 && after[0] == before[0] {
		return slices.Clone(before)
	}
	return after
}

// reassign starts moves, or stops those that are under way.
func (c *call) reassign(in view.Reassign) (view.Reassigned, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Reassigned{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.Reassigned{}, err
	}
	if err := checkReassign(m, in); err != nil {
		return view.Reassigned{}, err
	}
	result := view.Reassigned{Done: view.Done{DryRun: c.dryRun, Command: reassignCommand(k, in),
		Message: fmt.Sprintf("%s would be moved.", count(len(in.Partitions), "partition"))}}
	if c.dryRun {
		return result, nil
	}
	req := kadm.AlterPartitionAssignmentsReq{}
	for _, p := range in.Partitions {
		if len(p.Replicas) == 0 {
			req.CancelAssign(p.Topic, p.Partition)
		} else {
			req.Assign(p.Topic, p.Partition, p.Replicas)
		}
	}
	answers, err := k.admin.AlterPartitionAssignments(c, req)
	if err != nil {
		return view.Reassigned{}, err
	}
	begun := 0
	for _, a := range answers.Sorted() {
		row := view.PartitionResult{Topic: a.Topic, Partition: a.Partition, OK: a.Err == nil}
		if a.Err != nil {
			f, _ := explain(withWords(a.Err, a.ErrMessage))
			row.Problem = f.message
		} else {
			begun++
		}
		result.Partitions = append(result.Partitions, row)
	}
	result.Message = fmt.Sprintf("The move of %s has begun.", count(begun, "partition"))
	if len(in.Partitions[0].Replicas) == 0 {
		result.Message = fmt.Sprintf("The move of %s is stopped.", count(begun, "partition"))
	}
	c.changed(k, view.Event{Topic: in.Partitions[0].Topic, Sentence: result.Message})
	k.settle(c, k.meta)
	return result, nil
}

func checkReassign(m *metaPart, in view.Reassign) error {
	const most = 10_000
	if len(in.Partitions) == 0 || len(in.Partitions) > most {
		return invalid("partitions", fmt.Sprintf("From 1 to %d partitions.", most))
	}
	for i, p := range in.Partitions {
		t, err := m.topic(p.Topic)
		if err != nil {
			return err
		}
		field := fmt.Sprintf("partitions.%d.replicas", i)
		if p.Partition < 0 || int(p.Partition) >= len(t.partitions) {
			return invalid("partitions", fmt.Sprintf("%s has no partition %d.", t.name, p.Partition))
		}
		sorted := slices.Sorted(slices.Values(p.Replicas))
		if len(slices.Compact(sorted)) != len(p.Replicas) {
			return invalid(field, "A broker stands there twice.")
		}
		for _, id := range p.Replicas {
			if b, ok := m.broker(id); !ok || !b.online {
				return invalid(field, fmt.Sprintf("Broker %d is not up.", id))
			}
		}
	}
	return nil
}

// reassignmentJSON is the file of kafka-reassign-partitions.
func reassignmentJSON(in view.Reassign) string {
	type partition struct {
		Topic     string  `json:"topic"`
		Partition int32   `json:"partition"`
		Replicas  []int32 `json:"replicas"`
	}
	plan := struct {
		Version    int         `json:"version"`
		Partitions []partition `json:"partitions"`
	}{Version: 1, Partitions: []partition{}}
	for _, p := range in.Partitions {
		plan.Partitions = append(plan.Partitions, partition{p.Topic, p.Partition, p.Replicas})
	}
	slices.SortFunc(plan.Partitions, func(a, b partition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	b, err := json.Marshal(plan)
	if err != nil {
		panic("BUG: " + err.Error()) // numbers and text only
	}
	return string(b)
}

func reassignCommand(k *cluster, in view.Reassign) string {
	verb := "--execute"
	if len(in.Partitions[0].Replicas) == 0 {
		verb = "--cancel"
	}
	return "echo " + shellQuote(reassignmentJSON(in)) + " > move.json && " +
		k.line("kafka-reassign-partitions", "--reassignment-json-file", "move.json", verb).String()
}
