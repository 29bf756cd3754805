package controller

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// ListPartitionReassignments lists the reassignments that are under way, all of
// them or those of the named partitions (KIP-455). Unknown topics and partitions
// are left out.
func (c *Controller) ListPartitionReassignments(_ Caller, req *wire.ListPartitionReassignmentsRequest) (*wire.ListPartitionReassignmentsResponse, error) {
	return decide(c, func(d *decision) (*wire.ListPartitionReassignmentsResponse, error) {
		resp := &wire.ListPartitionReassignmentsResponse{}
		if req.Topics == nil {
			for t := range d.image.Topics() {
				listReassigning(resp, t, allPartitions(t))
			}
			return resp, nil
		}
		for _, asked := range req.Topics {
			if t := d.image.TopicByName(asked.Name); t != nil {
				listReassigning(resp, t, asked.PartitionIndexes)
			}
		}
		return resp, nil
	})
}

func allPartitions(t *metadata.Topic) []int32 {
	all := make([]int32, t.PartitionCount())
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

func listReassigning(resp *wire.ListPartitionReassignmentsResponse, t *metadata.Topic, partitions []int32) {
	topic := wire.ListPartitionReassignmentsResponseOngoingTopicReassignment{Name: t.Name}
	for _, id := range partitions {
		p := t.Partition(id)
		if p == nil || !p.Reassigning() {
			continue
		}
		topic.Partitions = append(topic.Partitions, wire.ListPartitionReassignmentsResponseOngoingPartitionReassignment{
			PartitionIndex: id, Replicas: p.Replicas, AddingReplicas: p.AddingReplicas, RemovingReplicas: p.RemovingReplicas,
		})
	}
	if len(topic.Partitions) > 0 {
		resp.Topics = append(resp.Topics, topic)
	}
}
