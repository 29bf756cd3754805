package group

import (
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// The versions of the values that Kafka 4.4 writes (GroupCoordinatorRecordHelpers).
const (
	// offsetCommitVersion is flexible and carries the topic id.
	offsetCommitVersion = 4
	// offsetCommitExpiryVersion is the only version with an expire timestamp.
	offsetCommitExpiryVersion = 1
	groupMetadataVersion      = 3
)

const (
	// batchOverheadBytes is the size of a record batch without records.
	batchOverheadBytes = 61
	// recordOverheadBytes bounds what one record takes besides key and value: its
	// length, attributes, both deltas, two lengths and the number of headers.
	recordOverheadBytes = 5 + 1 + 10 + 5 + 5 + 5 + 1
)

// recordBytes bounds what the record takes in a batch.
func recordBytes(r shard.Record) int {
	return recordOverheadBytes + len(r.Key) + len(r.Value)
}

func offsetCommitKey(groupID, topic string, partition int32) []byte {
	key := wire.OffsetCommitKey{Group: groupID, Topic: topic, Partition: partition}
	b := make([]byte, 0, 2+2+len(groupID)+2+len(topic)+4)
	return key.Append(wire.AppendInt16(b, offsetCommitType), 0)
}

func offsetCommitRecord(groupID, topic string, partition int32, c *committedOffset) shard.Record {
	version := int16(offsetCommitVersion)
	if c.expireMs != noExpiry {
		version = offsetCommitExpiryVersion
	}
	value := wire.OffsetCommitValue{
		Offset: c.offset, LeaderEpoch: c.leaderEpoch, Metadata: c.metadata,
		CommitTimestamp: c.commitMs, ExpireTimestamp: c.expireMs, TopicId: c.topicID,
	}
	b := make([]byte, 0, 2+8+4+3+len(c.metadata)+8+8+19)
	return shard.Record{
		Key:   offsetCommitKey(groupID, topic, partition),
		Value: value.Append(wire.AppendInt16(b, version), version),
	}
}

func offsetTombstone(groupID, topic string, partition int32) shard.Record {
	return shard.Record{Key: offsetCommitKey(groupID, topic, partition)}
}

func groupMetadataKey(groupID string) []byte {
	key := wire.GroupMetadataKey{Group: groupID}
	b := make([]byte, 0, 2+2+len(groupID))
	return key.Append(wire.AppendInt16(b, groupMetadataType), 0)
}

func groupMetadataRecord(groupID string, v *wire.GroupMetadataValue) shard.Record {
	b := make([]byte, 0, groupMetadataBytes(v))
	return shard.Record{
		Key:   groupMetadataKey(groupID),
		Value: v.Append(wire.AppendInt16(b, groupMetadataVersion), groupMetadataVersion),
	}
}

// groupMetadataBytes bounds the size of the value.
func groupMetadataBytes(v *wire.GroupMetadataValue) int {
	n := 2 + 2 + len(v.ProtocolType) + 4 + 2 + lengthOf(v.Protocol) + 2 + lengthOf(v.Leader) + 8 + 4
	for i := range v.Members {
		m := &v.Members[i]
		n += memberOverheadBytes + len(m.MemberId) + lengthOf(m.GroupInstanceId) + len(m.ClientId) +
			len(m.ClientHost) + len(m.Subscription) + len(m.Assignment)
	}
	return n
}

// memberOverheadBytes is what a member takes in the record besides its texts: four
// string lengths, two time-outs and the lengths of subscription and assignment.
const memberOverheadBytes = 4*2 + 2*4 + 2*4

func lengthOf(s *string) int {
	if s == nil {
		return 0
	}
	return len(*s)
}

func groupTombstone(groupID string) shard.Record {
	return shard.Record{Key: groupMetadataKey(groupID)}
}
