package group

import (
	"maps"
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// OffsetFetch returns committed offsets (versions 1–10; 2: all topics and an error
// of its own, 5: leader epochs, 7: require stable, 8: many groups, 9: member and
// epoch, which classic groups do not look at, 10: topic ids).
//
// A group that never existed has no offsets, which is no error: -1 everywhere.
// Nothing is unstable as long as there are no transactional commits.
func (c *Coordinator) OffsetFetch(version int16, req *wire.OffsetFetchRequest) *wire.OffsetFetchResponse {
	if version < 8 {
		return c.fetchOne(version, req)
	}
	waits := make([]*reply[*wire.OffsetFetchResponseGroup], len(req.Groups))
	for i := range req.Groups {
		waits[i] = c.startFetch(version, &req.Groups[i])
	}
	resp := &wire.OffsetFetchResponse{Groups: make([]wire.OffsetFetchResponseGroup, len(waits))}
	for i, w := range waits {
		resp.Groups[i] = *c.endFetch(version, &req.Groups[i], w)
	}
	return resp
}

// fetchOne serves the versions with one group, which have structs of their own.
func (c *Coordinator) fetchOne(version int16, req *wire.OffsetFetchRequest) *wire.OffsetFetchResponse {
	one := wire.OffsetFetchRequestGroup{GroupId: req.GroupId}
	if req.Topics != nil {
		one.Topics = make([]wire.OffsetFetchRequestTopics, len(req.Topics))
	}
	for i := range req.Topics {
		one.Topics[i] = wire.OffsetFetchRequestTopics{
			Name: req.Topics[i].Name, PartitionIndexes: req.Topics[i].PartitionIndexes,
		}
	}
	group := c.endFetch(version, &one, c.startFetch(version, &one))
	resp := &wire.OffsetFetchResponse{
		ErrorCode: group.ErrorCode, Topics: make([]wire.OffsetFetchResponseTopic, len(group.Topics)),
	}
	for i := range group.Topics {
		topic := &group.Topics[i]
		resp.Topics[i].Name = topic.Name
		resp.Topics[i].Partitions = make([]wire.OffsetFetchResponsePartition, len(topic.Partitions))
		for k := range topic.Partitions {
			resp.Topics[i].Partitions[k] = wire.OffsetFetchResponsePartition(topic.Partitions[k])
		}
	}
	return resp
}

func (c *Coordinator) startFetch(version int16, req *wire.OffsetFetchRequestGroup) *reply[*wire.OffsetFetchResponseGroup] {
	if version >= 10 {
		for i := range req.Topics {
			req.Topics[i].Name = ""
			if topic, code := c.lookupTopic(true, "", req.Topics[i].TopicId); code == wire.None {
				req.Topics[i].Name = topic.Name
			}
		}
	}
	return start(c, req.GroupId, func(m *machine, t *turn, r *reply[*wire.OffsetFetchResponseGroup]) {
		if req.Topics == nil {
			r.value = m.fetchAll(req.GroupId)
		} else {
			r.value = m.fetch(version, req)
		}
		t.answer(r)
	})
}

func (c *Coordinator) endFetch(version int16, req *wire.OffsetFetchRequestGroup, w *reply[*wire.OffsetFetchResponseGroup]) *wire.OffsetFetchResponseGroup {
	resp, code := w.wait()
	switch {
	case code != wire.None:
		return fetchError(version, req, fetchCode(code))
	case version >= 10 && req.Topics == nil:
		c.addTopicIDs(resp)
	}
	return resp
}

// addTopicIDs gives the topics of a fetch of all topics their ids. One that has
// none any more cannot be named to the client.
func (c *Coordinator) addTopicIDs(resp *wire.OffsetFetchResponseGroup) {
	known := resp.Topics[:0]
	for i := range resp.Topics {
		if topic, ok := c.opts.Topics.TopicByName(resp.Topics[i].Name); ok {
			resp.Topics[i].TopicId = topic.ID
			known = append(known, resp.Topics[i])
		}
	}
	resp.Topics = known
}

// fetchError makes the response of a group that cannot be looked at. Version 1 has
// room for the error only in the partitions.
func fetchError(version int16, req *wire.OffsetFetchRequestGroup, code wire.ErrorCode) *wire.OffsetFetchResponseGroup {
	resp := &wire.OffsetFetchResponseGroup{GroupId: req.GroupId, ErrorCode: code}
	if version >= 2 {
		return resp
	}
	none := new(string)
	for i := range req.Topics {
		topic := fetchedTopic(&req.Topics[i])
		for k, partition := range req.Topics[i].PartitionIndexes {
			topic.Partitions[k] = noOffset(partition, code, none)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

func fetchedTopic(req *wire.OffsetFetchRequestTopics) wire.OffsetFetchResponseTopics {
	return wire.OffsetFetchResponseTopics{
		Name: req.Name, TopicId: req.TopicId,
		Partitions: make([]wire.OffsetFetchResponsePartitions, len(req.PartitionIndexes)),
	}
}

// noOffset is a partition without a committed offset; metadata points to "".
func noOffset(partition int32, code wire.ErrorCode, metadata *string) wire.OffsetFetchResponsePartitions {
	return wire.OffsetFetchResponsePartitions{
		PartitionIndex: partition, CommittedOffset: -1, CommittedLeaderEpoch: -1, Metadata: metadata, ErrorCode: code,
	}
}

func fetchedOffset(partition int32, c committedOffset) wire.OffsetFetchResponsePartitions {
	metadata := c.metadata
	return wire.OffsetFetchResponsePartitions{
		PartitionIndex: partition, CommittedOffset: c.offset, CommittedLeaderEpoch: c.leaderEpoch, Metadata: &metadata,
	}
}

// committed returns the offsets of a group, nil if it does not exist.
func (m *machine) committed(groupID string) offsets {
	if gs := m.state.group(groupID); gs != nil {
		return gs.offsets
	}
	return nil
}

// fetch looks up the partitions that the request names.
func (m *machine) fetch(version int16, req *wire.OffsetFetchRequestGroup) *wire.OffsetFetchResponseGroup {
	committed, none := m.committed(req.GroupId), new(string)
	resp := &wire.OffsetFetchResponseGroup{
		GroupId: req.GroupId, Topics: make([]wire.OffsetFetchResponseTopics, len(req.Topics)),
	}
	for i := range req.Topics {
		asked := &req.Topics[i]
		topic, code := fetchedTopic(asked), wire.None
		if version >= 10 && asked.Name == "" {
			code = wire.UnknownTopicId
		}
		for k, partition := range asked.PartitionIndexes {
			offset, ok := committed.find(asked.Name, partition)
			if ok && code == wire.None && sameTopic(offset.topicID, asked.TopicId) {
				topic.Partitions[k] = fetchedOffset(partition, offset)
			} else {
				topic.Partitions[k] = noOffset(partition, code, none)
			}
		}
		resp.Topics[i] = topic
	}
	return resp
}

// sameTopic says whether an offset committed for one topic belongs to another of
// the same name. Where either id is not known there is nothing to tell them apart.
func sameTopic(committed, asked wire.UUID) bool {
	return committed == asked || committed.IsZero() || asked.IsZero()
}

// fetchAll returns every offset of the group, by topic and partition.
func (m *machine) fetchAll(groupID string) *wire.OffsetFetchResponseGroup {
	committed := m.committed(groupID)
	resp := &wire.OffsetFetchResponseGroup{GroupId: groupID, Topics: make([]wire.OffsetFetchResponseTopics, 0, len(committed))}
	for _, name := range slices.Sorted(maps.Keys(committed)) {
		topic := wire.OffsetFetchResponseTopics{Name: name}
		for _, partition := range slices.Sorted(maps.Keys(committed[name])) {
			topic.Partitions = append(topic.Partitions, fetchedOffset(partition, committed[name][partition]))
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}
