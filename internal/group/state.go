package group

import "github.com/brolga-io/brolga/internal/wire"

// state is what the log of one partition says. Only replay.go writes it.
type state struct {
	groups map[string]*groupState
	// offsets counts the committed offsets of all groups.
	offsets int
}

// groupState is what the log says of one group.
type groupState struct {
	// exists is false when the group was deleted and offsets are left behind, which
	// the log of another writer can say. Such offsets are invisible.
	exists bool
	// meta is the last GroupMetadata record, nil for a group that only commits
	// offsets (a "simple" group).
	meta    *wire.GroupMetadataValue
	offsets offsets
}

// offsets are the committed offsets of one group, by topic and partition.
type offsets map[string]map[int32]committedOffset

// committedOffset is one committed offset.
type committedOffset struct {
	offset      int64
	leaderEpoch int32 // -1 if the client did not say
	metadata    string
	commitMs    int64
	expireMs    int64 // noExpiry unless the client asked for a retention of its own
	topicID     wire.UUID
}

// noExpiry is the expire timestamp of an offset that expires with its group.
const noExpiry = -1

// group returns the group of that id if it exists, else nil.
func (s *state) group(id string) *groupState {
	if gs := s.groups[id]; gs != nil && gs.exists {
		return gs
	}
	return nil
}

// find returns the offset committed for a partition.
func (o offsets) find(topic string, partition int32) (committedOffset, bool) {
	c, ok := o[topic][partition]
	return c, ok
}
