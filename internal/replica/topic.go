package replica

import (
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/wire"
)

// Topic is a topic of which this broker has at least one partition.
type Topic struct {
	Name string
	ID   wire.UUID
	// Internal topics take no records from clients.
	Internal bool

	set    *Set
	counts *metrics.Topic
	// parts is indexed by partition number; nil for partitions that are on other
	// brokers only. A published slice never changes.
	parts atomic.Pointer[[]*Partition]
}

// Partition returns this broker's replica of a partition, or nil.
func (t *Topic) Partition(number int32) *Partition {
	parts := *t.parts.Load()
	if number < 0 || int(number) >= len(parts) {
		return nil
	}
	return parts[number]
}

// internalTopics are the topics that only coordinators write to.
var internalTopics = [...]string{"__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata"}

// IsInternal tells whether clients may not write to the topic of this name.
func IsInternal(name string) bool {
	for _, n := range internalTopics {
		if n == name {
			return true
		}
	}
	return false
}
