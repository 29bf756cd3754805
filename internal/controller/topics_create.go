package controller

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// CreateTopics creates topics, each with its configs and partitions or not at all,
// all of them in one batch (KIP-4, KIP-464, KIP-525). What is refused and why is
// in the response, by topic.
func (c *Controller) CreateTopics(caller Caller, req *wire.CreateTopicsRequest) (*wire.CreateTopicsResponse, error) {
	return decide(c, func(d *decision) (*wire.CreateTopicsResponse, error) {
		resp := &wire.CreateTopicsResponse{}
		f := tooManyPartitions(req, d.Static.Int("num.partitions"))
		if f == nil {
			d.createTopics(caller, req, resp)
			f = d.tooLarge()
		}
		if f != nil {
			resp.Topics = nil
			for i := range req.Topics {
				resp.Topics = append(resp.Topics, topicResult(req.Topics[i].Name, f))
			}
		}
		if f != nil || req.ValidateOnly {
			d.records = nil
		}
		return resp, nil
	})
}

// tooManyPartitions adds up what the request asks for, before anything is made of
// it.
func tooManyPartitions(req *wire.CreateTopicsRequest, defaultPartitions int) *fault {
	total := 0
	for i := range req.Topics {
		switch t := &req.Topics[i]; {
		case len(t.Assignments) > 0:
			total += len(t.Assignments)
		case t.NumPartitions == -1:
			total += defaultPartitions
		case t.NumPartitions > 0:
			total += int(t.NumPartitions)
		}
	}
	if total > maxNewPartitions {
		return refuse(wire.PolicyViolation, "Excessively large number of partitions per request.")
	}
	return nil
}

func topicResult(name string, f *fault) wire.CreateTopicsResponseCreatableTopicResult {
	code, text := f.parts()
	return wire.CreateTopicsResponseCreatableTopicResult{
		Name: name, ErrorCode: code, ErrorMessage: text,
		NumPartitions: -1, ReplicationFactor: -1, Configs: []wire.CreateTopicsResponseCreatableTopicConfigs{},
	}
}

// createTopics answers in the order of the request; names that stand there twice
// and the one that nobody may create come last.
func (d *decision) createTopics(caller Caller, req *wire.CreateTopicsRequest, resp *wire.CreateTopicsResponse) {
	count := make(map[string]int, len(req.Topics))
	for i := range req.Topics {
		count[req.Topics[i].Name]++
	}
	var last []wire.CreateTopicsResponseCreatableTopicResult
	for i := range req.Topics {
		t := &req.Topics[i]
		switch {
		case count[t.Name] < 0: // answered already
		case count[t.Name] > 1:
			count[t.Name] = -1
			last = append(last, topicResult(t.Name, refuse(wire.InvalidRequest, "Duplicate topic name.")))
		case t.Name == metadata.ClusterMetadataTopic:
			last = append(last, topicResult(t.Name, refuse(wire.InvalidRequest,
				"Creation of internal topic %s is prohibited.", t.Name)))
		default:
			before := len(d.records)
			result, f := d.createTopic(caller, t)
			if f != nil {
				d.records = d.records[:before]
				result = topicResult(t.Name, f)
			}
			resp.Topics = append(resp.Topics, result)
		}
	}
	resp.Topics = append(resp.Topics, last...)
}

func (d *decision) createTopic(caller Caller, t *wire.CreateTopicsRequestCreatableTopic) (wire.CreateTopicsResponseCreatableTopicResult, *fault) {
	var none wire.CreateTopicsResponseCreatableTopicResult
	if f := d.checkNewName(t.Name); f != nil {
		return none, f
	}
	configs, f := d.newTopicConfigs(caller, t)
	if f != nil {
		return none, f
	}
	partitions, f := d.assign(t)
	if f != nil {
		return none, f
	}
	id := d.NewUUID()
	d.add(&wire.TopicRecord{Name: t.Name, TopicId: id})
	d.records = append(d.records, configs...)
	for i, a := range partitions {
		d.addPartition(id, i, a)
	}
	result := topicResult(t.Name, nil)
	result.TopicId = id
	result.NumPartitions = int32(len(partitions))
	result.ReplicationFactor = int16(len(partitions[0].replicas))
	result.Configs = d.describeNewTopic(t)
	return result, nil
}

// assign finds replicas for the partitions of a new topic: those that the request
// names, or any.
func (d *decision) assign(t *wire.CreateTopicsRequestCreatableTopic) ([]assignment, *fault) {
	if len(t.Assignments) > 0 {
		return d.assignManually(t)
	}
	if t.ReplicationFactor < -1 || t.ReplicationFactor == 0 {
		return nil, refuse(wire.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")
	}
	if t.NumPartitions < -1 || t.NumPartitions == 0 {
		return nil, refuse(wire.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.")
	}
	partitions, replicas := int(t.NumPartitions), int(t.ReplicationFactor)
	if partitions == -1 {
		partitions = d.Static.Int("num.partitions")
	}
	if replicas == -1 {
		replicas = d.Static.Int("default.replication.factor")
	}
	placed, f := d.place(partitions, replicas)
	if f != nil {
		return nil, refuse(f.code, "Unable to replicate the partition %d time(s): %s", replicas, *f.text)
	}
	return placed, nil
}

func (d *decision) assignManually(t *wire.CreateTopicsRequestCreatableTopic) ([]assignment, *fault) {
	if t.ReplicationFactor != -1 {
		return nil, refuse(wire.InvalidRequest, "A manual partition assignment was specified, but replication factor was not set to -1.")
	}
	if t.NumPartitions != -1 {
		return nil, refuse(wire.InvalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1.")
	}
	byID := make(map[int32]assignment, len(t.Assignments))
	replicas := 0
	for _, asked := range t.Assignments {
		if _, twice := byID[asked.PartitionIndex]; twice {
			return nil, refuse(wire.InvalidReplicaAssignment,
				"Found multiple manual partition assignments for partition %d", asked.PartitionIndex)
		}
		a, f := d.manual(int(asked.PartitionIndex), asked.BrokerIds, replicas)
		if f != nil {
			return nil, f
		}
		byID[asked.PartitionIndex] = a
		replicas = len(a.replicas)
	}
	partitions := make([]assignment, len(byID))
	for i := range partitions {
		a, ok := byID[int32(i)]
		if !ok {
			return nil, refuse(wire.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence")
		}
		partitions[i] = a
	}
	return partitions, nil
}
