package api

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// DescribeTopicPartitions (key 75), version 0: topics by name, paged by a
// cursor (KIP-966). At most max.request.partition.size.limit partitions leave
// in one answer, whatever the client asked for.
func (a *API) describeTopicPartitions(c *Call, req *wire.DescribeTopicPartitionsRequest) *wire.DescribeTopicPartitionsResponse {
	resp := &wire.DescribeTopicPartitionsResponse{}
	resp.SetDefaults()
	resp.Topics = []wire.DescribeTopicPartitionsResponseTopic{}
	page := &topicPage{a: a, c: c, resp: resp, room: a.partitionLimit(req)}
	if req.Cursor != nil {
		page.from, page.fromPartition = req.Cursor.TopicName, req.Cursor.PartitionIndex
	}
	for _, name := range page.names(req) {
		if !page.add(name) {
			break
		}
	}
	return resp
}

func (a *API) partitionLimit(req *wire.DescribeTopicPartitionsRequest) int {
	limit := int(a.Config().Static.Int("max.request.partition.size.limit"))
	if n := int(req.ResponsePartitionLimit); n < limit {
		limit = n
	}
	return max(limit, 1)
}

// topicPage collects one answer until its room for partitions is used up.
type topicPage struct {
	a             *API
	c             *Call
	resp          *wire.DescribeTopicPartitionsResponse
	room          int
	from          string // first topic of this page
	fromPartition int32  // first partition of that topic
}

// names are the topics to describe, in order, none before the cursor's.
func (p *topicPage) names(req *wire.DescribeTopicPartitionsRequest) []string {
	var names []string
	if len(req.Topics) == 0 {
		for t := range p.c.Image.Topics() {
			if t.Name >= p.from {
				names = append(names, t.Name)
			}
		}
		return names
	}
	for i := range req.Topics {
		if name := req.Topics[i].Name; name >= p.from {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// add describes one topic and reports whether there is room for another.
func (p *topicPage) add(name string) bool {
	if p.room == 0 {
		p.resp.NextCursor = &wire.DescribeTopicPartitionsResponseCursor{TopicName: name}
		return false
	}
	row := wire.DescribeTopicPartitionsResponseTopic{
		Name: &name, IsInternal: metadata.InternalTopic(name), TopicAuthorizedOperations: noOperations,
		Partitions: []wire.DescribeTopicPartitionsResponsePartition{},
	}
	t := p.c.Image.TopicByName(name)
	if t == nil {
		row.ErrorCode = wire.UnknownTopicOrPartition
		if metadata.TopicNameFault(name) != "" {
			row.ErrorCode = wire.InvalidTopicException
		}
		p.resp.Topics = append(p.resp.Topics, row)
		return true
	}
	row.TopicId, row.TopicAuthorizedOperations = t.ID, allOperations(topicOperations)
	first := int32(0)
	if name == p.from {
		first = max(p.fromPartition, 0)
	}
	last := min(int(first)+p.room, t.PartitionCount())
	for i := int(first); i < last; i++ {
		row.Partitions = append(row.Partitions, p.partition(int32(i), t.Partition(int32(i))))
		p.room--
	}
	p.resp.Topics = append(p.resp.Topics, row)
	if last < t.PartitionCount() {
		p.resp.NextCursor = &wire.DescribeTopicPartitionsResponseCursor{TopicName: name, PartitionIndex: int32(last)}
		return false
	}
	return true
}

func (p *topicPage) partition(index int32, part *metadata.Partition) wire.DescribeTopicPartitionsResponsePartition {
	row := wire.DescribeTopicPartitionsResponsePartition{
		PartitionIndex: index, LeaderId: part.Leader, LeaderEpoch: part.LeaderEpoch,
		ReplicaNodes: part.Replicas, IsrNodes: part.ISR,
		EligibleLeaderReplicas: orEmpty(part.ELR), LastKnownElr: orEmpty(part.LastKnownELR),
		OfflineReplicas: p.a.offlineReplicas(p.c, part),
	}
	if code := p.a.leaderError(p.c, part); code != wire.None {
		row.ErrorCode, row.LeaderId = code, -1
	}
	return row
}

func orEmpty(ids []int32) []int32 {
	if ids == nil {
		return []int32{}
	}
	return ids
}
