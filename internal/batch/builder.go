package batch

import (
	"encoding/binary"
)

// BuilderOptions are the fixed fields of a batch to build.
type BuilderOptions struct {
	Codec Codec
	Level int // compression level, DefaultLevel for the codec's own

	BaseOffset    int64
	LeaderEpoch   int32
	LogAppendTime bool

	ProducerID    int64 // NoProducerID when absent, with the next two
	ProducerEpoch int16
	BaseSequence  int32

	Transactional bool
	Control       bool
}

// NoProducer returns options without a producer and a leader epoch.
func NoProducer() BuilderOptions {
	return BuilderOptions{LeaderEpoch: NoLeaderEpoch, ProducerID: NoProducerID,
		ProducerEpoch: NoProducerEpoch, BaseSequence: NoSequence}
}

// Builder makes one batch. Append records, then Build; Reset starts over and
// keeps the memory.
type Builder struct {
	opts          BuilderOptions
	records       []byte
	count         int32
	lastOffset    int64
	baseTimestamp int64
	maxTimestamp  int64
}

// NewBuilder returns an empty builder.
func NewBuilder(opts BuilderOptions) *Builder {
	b := &Builder{}
	b.Reset(opts)
	return b
}

// Reset drops all records.
func (b *Builder) Reset(opts BuilderOptions) {
	*b = Builder{opts: opts, records: b.records[:0], lastOffset: opts.BaseOffset - 1, maxTimestamp: NoTimestamp}
}

// Count is the number of records appended so far.
func (b *Builder) Count() int { return int(b.count) }

// Size is the size in bytes the batch would have without compression.
func (b *Builder) Size() int { return HeaderSize + len(b.records) }

// Append adds a record after the last one. A nil key or value is null.
// timestamp is in ms.
func (b *Builder) Append(timestamp int64, key, value []byte, headers ...RecordHeader) {
	b.AppendAt(b.lastOffset+1, timestamp, key, value, headers...)
}

// AppendAt adds a record with a given offset, which must be larger than the
// last one; gaps are what compaction leaves.
func (b *Builder) AppendAt(offset, timestamp int64, key, value []byte, headers ...RecordHeader) {
	if offset <= b.lastOffset && b.count > 0 || offset < b.opts.BaseOffset {
		panic("BUG: batch offsets must rise")
	}
	if b.count == 0 {
		b.baseTimestamp = timestamp
	}
	b.maxTimestamp = max(b.maxTimestamp, timestamp)
	b.lastOffset = offset
	b.count++
	delta := int32(offset - b.opts.BaseOffset)
	body := recordBodySize(timestamp-b.baseTimestamp, delta, key, value, headers)
	b.records = appendVarint(b.records, int64(body))
	b.records = appendRecordBody(b.records, timestamp-b.baseTimestamp, delta, key, value, headers)
}

// Build returns the batch appended to dst. Only batches with records, or
// those that keep an offset range alive, are valid in a log.
func (b *Builder) Build(dst []byte) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, HeaderSize)...)
	dst = appendCompressed(dst, b.records, b.opts.Codec, b.opts.Level)
	h := Header{
		BaseOffset:           b.opts.BaseOffset,
		BatchLength:          int32(len(dst) - at - logOverhead),
		PartitionLeaderEpoch: b.opts.LeaderEpoch,
		Attributes:           b.attributes(),
		LastOffsetDelta:      int32(max(b.lastOffset-b.opts.BaseOffset, 0)),
		BaseTimestamp:        b.baseTimestamp,
		MaxTimestamp:         b.maxTimestamp,
		ProducerID:           b.opts.ProducerID,
		ProducerEpoch:        b.opts.ProducerEpoch,
		BaseSequence:         b.opts.BaseSequence,
		Count:                b.count,
	}
	PutHeader(dst[at:], h)
	return dst
}

func (b *Builder) attributes() int16 {
	a := int16(b.opts.Codec)
	if b.opts.LogAppendTime {
		a |= attrLogAppendTime
	}
	if b.opts.Transactional {
		a |= attrTransactional
	}
	if b.opts.Control {
		a |= attrControl
	}
	return a
}

// PutHeader writes h over the first HeaderSize bytes of the batch b, with
// magic 2 and the CRC of b; h.Magic and h.CRC are ignored.
func PutHeader(b []byte, h Header) {
	_ = b[HeaderSize-1]
	be := binary.BigEndian
	be.PutUint64(b[posBaseOffset:], uint64(h.BaseOffset))
	be.PutUint32(b[posLength:], uint32(h.BatchLength))
	be.PutUint32(b[posLeaderEpoch:], uint32(h.PartitionLeaderEpoch))
	b[posMagic] = Magic
	be.PutUint16(b[posAttributes:], uint16(h.Attributes))
	be.PutUint32(b[posLastOffsetDelta:], uint32(h.LastOffsetDelta))
	be.PutUint64(b[posBaseTimestamp:], uint64(h.BaseTimestamp))
	be.PutUint64(b[posMaxTimestamp:], uint64(h.MaxTimestamp))
	be.PutUint64(b[posProducerID:], uint64(h.ProducerID))
	be.PutUint16(b[posProducerEpoch:], uint16(h.ProducerEpoch))
	be.PutUint32(b[posBaseSequence:], uint32(h.BaseSequence))
	be.PutUint32(b[posCount:], uint32(h.Count))
	setCRC(b)
}

func appendRecordBody(dst []byte, timestampDelta int64, offsetDelta int32, key, value []byte, headers []RecordHeader) []byte {
	dst = append(dst, 0) // attributes
	dst = appendVarint(dst, timestampDelta)
	dst = appendVarint(dst, int64(offsetDelta))
	dst = appendNullable(dst, key)
	dst = appendNullable(dst, value)
	dst = appendVarint(dst, int64(len(headers)))
	for _, h := range headers {
		dst = appendVarint(dst, int64(len(h.Key)))
		dst = append(dst, h.Key...)
		dst = appendNullable(dst, h.Value)
	}
	return dst
}

func recordBodySize(timestampDelta int64, offsetDelta int32, key, value []byte, headers []RecordHeader) int {
	n := 1 + varintSize(timestampDelta) + varintSize(int64(offsetDelta)) +
		nullableSize(key) + nullableSize(value) + varintSize(int64(len(headers)))
	for _, h := range headers {
		n += varintSize(int64(len(h.Key))) + len(h.Key) + nullableSize(h.Value)
	}
	return n
}

func appendNullable(dst, b []byte) []byte {
	if b == nil {
		return appendVarint(dst, -1)
	}
	return append(appendVarint(dst, int64(len(b))), b...)
}

func nullableSize(b []byte) int {
	if b == nil {
		return 1
	}
	return varintSize(int64(len(b))) + len(b)
}

func appendVarint(dst []byte, v int64) []byte { return binary.AppendVarint(dst, v) }

func varintSize(v int64) int {
	u := uint64(v)<<1 ^ uint64(v>>63)
	n := 1
	for ; u >= 0x80; u >>= 7 {
		n++
	}
	return n
}
