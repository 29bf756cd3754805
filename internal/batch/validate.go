package batch

import (
	"math"
)

// ValidateOptions says what a produced batch must fulfil.
type ValidateOptions struct {
	MaxBytes    int  // size of the batch in bytes (max.message.bytes); 0 = any
	RequireKeys bool // compacted topics refuse records without a key
	RefuseZstd  bool // Produce before version 7

	// Deep decompresses and checks the records of compressed batches too.
	// RequireKeys implies it. Output is bounded by OutputCap.
	Deep bool

	// MaxRecordBytes bounds one record of a compressed batch once it is
	// decompressed (max.decompressed.message.bytes); it implies Deep. 0 = any.
	MaxRecordBytes int

	// LogAppendTime topics get the broker's timestamps, so the producer's
	// are not checked.
	LogAppendTime bool
	NowMs         int64
	BeforeMaxMs   int64 // message.timestamp.before.max.ms
	AfterMaxMs    int64 // message.timestamp.after.max.ms
}

// Info is what validation learned about a batch.
type Info struct {
	Header
	// RecordsChecked is false for a compressed batch that was not
	// decompressed: then only its header is known to be right.
	RecordsChecked bool
}

// Validate checks that b is exactly one batch as a client may produce it:
// size, magic, CRC, flags, codec, counts, and the structure, keys and
// timestamps of its records. The error is an *Error.
//
// Validate changes b in one case, as Kafka does: if MaxTimestamp is not the
// largest timestamp of the records, it and the CRC are corrected, because the
// time index relies on it.
func Validate(b []byte, o ValidateOptions) (Info, error) {
	var info Info
	err := ValidateTo(&info, b, &o)
	if err != nil {
		return Info{}, err
	}
	return info, nil
}

// ValidateTo is Validate that puts what it learned where the caller wants it,
// which saves copies that cost as much as checking a small batch. After an error
// info means nothing.
func ValidateTo(info *Info, b []byte, o *ValidateOptions) error {
	h := &info.Header
	info.RecordsChecked = false
	if err := checkEnvelope(h, b, o.MaxBytes); err != nil {
		return err
	}
	if err := checkProduced(h, o.RefuseZstd); err != nil {
		return err
	}
	c := recordCheck{h: h, maxRecordBytes: o.MaxRecordBytes, requireKeys: o.RequireKeys, maxTimestamp: NoTimestamp, lo: math.MinInt64, hi: math.MaxInt64}
	if !o.LogAppendTime {
		c.lo = saturatingSub(o.NowMs, o.BeforeMaxMs)
		c.hi = saturatingAdd(o.NowMs, o.AfterMaxMs)
	}
	if h.Codec() != None && !o.Deep && !o.RequireKeys && o.MaxRecordBytes == 0 && c.trusts(h.MaxTimestamp) {
		return nil
	}
	if err := c.check(b[HeaderSize:]); err != nil {
		return err
	}
	if c.maxTimestamp != h.MaxTimestamp {
		setMaxTimestamp(b, c.maxTimestamp)
		h.decode(b)
	}
	info.RecordsChecked = true
	return nil
}

// trusts says whether the largest timestamp of a compressed batch, as its header
// claims it, tells that no record's is out of bounds. Otherwise the records have
// to be looked at, at least to name those that are.
func (c *recordCheck) trusts(maxTimestamp int64) bool {
	return c.lo <= 0 && maxTimestamp <= c.hi
}

// checkEnvelope checks everything that must hold for b to be one intact
// batch, and decodes its header.
func checkEnvelope(h *Header, b []byte, maxBytes int) error {
	if len(b) > posMagic && b[posMagic] != Magic {
		return magicError(int8(b[posMagic]))
	}
	if err := h.parse(b); err != nil {
		return err
	}
	if h.Size() != len(b) {
		return sizeError(b)
	}
	if maxBytes > 0 && len(b) > maxBytes {
		return errorf(TooLarge, "The record batch size in the append is %d bytes which exceeds the maximum configured value of %d", len(b), maxBytes)
	}
	if !CheckCRC(b) {
		return errorf(Corrupt, "Record is corrupt (its stored CRC %d is not that of its content)", h.CRC)
	}
	return nil
}

// sizeError says what is wrong with bytes that are more or less than a batch.
func sizeError(b []byte) error {
	_, _, rest, err := Next(b)
	if err != nil {
		return err
	}
	if _, _, _, err := Next(rest); err == nil {
		return errorf(InvalidRecord, "Produce requests must contain exactly one record batch per partition")
	}
	return errorf(Corrupt, "Record batch is corrupt (%d bytes after its end)", len(rest))
}

// checkProduced checks the header fields that a client controls.
func checkProduced(h *Header, refuseZstd bool) error {
	switch {
	case h.BaseOffset != 0:
		return errorf(InvalidRecord, "The baseOffset of the record batch should be 0, but it is %d", h.BaseOffset)
	case h.Count <= 0:
		return errorf(InvalidRecord, "Invalid reported count for record batch: %d", h.Count)
	case h.LastOffsetDelta != h.Count-1:
		return errorf(InvalidRecord, "Inconsistent batch offset range [0, %d] and count of records %d", h.LastOffsetDelta, h.Count)
	case !h.Codec().Valid():
		return errorf(UnsupportedCompression, "Unknown compression type id: %d", h.Codec())
	case refuseZstd && h.Codec() == Zstd:
		return errorf(UnsupportedCompression, "Produce requests with version < 7 are not allowed to use ZStandard compression")
	case h.IsControl():
		return errorf(InvalidRecord, "Clients are not allowed to write control records")
	case h.Attributes&^attrKnown != 0 || h.HasDeleteHorizon():
		return errorf(InvalidRecord, "Record batch has reserved attributes set: %#x", uint16(h.Attributes))
	case h.LogAppendTime():
		return errorf(InvalidTimestamp, "Invalid timestamp type in message. Producer should not set timestamp type to LogAppendTime.")
	}
	return checkProducer(h)
}

func checkProducer(h *Header) error {
	switch {
	case h.ProducerID >= 0 && h.BaseSequence < 0:
		return errorf(InvalidRecord, "Invalid sequence number %d in record batch with producerId %d", h.BaseSequence, h.ProducerID)
	case h.ProducerID >= 0 && h.ProducerEpoch < 0:
		return errorf(InvalidRecord, "Invalid epoch %d in record batch with producerId %d", h.ProducerEpoch, h.ProducerID)
	case h.ProducerID < NoProducerID:
		return errorf(InvalidRecord, "Invalid producerId %d in record batch", h.ProducerID)
	case h.ProducerID < 0 && h.IsTransactional():
		return errorf(InvalidRecord, "Transactional record batch without a producerId")
	}
	return nil
}

func saturatingSub(a, b int64) int64 {
	if d := a - b; (b >= 0) == (d <= a) {
		return d
	}
	return math.MinInt64
}

func saturatingAdd(a, b int64) int64 {
	if s := a + b; (b >= 0) == (s >= a) {
		return s
	}
	return math.MaxInt64
}
