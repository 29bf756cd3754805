package group

import (
	"math"
	"unicode/utf16"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// commitRequest is an OffsetCommit whose topics have been looked up: one item per
// partition that may be committed, each with the place of its answer.
type commitRequest struct {
	version     int16
	groupID     string
	memberID    string
	instanceID  *string
	generation  int32
	retentionMs int64
	items       []commitItem
}

type commitItem struct {
	topic     string
	topicID   wire.UUID
	partition int32
	committed *wire.OffsetCommitRequestPartition
	code      *wire.ErrorCode
}

// OffsetCommit stores offsets (versions 2–10; 2–4: a retention of their own, 6:
// leader epochs, 7: static members, 9: GROUP_ID_NOT_FOUND, 10: topic ids). Each
// partition has its own result.
//
// Unlike Kafka it refuses negative offsets, with INVALID_REQUEST, and stores a
// request that does not fit one batch in several.
func (c *Coordinator) OffsetCommit(version int16, req *wire.OffsetCommitRequest) *wire.OffsetCommitResponse {
	resp := &wire.OffsetCommitResponse{Topics: make([]wire.OffsetCommitResponseTopic, len(req.Topics))}
	r := commitRequest{
		version: version, groupID: req.GroupId, memberID: req.MemberId, instanceID: req.GroupInstanceId,
		generation: req.GenerationIdOrMemberEpoch, retentionMs: req.RetentionTimeMs,
	}
	for i := range req.Topics {
		r.items = c.resolveCommit(version, &req.Topics[i], &resp.Topics[i], r.items)
	}
	code := wire.None
	for items := r.items; len(items) > 0; {
		n := c.itemsPerBatch(r.groupID, items)
		r.items, items = items[:n], items[n:]
		if code == wire.None {
			code = c.commitBatch(&r)
		}
		for i := range r.items {
			*r.items[i].code = code
		}
	}
	return resp
}

// resolveCommit prepares the answer for one topic and adds the partitions that
// exist to the items.
func (c *Coordinator) resolveCommit(version int16, req *wire.OffsetCommitRequestTopic, resp *wire.OffsetCommitResponseTopic, items []commitItem) []commitItem {
	resp.Name, resp.TopicId = req.Name, req.TopicId
	resp.Partitions = make([]wire.OffsetCommitResponsePartition, len(req.Partitions))
	topic, missing := c.lookupTopic(version >= 10, req.Name, req.TopicId)
	for i := range req.Partitions {
		p, out := &req.Partitions[i], &resp.Partitions[i]
		out.PartitionIndex = p.PartitionIndex
		switch {
		case missing != wire.None:
			out.ErrorCode = missing
		case p.PartitionIndex < 0 || p.PartitionIndex >= topic.Partitions:
			out.ErrorCode = wire.UnknownTopicOrPartition
		case p.CommittedMetadata != nil && tooLong(*p.CommittedMetadata, c.opts.Config.OffsetMetadataMaxBytes):
			out.ErrorCode = wire.OffsetMetadataTooLarge
		default: // also a negative offset, as in Kafka: kafkajs asks for a reset by it
			items = append(items, commitItem{
				topic: topic.Name, topicID: topic.ID, partition: p.PartitionIndex, committed: p, code: &out.ErrorCode,
			})
		}
	}
	return items
}

// tooLong says whether the text is longer than offset.metadata.max.bytes, which
// Kafka counts in UTF-16 units.
func tooLong(text string, most int) bool {
	if len(text) <= most {
		return false
	}
	units := 0
	for _, r := range text {
		units += max(utf16.RuneLen(r), 1)
	}
	return units > most
}

// lookupTopic finds a topic by id or by name, or says what is wrong with it.
func (c *Coordinator) lookupTopic(byID bool, name string, id wire.UUID) (Topic, wire.ErrorCode) {
	if byID {
		if topic, ok := c.opts.Topics.TopicByID(id); ok && !id.IsZero() {
			return topic, wire.None
		}
		return Topic{}, wire.UnknownTopicId
	}
	if topic, ok := c.opts.Topics.TopicByName(name); ok {
		return topic, wire.None
	}
	return Topic{}, wire.UnknownTopicOrPartition
}

// itemsPerBatch says how many of the items fit one batch, at least one.
func (c *Coordinator) itemsPerBatch(groupID string, items []commitItem) int {
	const fixed = recordOverheadBytes + 2 + 2 + 2 + 4 + 2 + 8 + 4 + 3 + 8 + 19
	size, most := batchOverheadBytes, c.opts.MaxMessageBytes()
	for i := range items {
		size += fixed + len(groupID) + len(items[i].topic) + lengthOf(items[i].committed.CommittedMetadata)
		if size > most && i > 0 {
			return i
		}
	}
	return len(items)
}

// commitBatch stores the items of the request and returns the result of all.
func (c *Coordinator) commitBatch(r *commitRequest) wire.ErrorCode {
	verdict, code := ask(c, r.groupID, func(m *machine, t *turn) wire.ErrorCode { return m.commit(t, r) })
	if code != wire.None {
		return code
	}
	return verdict
}

// commit decides about the items of an OffsetCommit: all or none.
func (m *machine) commit(t *turn, r *commitRequest) wire.ErrorCode {
	if code := m.checkCommit(r); code != wire.None {
		return code
	}
	expireMs := expireTimestampMs(t.nowMs, r.retentionMs)
	size := 0
	for i := range r.items {
		item := &r.items[i]
		offset := committedOffset{
			offset: item.committed.CommittedOffset, leaderEpoch: max(item.committed.CommittedLeaderEpoch, -1),
			commitMs: t.nowMs, expireMs: expireMs, topicID: item.topicID,
		}
		if item.committed.CommittedMetadata != nil {
			offset.metadata = *item.committed.CommittedMetadata
		}
		record := offsetCommitRecord(r.groupID, item.topic, item.partition, &offset)
		size += recordBytes(record)
		t.append(record)
	}
	if !m.batchFits(size) {
		t.records = nil
		return wire.InvalidCommitOffsetSize
	}
	count := int64(len(r.items))
	t.then(func(err error) {
		if err == nil {
			m.metrics.OffsetCommits.Add(count)
		}
	})
	return wire.None
}

// expireTimestampMs is when an offset expires whose client asked for a retention.
func expireTimestampMs(nowMs, retentionMs int64) int64 {
	switch {
	case retentionMs == -1:
		return noExpiry
	case retentionMs < 0:
		return nowMs
	case retentionMs > math.MaxInt64-nowMs:
		return math.MaxInt64
	}
	return nowMs + retentionMs
}

// checkCommit says whether the client may commit for the group. A commit of a
// member keeps its session alive.
func (m *machine) checkCommit(r *commitRequest) wire.ErrorCode {
	g := m.group(r.groupID)
	simple := r.generation < 0
	switch {
	case g == nil && simple:
		return wire.None // a group without members, new by this commit
	case g == nil && r.version >= 9:
		return wire.GroupIdNotFound
	case g == nil:
		return wire.IllegalGeneration
	case simple && g.state == empty:
		return wire.None
	case simple && r.memberID == "" && r.instanceID == nil:
		return wire.UnknownMemberId
	}
	mem, code := g.checkMember(r.memberID, r.instanceID)
	switch {
	case code != wire.None:
		return code
	case r.generation != g.generation && !planted.On(planted.GenerationUnchecked):
		return wire.IllegalGeneration
	case g.state == completingRebalance:
		return wire.RebalanceInProgress
	}
	mem.touch()
	return wire.None
}
