package cli

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
)

// fetchedReplica is what one broker returned of a partition.
type fetchedReplica struct {
	broker        int32
	highWatermark int64
	err           error
	records       []byte
}

// next takes the first batch off; false is the end, or the beginning of a batch
// that was cut short.
func (r *fetchedReplica) next() (batch.Header, bool) {
	h, err := batch.ParseHeader(r.records)
	if err != nil || h.Size() > len(r.records) {
		return h, false
	}
	r.records = r.records[h.Size():]
	return h, true
}

// agree walks the batches of all replicas together and returns the offset after
// the last that all have. Batches that do not begin alike end the tool; a
// different checksum is reported.
func (v *replicaVerifier) agree(tp topicPartition, replicas []fetchedReplica, from int64) (int64, error) {
	for _, r := range replicas {
		if r.err != nil {
			failed := runtimeException(fmt.Sprintf("Error in processing replica %d in partition %s at offset %d", r.broker, tp, from)).(*exception)
			failed.cause = r.err
			return from, failed
		}
	}
	for {
		var first *batch.Header
		firstBroker := int32(-1)
		inAll := true
		for i := range replicas {
			r := &replicas[i]
			h, ok := r.next()
			if !ok || h.LastOffset() >= r.highWatermark {
				inAll = false
				continue
			}
			if first == nil {
				first, firstBroker = &h, r.broker
				continue
			}
			if first.LastOffset() != h.LastOffset() {
				v.env.outf("%s: partition %s: replica %d's offset %d doesn't match replica %d's offset %d\n",
					v.clock(v.env.Now()), tp, firstBroker, first.LastOffset(), r.broker, h.LastOffset())
				return from, &exitError{1}
			}
			if first.CRC != h.CRC {
				v.env.outf("%s: partition %s has unmatched checksum at offset %d; replica %d's checksum %d; replica %d's checksum %d\n",
					v.clock(v.env.Now()), tp, h.LastOffset(), firstBroker, first.CRC, r.broker, h.CRC)
			}
		}
		if !inAll || first == nil {
			return from, nil
		}
		from = first.NextOffset()
	}
}
