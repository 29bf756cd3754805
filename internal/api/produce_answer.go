package api

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// The answer to a Produce request is written by hand, because it is most of what
// a small produce costs:
//
//	header, topics [ name or id, partitions [ index, error code, base offset,
//	log append time, v5 log start offset, v8 record errors and error message,
//	tags ], tags ], throttle time, tags

const unknownOffset = -1

func (r *produceRun) flexible() bool { return r.req.version >= produceFlexibleFrom }

func (r *produceRun) appendHead(b []byte) []byte {
	b = wire.AppendInt32(b, r.req.correlationID)
	b = r.appendNoTags(b)
	return r.appendLength(b, len(r.req.topics))
}

// appendLength appends the length of an array.
func (r *produceRun) appendLength(b []byte, n int) []byte {
	if r.flexible() {
		return wire.AppendUVarint(b, uint32(n)+1)
	}
	return wire.AppendInt32(b, int32(n))
}

func (r *produceRun) appendNoTags(b []byte) []byte {
	if r.flexible() {
		return append(b, 0)
	}
	return b
}

func (r *produceRun) appendTopic(b []byte, t *produceTopic) []byte {
	switch {
	case r.req.version >= produceTopicIDFrom:
		b = append(b, t.id[:]...)
	case r.flexible():
		b = wire.AppendUVarint(b, uint32(len(t.name))+1)
		b = append(b, t.name...)
	default:
		b = wire.AppendInt16(b, int16(len(t.name)))
		b = append(b, t.name...)
	}
	return r.appendLength(b, t.count)
}

// appendPart appends the fields of a partition up to the log start offset.
func (r *produceRun) appendPart(b []byte, index int32, code wire.ErrorCode, s *replica.Staged) []byte {
	b = wire.AppendInt32(b, index)
	b = wire.AppendInt16(b, int16(code))
	b = wire.AppendInt64(b, s.BaseOffset)
	b = wire.AppendInt64(b, s.LogAppendTimeMs)
	if r.req.version >= 5 {
		b = wire.AppendInt64(b, s.LogStartOffset)
	}
	return b
}

// appendStaged appends the answer to a batch that will be committed.
func (r *produceRun) appendStaged(b []byte, index int32, s *replica.Staged) []byte {
	b = r.appendPart(b, index, wire.None, s)
	if r.req.version >= 8 {
		b = r.appendLength(b, 0)
		b = r.appendMessage(b, "")
	}
	return r.appendNoTags(b)
}

// revoke turns the answer to a staged batch into an error: it was not committed.
func (r *produceRun) revoke(s *stagedPart, code wire.ErrorCode) {
	b := r.out.Bytes()
	putCode(b, s.errorAt, code)
	unknown := int64(unknownOffset)
	binary.BigEndian.PutUint64(b[s.errorAt+2:], uint64(unknown))  // base offset
	binary.BigEndian.PutUint64(b[s.errorAt+10:], uint64(unknown)) // log append time
}

func putCode(b []byte, at int, code wire.ErrorCode) {
	binary.BigEndian.PutUint16(b[at:], uint16(code))
}

// nowhere is the place of a batch that was refused.
var nowhere = replica.Staged{AppendInfo: replica.AppendInfo{
	BaseOffset: unknownOffset, LogAppendTimeMs: unknownOffset, LogStartOffset: unknownOffset,
}}

// appendRefused appends the answer to a batch that was not staged.
func (r *produceRun) appendRefused(b []byte, t *produceTopic, index int32, err error) []byte {
	code := errorCode(err)
	b = r.appendPart(b, index, code, &nowhere)
	if r.req.version >= 8 {
		b = r.appendRecordErrors(b, err)
	}
	if !r.flexible() {
		return b
	}
	if code == wire.NotLeaderOrFollower && r.req.version >= 10 {
		return r.appendLeader(b, t, index)
	}
	return append(b, 0)
}

// appendRecordErrors appends which records were at fault, and a sentence.
func (r *produceRun) appendRecordErrors(b []byte, err error) []byte {
	var refused *batch.Error
	if !errors.As(err, &refused) {
		return r.appendMessage(r.appendLength(b, 0), "")
	}
	b = r.appendLength(b, len(refused.Records))
	for _, e := range refused.Records {
		b = wire.AppendInt32(b, e.Index)
		b = r.appendMessage(b, e.Message)
		b = r.appendNoTags(b)
	}
	return r.appendMessage(b, refused.Message)
}

// appendMessage appends a nullable string; an empty one is null.
func (r *produceRun) appendMessage(b []byte, s string) []byte {
	s = s[:min(len(s), maxStringBytes)]
	switch {
	case r.flexible() && s == "":
		return append(b, 0)
	case r.flexible():
		b = wire.AppendUVarint(b, uint32(len(s))+1)
	case s == "":
		return wire.AppendInt16(b, -1)
	default:
		b = wire.AppendInt16(b, int16(len(s)))
	}
	return append(b, s...)
}

// appendLeader appends the tagged field that names the partition's leader and
// has the answer say where that broker is (KIP-951).
func (r *produceRun) appendLeader(b []byte, t *produceTopic, index int32) []byte {
	topic := r.image.TopicByID(t.id)
	if r.req.version < produceTopicIDFrom {
		topic = r.image.TopicByName(string(t.name))
	}
	if topic == nil || topic.Partition(index) == nil {
		return append(b, 0)
	}
	p := topic.Partition(index)
	if p.Leader == r.api.BrokerID {
		return append(b, 0) // it was named already, and refuses
	}
	if !slices.Contains(r.hints, p.Leader) {
		r.hints = append(r.hints, p.Leader)
	}
	b = append(b, 1, 0, 9) // one field, tag 0, size
	b = wire.AppendInt32(b, p.Leader)
	b = wire.AppendInt32(b, p.LeaderEpoch)
	return append(b, 0)
}

// appendTail appends what follows the topics.
func (r *produceRun) appendTail(b []byte) []byte {
	b = wire.AppendInt32(b, 0) // throttle time
	if !r.flexible() {
		return b
	}
	if len(r.hints) == 0 {
		return append(b, 0)
	}
	endpoints := nodeEndpoints(r.image, r.conn.Listener(), r.hints)
	r.hints = r.hints[:0]
	var tag wire.ProduceResponse
	for _, e := range endpoints {
		tag.NodeEndpoints = append(tag.NodeEndpoints, wire.ProduceResponseNodeEndpoint{
			NodeId: e.id, Host: e.host, Port: e.port, Rack: e.rack,
		})
	}
	// An answer without topics is one byte of array length and four of throttle
	// time, followed by just the tagged fields.
	return append(b, tag.Append(nil, r.req.version)[5:]...)
}
