package cli

import (
	"encoding/binary"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/batch"
)

// maxRecordOverhead is what Java's producer reckons for the varints of a record.
const maxRecordOverhead = 21

// checkRecordSize is the check of Java's producer before it sends: a record has
// to fit into a request of its own (max.request.size).
func checkRecordSize(r *kgo.Record, maxRequestBytes int64) error {
	size := int64(batch.HeaderSize + maxRecordOverhead + sizeWithLength(r.Key) + sizeWithLength(r.Value) + varintSize(len(r.Headers)))
	for _, h := range r.Headers {
		size += int64(varintSize(len(h.Key)) + len(h.Key) + sizeWithLength(h.Value))
	}
	if size <= maxRequestBytes {
		return nil
	}
	return &exception{class: errorsPackage + "RecordTooLargeException", text: fmt.Sprintf(
		"The message is %d bytes when serialized which is larger than %d, which is the value of the max.request.size configuration.", size, maxRequestBytes)}
}

func sizeWithLength(b []byte) int {
	if b == nil {
		return varintSize(-1)
	}
	return varintSize(len(b)) + len(b)
}

func varintSize(n int) int { return len(binary.AppendVarint(nil, int64(n))) }
