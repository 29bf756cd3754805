package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

type (
	reassignable = wire.AlterPartitionReassignmentsRequestReassignablePartition
	reassigned   = wire.AlterPartitionReassignmentsResponseReassignablePartitionResponse
)

// AlterPartitionReassignments gives partitions other replicas, or takes back what is
// under way (KIP-455, KIP-860). What is refused and why is in the response, by
// partition. New replicas are added at once; the old ones are removed when all new
// ones are in sync, with the AlterPartition that brings the last of them in.
func (c *Controller) AlterPartitionReassignments(_ Caller, req *wire.AlterPartitionReassignmentsRequest) (*wire.AlterPartitionReassignmentsResponse, error) {
	return decide(c, func(d *decision) (*wire.AlterPartitionReassignmentsResponse, error) {
		resp := &wire.AlterPartitionReassignmentsResponse{AllowReplicationFactorChange: req.AllowReplicationFactorChange}
		done := make(map[partitionKey]bool)
		for i := range req.Topics {
			asked := &req.Topics[i]
			row := wire.AlterPartitionReassignmentsResponseReassignableTopicResponse{Name: asked.Name}
			for j := range asked.Partitions {
				p := &asked.Partitions[j]
				f := d.reassignOnce(done, asked.Name, p, req.AllowReplicationFactorChange)
				result := reassigned{PartitionIndex: p.PartitionIndex}
				result.ErrorCode, result.ErrorMessage = f.parts()
				row.Partitions = append(row.Partitions, result)
			}
			resp.Responses = append(resp.Responses, row)
		}
		d.Log.Info("Altering reassignments", "changedPartitions", len(d.records))
		return resp, nil
	})
}

// reassignOnce adds the record of one change, or says why it is refused. A second
// change of a partition would not see the first.
func (d *decision) reassignOnce(done map[partitionKey]bool, topic string, asked *reassignable, mayResize bool) *fault {
	t := d.image.TopicByName(topic)
	if t == nil {
		return refuse(wire.UnknownTopicOrPartition, "Unable to find a topic named %s.", topic)
	}
	p := t.Partition(asked.PartitionIndex)
	key := partitionKey{t.ID, asked.PartitionIndex}
	switch {
	case p == nil:
		return refuse(wire.UnknownTopicOrPartition, "Unable to find partition %s:%d.", topic, asked.PartitionIndex)
	case done[key]:
		return refuse(wire.InvalidRequest, "The partition appears in the request more than once.")
	case d.full():
		return refuse(wire.PolicyViolation, "Unable to perform excessively large batch operation.")
	}
	done[key] = true
	settings := d.electionSettings(topic)
	var c change
	c.begin(d, settings, t.ID, asked.PartitionIndex, p)
	var f *fault
	if asked.Replicas == nil {
		c.unclean = settings.unclean
		f = c.cancelReassignment(topic)
	} else {
		f = c.reassign(asked.Replicas, mayResize)
	}
	if f != nil {
		return f
	}
	if r := c.record(); r != nil {
		d.add(r)
	}
	return nil
}

// reassign makes target the replicas. Those to be removed stay behind them until
// the others are in sync. What an earlier reassignment was adding still counts as
// added, so that taking all of it back leads to where it began.
func (c *change) reassign(target []int32, mayResize bool) *fault {
	if f := c.d.checkReplicas(target, 0, c.from.Replicas); f != nil {
		return f
	}
	if size := reassignedSize(c.from); !mayResize && len(target) != size {
		return refuse(wire.InvalidReplicationFactor, "The replication factor is changed from %d to %d", size, len(target))
	}
	removing := slices.Sorted(slices.Values(difference(c.from.Replicas, target)))
	added := slices.Sorted(slices.Values(difference(target, c.from.Replicas)))
	c.replicas = slices.Concat(target, removing)
	c.removing = removing
	c.adding = slices.Concat(c.from.AddingReplicas, added)
	return nil
}

// reassignedSize is the number of replicas when what is under way is done.
func reassignedSize(p *metadata.Partition) int {
	return len(difference(p.Replicas, p.RemovingReplicas))
}

// cancelReassignment takes back what is under way. If nobody is in sync or eligible
// but those who were to be added, that costs records.
func (c *change) cancelReassignment(topic string) *fault {
	if !c.from.Reassigning() {
		return refuseDefault(wire.NoReassignmentInProgress)
	}
	c.replicas = difference(c.from.Replicas, c.from.AddingReplicas)
	c.isr = difference(c.from.ISR, c.from.AddingReplicas)
	c.adding, c.removing = nil, nil
	switch {
	case len(c.replicas) == 0: // a foreign log: no request makes such a partition
		return refuse(wire.InvalidReplicaAssignment, "Invalid replica assignment: addingReplicas contains all replicas.")
	case len(c.isr) > 0 || len(difference(c.from.ELR, c.from.AddingReplicas)) > 0:
		return nil
	case len(c.from.ISR) == 0 && len(c.from.ELR) == 0 && c.lastLeader() != metadata.NoLeader:
		return nil
	case !c.unclean:
		return refuse(wire.InvalidReplicaAssignment, "Unable to revert partition assignment for %s:%d because it would require "+
			"an unclean leader election.", topic, c.partition)
	}
	c.isr = []int32{c.replicas[0]}
	c.recovery = metadata.Recovering
	return nil
}
