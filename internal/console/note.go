package console

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/wire"
)

// note says what a record of one of Kafka's own topics means, "" where it is
// another's or cannot be read.
func note(r *kgo.Record) string {
	if r.Topic != "__consumer_offsets" || r.Attrs.IsControl() {
		return ""
	}
	key, err := wire.DecodeGroupRecordKey(r.Key)
	if err != nil {
		return ""
	}
	switch k := key.(type) {
	case *wire.OffsetCommitKey:
		if r.Value == nil {
			return fmt.Sprintf("Group %s: its bookmark in %s-%d is removed.", k.Group, k.Topic, k.Partition)
		}
		value, _, err := wire.DecodeGroupRecordValue(key.RecordType(), r.Value)
		if v, ok := value.(*wire.OffsetCommitValue); ok && err == nil {
			return fmt.Sprintf("Group %s: its bookmark in %s-%d is %d.", k.Group, k.Topic, k.Partition, v.Offset)
		}
	case *wire.GroupMetadataKey:
		if r.Value == nil {
			return fmt.Sprintf("Group %s is removed.", k.Group)
		}
		value, _, err := wire.DecodeGroupRecordValue(key.RecordType(), r.Value)
		if v, ok := value.(*wire.GroupMetadataValue); ok && err == nil {
			return fmt.Sprintf("Group %s: generation %d with %s.", k.Group, v.Generation, count(len(v.Members), "member"))
		}
	}
	return ""
}
