package controller

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Kinds of election (Kafka's ElectionType).
const (
	electPreferred int8 = 0
	electUnclean   int8 = 1
)

// ElectLeaders makes the preferred replicas leaders, or finds leaders for
// partitions without one even where records are lost (KIP-183, KIP-460). Null
// topics stand for all partitions; of those, only the ones that need an election
// are in the answer.
func (c *Controller) ElectLeaders(_ Caller, req *wire.ElectLeadersRequest) (*wire.ElectLeadersResponse, error) {
	return decide(c, func(d *decision) (*wire.ElectLeadersResponse, error) {
		resp := &wire.ElectLeadersResponse{}
		if req.TopicPartitions != nil && len(req.TopicPartitions) == 0 {
			return resp, nil
		}
		if req.ElectionType != electPreferred && req.ElectionType != electUnclean {
			f := refuse(wire.InvalidRequest, "Unknown election type %d", req.ElectionType)
			resp.ErrorCode = f.code
			d.electNamed(req, resp, func(string, int32) *fault { return f })
			return resp, nil
		}
		if req.TopicPartitions == nil {
			d.electAll(req.ElectionType, resp)
		} else {
			d.electNamed(req, resp, func(topic string, id int32) *fault { return d.electOne(req.ElectionType, topic, id) })
		}
		if f := d.tooLarge(); f != nil {
			d.records = nil
			resp.ErrorCode, resp.ReplicaElectionResults = f.code, nil
		}
		return resp, nil
	})
}

// electNamed answers every partition that the request names.
func (d *decision) electNamed(req *wire.ElectLeadersRequest, resp *wire.ElectLeadersResponse, elect func(topic string, id int32) *fault) {
	for i := range req.TopicPartitions {
		t := &req.TopicPartitions[i]
		row := wire.ElectLeadersResponseReplicaElectionResult{Topic: t.Topic}
		for _, id := range t.Partitions {
			row.PartitionResult = append(row.PartitionResult, electionResult(id, elect(t.Topic, id)))
		}
		resp.ReplicaElectionResults = append(resp.ReplicaElectionResults, row)
	}
}

// electAll answers every topic, with those partitions that need an election.
func (d *decision) electAll(kind int8, resp *wire.ElectLeadersResponse) {
	for t := range d.image.Topics() {
		row := wire.ElectLeadersResponseReplicaElectionResult{Topic: t.Name}
		for id, p := range t.Partitions() {
			if !electionNotNeeded(kind, p) {
				row.PartitionResult = append(row.PartitionResult, electionResult(id, d.electOne(kind, t.Name, id)))
			}
		}
		resp.ReplicaElectionResults = append(resp.ReplicaElectionResults, row)
	}
}

func electionResult(id int32, f *fault) wire.ElectLeadersResponsePartitionResult {
	row := wire.ElectLeadersResponsePartitionResult{PartitionId: id}
	row.ErrorCode, row.ErrorMessage = f.parts()
	return row
}

// electionNotNeeded tells whether the partition has the leader that the election
// would look for.
func electionNotNeeded(kind int8, p *metadata.Partition) bool {
	if kind == electUnclean {
		return p.Leader != metadata.NoLeader
	}
	return p.Leader == p.Replicas[0]
}

// electOne adds the record of one election, or says why there is none.
func (d *decision) electOne(kind int8, topic string, id int32) *fault {
	t := d.image.TopicByName(topic)
	if t == nil {
		return refuse(wire.UnknownTopicOrPartition, "No such topic as %s", topic)
	}
	p := t.Partition(id)
	switch {
	case p == nil:
		return refuse(wire.UnknownTopicOrPartition, "No such partition as %s-%d", topic, id)
	case electionNotNeeded(kind, p):
		return refuseDefault(wire.ElectionNotNeeded)
	}
	settings := d.electionSettings(topic)
	var c change
	c.begin(d, settings, t.ID, id, p)
	c.unclean, c.preferred = kind == electUnclean, kind == electPreferred
	r := c.record()
	switch {
	case r != nil:
		d.add(r)
		return nil
	case kind == electPreferred:
		return refuseDefault(wire.PreferredLeaderNotAvailable)
	}
	return refuseDefault(wire.EligibleLeadersNotAvailable)
}
