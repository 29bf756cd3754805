package batch

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

// HeaderSize is the length of a batch without records, in bytes.
const HeaderSize = 61

// Positions of the header's fields.
const (
	posBaseOffset      = 0
	posLength          = 8
	posLeaderEpoch     = 12
	posMagic           = 16
	posCRC             = 17
	posAttributes      = 21
	posLastOffsetDelta = 23
	posBaseTimestamp   = 27
	posMaxTimestamp    = 35
	posProducerID      = 43
	posProducerEpoch   = 51
	posBaseSequence    = 53
	posCount           = 57
)

// logOverhead is base offset and length: what a length does not count.
const logOverhead = 12

// Magic is the only format version that is read and written.
const Magic = 2

// Bits of the attributes.
const (
	attrCodec         = 0x07
	attrLogAppendTime = 0x08
	attrTransactional = 0x10
	attrControl       = 0x20
	attrDeleteHorizon = 0x40
	attrKnown         = 0x7f
)

// NoTimestamp, NoProducerID, NoProducerEpoch, NoSequence and NoLeaderEpoch
// stand for absent values in a header.
const (
	NoTimestamp     int64 = -1
	NoProducerID    int64 = -1
	NoProducerEpoch int16 = -1
	NoSequence      int32 = -1
	NoLeaderEpoch   int32 = -1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Header is the decoded header of a batch.
type Header struct {
	BaseOffset           int64
	BatchLength          int32 // bytes after this field: Size minus 12
	PartitionLeaderEpoch int32
	Magic                int8
	CRC                  uint32 // CRC-32C of everything from Attributes on
	Attributes           int16
	LastOffsetDelta      int32
	BaseTimestamp        int64 // ms, or the delete horizon
	MaxTimestamp         int64 // ms
	ProducerID           int64
	ProducerEpoch        int16
	BaseSequence         int32
	Count                int32
}

// ParseHeader decodes the first HeaderSize bytes of b. It checks that they
// are there, that magic is 2 and that length and offsets are possible; it
// does not check that the whole batch is in b, nor its CRC.
func ParseHeader(b []byte) (Header, error) {
	var h Header
	err := h.parse(b)
	return h, err
}

// parse is ParseHeader in place: a header is large enough for copies of it to
// show in what a small batch costs.
func (h *Header) parse(b []byte) error {
	if len(b) < HeaderSize {
		return errorf(Corrupt, "Record batch is corrupt (the size %d is smaller than the minimum allowed overhead %d)", len(b), HeaderSize)
	}
	h.decode(b)
	if h.Magic != Magic {
		return magicError(h.Magic)
	}
	if h.BatchLength < HeaderSize-logOverhead {
		return errorf(Corrupt, "Record batch is corrupt (the length %d is smaller than the minimum %d)", h.BatchLength, HeaderSize-logOverhead)
	}
	if h.BaseOffset < 0 || h.LastOffsetDelta < 0 || h.BaseOffset > math.MaxInt64-int64(h.LastOffsetDelta)-1 {
		return errorf(InvalidRecord, "Batch has an invalid offset range: [%d, %d]", h.BaseOffset, h.LastOffset())
	}
	return nil
}

func magicError(magic int8) *Error {
	if magic == 0 || magic == 1 {
		return errorf(InvalidRecord, "Message format version %d is not supported", magic)
	}
	return errorf(Corrupt, "Record batch is corrupt (unknown magic %d)", magic)
}

// decode decodes without checking; len(b) must be HeaderSize or more.
func (h *Header) decode(b []byte) {
	_ = b[HeaderSize-1]
	be := binary.BigEndian
	h.BaseOffset = int64(be.Uint64(b[posBaseOffset:]))
	h.BatchLength = int32(be.Uint32(b[posLength:]))
	h.PartitionLeaderEpoch = int32(be.Uint32(b[posLeaderEpoch:]))
	h.Magic = int8(b[posMagic])
	h.CRC = be.Uint32(b[posCRC:])
	h.Attributes = int16(be.Uint16(b[posAttributes:]))
	h.LastOffsetDelta = int32(be.Uint32(b[posLastOffsetDelta:]))
	h.BaseTimestamp = int64(be.Uint64(b[posBaseTimestamp:]))
	h.MaxTimestamp = int64(be.Uint64(b[posMaxTimestamp:]))
	h.ProducerID = int64(be.Uint64(b[posProducerID:]))
	h.ProducerEpoch = int16(be.Uint16(b[posProducerEpoch:]))
	h.BaseSequence = int32(be.Uint32(b[posBaseSequence:]))
	h.Count = int32(be.Uint32(b[posCount:]))
}

// ClaimsTransaction says whether the batch at the start of b has the flag of a
// transaction, without decoding or checking the rest of its header.
func ClaimsTransaction(b []byte) bool {
	return len(b) >= HeaderSize && b[posMagic] == Magic && b[posAttributes+1]&attrTransactional != 0
}

// Size is the length of the whole batch in bytes.
func (h *Header) Size() int { return int(h.BatchLength) + logOverhead }

// LastOffset is the offset of the last record (inclusive), also after
// compaction removed that record.
func (h *Header) LastOffset() int64 { return h.BaseOffset + int64(h.LastOffsetDelta) }

// NextOffset is the offset after the batch.
func (h *Header) NextOffset() int64 { return h.LastOffset() + 1 }

// Codec is the compression of the records.
func (h *Header) Codec() Codec { return Codec(h.Attributes & attrCodec) }

// IsTransactional says whether the batch belongs to a transaction.
func (h *Header) IsTransactional() bool { return h.Attributes&attrTransactional != 0 }

// IsControl says whether the batch holds control records.
func (h *Header) IsControl() bool { return h.Attributes&attrControl != 0 }

// LogAppendTime says whether MaxTimestamp is the time of the append and the
// timestamp of every record.
func (h *Header) LogAppendTime() bool { return h.Attributes&attrLogAppendTime != 0 }

// HasDeleteHorizon says whether BaseTimestamp is the time from which the
// batch's tombstones may be removed (KIP-534).
func (h *Header) HasDeleteHorizon() bool { return h.Attributes&attrDeleteHorizon != 0 }

// HasProducerID says whether an idempotent or transactional producer wrote
// the batch.
func (h *Header) HasProducerID() bool { return h.ProducerID >= 0 }

// LastSequence is the sequence number of the last record, or NoSequence.
func (h *Header) LastSequence() int32 {
	if h.BaseSequence == NoSequence {
		return NoSequence
	}
	return IncrementSequence(h.BaseSequence, h.LastOffsetDelta)
}

// IncrementSequence adds n ≥ 0 to a sequence number, which wraps from 2^31-1
// to 0.
func IncrementSequence(sequence, n int32) int32 {
	if sequence > math.MaxInt32-n {
		return n - (math.MaxInt32 - sequence) - 1
	}
	return sequence + n
}

// CheckCRC compares the stored checksum with the content of the whole batch b.
func CheckCRC(b []byte) bool {
	return len(b) >= HeaderSize &&
		crc32.Checksum(b[posAttributes:], castagnoli) == binary.BigEndian.Uint32(b[posCRC:])
}

// SetBaseOffset patches the base offset, which the CRC does not cover.
func SetBaseOffset(b []byte, offset int64) {
	binary.BigEndian.PutUint64(b[posBaseOffset:], uint64(offset))
}

// SetLeaderEpoch patches the partition leader epoch, which the CRC does not
// cover.
func SetLeaderEpoch(b []byte, epoch int32) {
	binary.BigEndian.PutUint32(b[posLeaderEpoch:], uint32(epoch))
}

// SetLogAppendTime makes ms the timestamp of every record of the batch and
// computes the CRC anew.
func SetLogAppendTime(b []byte, ms int64) {
	b[posAttributes+1] |= attrLogAppendTime
	setMaxTimestamp(b, ms)
}

func setMaxTimestamp(b []byte, ms int64) {
	binary.BigEndian.PutUint64(b[posMaxTimestamp:], uint64(ms))
	setCRC(b)
}

func setCRC(b []byte) {
	binary.BigEndian.PutUint32(b[posCRC:], crc32.Checksum(b[posAttributes:], castagnoli))
}
