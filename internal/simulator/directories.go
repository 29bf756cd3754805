package simulator

import (
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/wire"
)

// tellDirectories tells the controller where replicas are that it takes to be elsewhere,
// as package node does (KIP-858).
func (p *process) tellDirectories() {
	if !p.wrongDirs || p.tellingDirs || p.registrar.epoch < 0 {
		return
	}
	p.wrongDirs = false
	req := p.directoriesRequest()
	if len(req.Directories[0].Topics) == 0 {
		return
	}
	p.tellingDirs = true
	p.askController("AssignReplicasToDirs", func(c *controller.Controller, who controller.Caller) (any, error) {
		resp, err := c.AssignReplicasToDirs(who, req)
		return resp, err
	}, func(any, error) { p.tellingDirs, p.wrongDirs = false, true })
}

func (p *process) directoriesRequest() *wire.AssignReplicasToDirsRequest {
	here := wire.UUID(p.dirs.Dirs()[0].DirectoryID)
	var topics []wire.AssignReplicasToDirsRequestTopicData
	for t := range p.feed.image.Topics() {
		topic := wire.AssignReplicasToDirsRequestTopicData{TopicId: t.ID}
		for number, mp := range t.Partitions() {
			_, exists := p.dirs.Describe(commitlog.TopicPartition{Topic: t.Name, Partition: number})
			if exists && slices.Contains(mp.Replicas, p.node.id) && mp.Directory(p.node.id) != here {
				topic.Partitions = append(topic.Partitions, wire.AssignReplicasToDirsRequestPartitionData{PartitionIndex: number})
			}
		}
		if len(topic.Partitions) > 0 {
			topics = append(topics, topic)
		}
	}
	return &wire.AssignReplicasToDirsRequest{BrokerId: p.node.id, BrokerEpoch: p.registrar.epoch,
		Directories: []wire.AssignReplicasToDirsRequestDirectoryData{{Id: here, Topics: topics}}}
}
