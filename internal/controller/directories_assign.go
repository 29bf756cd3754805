package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

type (
	askedDir    = wire.AssignReplicasToDirsRequestDirectoryData
	answeredDir = wire.AssignReplicasToDirsResponseDirectoryData
)

// AssignReplicasToDirs notes in which directory a broker keeps replicas (KIP-858). A
// replica in a directory that does not work leaves the in-sync set.
func (c *Controller) AssignReplicasToDirs(_ Caller, req *wire.AssignReplicasToDirsRequest) (*wire.AssignReplicasToDirsResponse, error) {
	return decide(c, func(d *decision) (*wire.AssignReplicasToDirsResponse, error) {
		resp := &wire.AssignReplicasToDirsResponse{}
		if !d.directories() {
			resp.ErrorCode = wire.UnsupportedVersion
			return resp, nil
		}
		b, f := d.brokerOf(req.BrokerId, req.BrokerEpoch)
		if f != nil {
			resp.ErrorCode = f.code
			return resp, nil
		}
		done := make(map[partitionKey]bool)
		for i := range req.Directories {
			resp.Directories = append(resp.Directories, d.assignDir(done, b, &req.Directories[i]))
		}
		return resp, nil
	})
}

func (d *decision) assignDir(done map[partitionKey]bool, b *metadata.Broker, asked *askedDir) answeredDir {
	dir := answeredDir{Id: asked.Id}
	for i := range asked.Topics {
		topic := wire.AssignReplicasToDirsResponseTopicData{TopicId: asked.Topics[i].TopicId}
		for _, p := range asked.Topics[i].Partitions {
			key := partitionKey{topic.TopicId, p.PartitionIndex}
			topic.Partitions = append(topic.Partitions, wire.AssignReplicasToDirsResponsePartitionData{
				PartitionIndex: p.PartitionIndex, ErrorCode: d.assignReplica(done, b, asked.Id, key),
			})
		}
		dir.Topics = append(dir.Topics, topic)
	}
	return dir
}

// assignReplica adds the record of one assignment, or says why there is none. The
// broker asks again for what did not fit into the batch.
func (d *decision) assignReplica(done map[partitionKey]bool, b *metadata.Broker, dir wire.UUID, key partitionKey) wire.ErrorCode {
	t := d.image.TopicByID(key.topic)
	if t == nil {
		return wire.UnknownTopicId
	}
	p := t.Partition(key.partition)
	switch {
	case p == nil:
		return wire.UnknownTopicOrPartition
	case !slices.Contains(p.Replicas, b.ID):
		return wire.NotLeaderOrFollower
	case done[key]:
		return wire.InvalidRequest
	case d.full():
		return wire.NotController // the request is sent again
	}
	done[key] = true
	settings := d.electionSettings(t.Name)
	var c change
	c.begin(d, settings, key.topic, key.partition, p)
	c.unclean = settings.unclean
	c.moved, c.dir = b.ID, dir
	if !b.HasOnlineDir(dir) {
		c.gone = b.ID
		if !c.sole() {
			c.isr = without(c.isr, b.ID)
		}
	}
	if r := c.record(); r != nil {
		d.add(r)
	}
	return wire.None
}
