package group

import "github.com/brolga-io/brolga/internal/wire"

// OffsetDelete deletes committed offsets (version 0). Those of topics to which a
// consumer group is subscribed stay: GROUP_SUBSCRIBED_TO_TOPIC.
func (c *Coordinator) OffsetDelete(req *wire.OffsetDeleteRequest) *wire.OffsetDeleteResponse {
	if req.GroupId == "" {
		return &wire.OffsetDeleteResponse{ErrorCode: wire.InvalidGroupId}
	}
	resp := &wire.OffsetDeleteResponse{Topics: make([]wire.OffsetDeleteResponseTopic, len(req.Topics))}
	var items []deleteItem
	for i := range req.Topics {
		items = c.resolveDelete(&req.Topics[i], &resp.Topics[i], items)
	}
	for first := true; first || len(items) > 0; first = false {
		n := c.tombstonesPerBatch(req.GroupId, items)
		verdict, code := ask(c, req.GroupId, func(m *machine, t *turn) *deleteVerdict {
			return m.deleteOffsets(t, req.GroupId, items[:n])
		})
		if code == wire.None {
			code = verdict.code
		}
		if code != wire.None {
			return &wire.OffsetDeleteResponse{ErrorCode: code}
		}
		for i, c := range verdict.codes {
			*items[i].code = c
		}
		items = items[n:]
	}
	return resp
}

// deleteItem is one partition whose offset shall go, with the place of its answer.
type deleteItem struct {
	topic     string
	partition int32
	code      *wire.ErrorCode
}

// deleteVerdict is what became of the items.
type deleteVerdict struct {
	code  wire.ErrorCode // of the whole request
	codes []wire.ErrorCode
}

func (c *Coordinator) resolveDelete(req *wire.OffsetDeleteRequestTopic, resp *wire.OffsetDeleteResponseTopic, items []deleteItem) []deleteItem {
	resp.Name = req.Name
	resp.Partitions = make([]wire.OffsetDeleteResponsePartition, len(req.Partitions))
	topic, missing := c.lookupTopic(false, req.Name, wire.ZeroUUID)
	for i := range req.Partitions {
		partition, out := req.Partitions[i].PartitionIndex, &resp.Partitions[i]
		out.PartitionIndex = partition
		if missing != wire.None || partition < 0 || partition >= topic.Partitions {
			out.ErrorCode = wire.UnknownTopicOrPartition
			continue
		}
		items = append(items, deleteItem{topic.Name, partition, &out.ErrorCode})
	}
	return items
}

// tombstonesPerBatch says how many of the items fit one batch, at least one if
// there are any.
func (c *Coordinator) tombstonesPerBatch(groupID string, items []deleteItem) int {
	size, most := batchOverheadBytes, c.opts.MaxMessageBytes()
	for i := range items {
		size += tombstoneBytes(groupID, items[i].topic)
		if size > most && i > 0 {
			return i
		}
	}
	return len(items)
}

// tombstoneBytes bounds the size of an offset's tombstone.
func tombstoneBytes(groupID, topic string) int {
	return recordOverheadBytes + 2 + 2 + len(groupID) + 2 + len(topic) + 4
}

// deleteOffsets decides about the items of an OffsetDelete.
func (m *machine) deleteOffsets(t *turn, groupID string, items []deleteItem) *deleteVerdict {
	g := m.group(groupID)
	switch {
	case g == nil:
		return &deleteVerdict{code: wire.GroupIdNotFound}
	case g.state != empty && !g.usesConsumerProtocol():
		return &deleteVerdict{code: wire.NonEmptyGroup}
	}
	v := &deleteVerdict{codes: make([]wire.ErrorCode, len(items))}
	committed := m.committed(groupID)
	for i := range items {
		if g.subscribesTo(items[i].topic) {
			v.codes[i] = wire.GroupSubscribedToTopic
			continue
		}
		if _, ok := committed.find(items[i].topic, items[i].partition); ok {
			t.append(offsetTombstone(groupID, items[i].topic, items[i].partition))
		}
	}
	return v
}
