package batch

// Reader iterates the records of one batch:
//
//	for r.Next() { use(r.Record()) }
//	if err := r.Err(); err != nil { … }
type Reader struct {
	h         Header
	records   []byte // what is left, decompressed
	left      int32  // records still to come
	lastDelta int32
	record    Record
	err       error
}

// NewReader decodes the header of the whole batch b and decompresses its
// records into at most maxOutput bytes; see OutputCap. The CRC is not
// checked. Records alias b, or the decompressed copy.
func NewReader(b []byte, maxOutput int64) (*Reader, error) {
	r := &Reader{}
	return r, r.Reset(b, maxOutput)
}

// Reset starts over with another batch.
func (r *Reader) Reset(b []byte, maxOutput int64) error {
	*r = Reader{lastDelta: -1}
	h, raw, _, err := Next(b)
	if err != nil {
		return err
	}
	if h.Count < 0 {
		return errorf(InvalidRecord, "Invalid reported count for record batch: %d", h.Count)
	}
	if h.Count == 0 {
		// Compaction leaves empty batches behind to keep an offset.
		r.h = h
		return nil
	}
	records, err := Decompress(h.Codec(), raw[HeaderSize:], maxOutput)
	if err != nil {
		return err
	}
	r.h, r.records, r.left = h, records, h.Count
	return nil
}

// Header is the header of the batch.
func (r *Reader) Header() Header { return r.h }

// Record is the record Next found. It stays valid after the next call.
func (r *Reader) Record() Record { return r.record }

// Err is the error that ended the iteration early, or nil.
func (r *Reader) Err() error { return r.err }

// Next moves to the next record. It returns false at the end and at the first
// record that is malformed.
func (r *Reader) Next() bool {
	if r.err != nil {
		return false
	}
	if r.left == 0 {
		if len(r.records) > 0 {
			r.err = errorf(InvalidRecord, "Incorrect declared batch size, records still remaining")
		}
		return false
	}
	body, rest, ok := cutRecord(r.records)
	if ok {
		r.record, ok = decodeRecord(body, nil)
	}
	if !ok {
		r.err = errorf(InvalidRecord, "Invalid record %d of %d in batch", r.h.Count-r.left, r.h.Count)
		return false
	}
	if delta := r.record.Offset; delta <= int64(r.lastDelta) || delta > int64(r.h.LastOffsetDelta) {
		r.err = errorf(InvalidRecord, "Offset delta %d out of order in batch", delta)
		return false
	}
	r.lastDelta = int32(r.record.Offset)
	r.records = rest
	r.left--
	r.record.Offset += r.h.BaseOffset
	switch {
	case r.h.LogAppendTime():
		r.record.Timestamp = r.h.MaxTimestamp
	default:
		r.record.Timestamp += r.h.BaseTimestamp
	}
	return true
}

// cutRecord cuts the body of the first record off b.
func cutRecord(b []byte) (body, rest []byte, ok bool) {
	n, i := varint(b, 0)
	if i < 0 || n < 0 || int(n) > len(b)-i {
		return nil, nil, false
	}
	end := i + int(n)
	return b[i:end:end], b[end:], true
}
