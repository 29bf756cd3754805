package api

import (
	"encoding/binary"

	"github.com/brolga-io/brolga/internal/wire"
)

// produceRequest is a Produce request (versions 3–13) as a view of its bytes:
// all slices alias the frame. It is reused from request to request, so reading
// one allocates nothing.
type produceRequest struct {
	version       int16
	correlationID int32
	clientID      []byte // nil is null
	transactional []byte // transactional id, nil is null
	acks          int16
	timeoutMs     int32
	topics        []produceTopic
	parts         []producePart
}

// produceTopic is a topic of the request; its partitions are
// parts[first : first+count].
type produceTopic struct {
	name         []byte    // versions 3–12
	id           wire.UUID // version 13
	first, count int
}

type producePart struct {
	index    int32
	repeated bool   // an earlier one of the request is the same partition
	records  []byte // nil is null
}

// First versions with another layout.
const (
	produceFlexibleFrom = 9
	produceTopicIDFrom  = 13
)

// read fills the view from a frame. It reports false when the frame is not a
// well-formed request; then nothing of it is acted upon.
func (q *produceRequest) read(frame []byte) bool {
	q.topics, q.parts = q.topics[:0], q.parts[:0]
	q.version = int16(binary.BigEndian.Uint16(frame[2:]))
	q.correlationID = int32(binary.BigEndian.Uint32(frame[4:]))
	c := cursor{b: frame, at: 8}
	q.clientID = c.nullableString() // two-byte length in every header version
	c.flexible = q.version >= produceFlexibleFrom
	c.tags()
	q.transactional = c.nullableString()
	q.acks = c.int16()
	q.timeoutMs = c.int32()
	for n := c.array(3); n > 0 && !c.bad; n-- {
		q.readTopic(&c)
	}
	c.tags()
	if c.bad {
		return false
	}
	if len(q.parts) > 1 {
		q.markRepeated()
	}
	return true
}

func (q *produceRequest) readTopic(c *cursor) {
	t := produceTopic{first: len(q.parts)}
	if q.version >= produceTopicIDFrom {
		copy(t.id[:], c.take(len(t.id)))
	} else {
		t.name = c.string()
	}
	t.count = c.array(5)
	for range t.count {
		p := producePart{index: c.int32(), records: c.nullableBytes()}
		c.tags()
		if c.bad {
			return
		}
		q.parts = append(q.parts, p)
	}
	c.tags()
	q.topics = append(q.topics, t)
}

// fewParts is how many partitions are compared one with another; above that a
// map is built.
const fewParts = 32

// markRepeated marks the partitions that are in the request a second time.
func (q *produceRequest) markRepeated() {
	if len(q.parts) > fewParts {
		q.markRepeatedOfMany()
		return
	}
	for i := range q.topics {
		t := &q.topics[i]
		for j := t.first; j < t.first+t.count; j++ {
			q.parts[j].repeated = q.isRepeated(i, j)
		}
	}
}

// isRepeated looks for part j, of topic i, among the parts before it.
func (q *produceRequest) isRepeated(i, j int) bool {
	for k := range q.topics[:i+1] {
		if !q.topics[k].same(&q.topics[i]) {
			continue
		}
		first := q.topics[k].first
		for _, p := range q.parts[first:min(first+q.topics[k].count, j)] {
			if p.index == q.parts[j].index {
				return true
			}
		}
	}
	return false
}

func (t *produceTopic) same(u *produceTopic) bool {
	return t.id == u.id && string(t.name) == string(u.name)
}

func (q *produceRequest) markRepeatedOfMany() {
	type key struct {
		id    wire.UUID
		name  string
		index int32
	}
	seen := make(map[key]struct{}, len(q.parts))
	for _, t := range q.topics {
		name := string(t.name)
		for j := t.first; j < t.first+t.count; j++ {
			k := key{t.id, name, q.parts[j].index}
			_, q.parts[j].repeated = seen[k]
			seen[k] = struct{}{}
		}
	}
}
