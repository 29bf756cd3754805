package batch

// What compaction makes of a batch: fewer records, another base timestamp, or
// nothing but a header. Base offset, last offset, producer fields and leader
// epoch never change.

// AppendBatch appends a batch with header h and the given records, which are
// not compressed yet; the codec is h's. BatchLength, Magic and CRC of h are
// ignored.
func AppendBatch(dst []byte, h Header, records []byte, level int) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, HeaderSize)...)
	dst = appendCompressed(dst, records, h.Codec(), level)
	h.BatchLength = int32(len(dst) - at - logOverhead)
	PutHeader(dst[at:], h)
	return dst
}

// AppendEmpty appends the header of h without any records. Such a batch keeps
// its offsets, and the last sequence number of its producer, alive.
func AppendEmpty(dst []byte, h Header) []byte {
	h.Attributes &^= attrCodec | attrDeleteHorizon
	h.BaseTimestamp, h.Count = NoTimestamp, 0
	return AppendBatch(dst, h, nil, DefaultLevel)
}

// SetDeleteHorizon makes ms the time from which the tombstones of the batch
// may go (KIP-534). It takes the place of the base timestamp, so the records
// need new deltas: see AppendRebased.
func (h *Header) SetDeleteHorizon(ms int64) {
	h.Attributes |= attrDeleteHorizon
	h.BaseTimestamp = ms
}

// AppendRebased appends the records in b, which are not compressed and valid,
// with shift added to their timestamp deltas.
func AppendRebased(dst, b []byte, shift int64) []byte {
	for len(b) > 0 {
		body, rest, ok := cutRecord(b)
		if !ok {
			panic("BUG: rebasing records that were not checked")
		}
		delta, i := varlong(body, 1)
		delta += shift
		dst = appendVarint(dst, int64(len(body)-(i-1)+varintSize(delta)))
		dst = append(dst, body[0])
		dst = appendVarint(dst, delta)
		dst = append(dst, body[i:]...)
		b = rest
	}
	return dst
}

// Recompress appends the batch b, which is valid, with another codec.
func Recompress(dst, b []byte, codec Codec, level int) ([]byte, error) {
	h, err := ParseHeader(b)
	if err != nil {
		return nil, err
	}
	records, err := Decompress(h.Codec(), b[HeaderSize:], OutputCap(len(b)))
	if err != nil {
		return nil, err
	}
	h.Attributes = h.Attributes&^attrCodec | int16(codec)
	return AppendBatch(dst, h, records, level), nil
}
