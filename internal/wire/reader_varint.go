package wire

// UVarint reads an unsigned varint of at most five bytes and 32 bits.
func (r *Reader) UVarint() uint32 {
	if r.off < len(r.buf) && r.buf[r.off] < 0x80 { // most are one byte
		r.off++
		return uint32(r.buf[r.off-1])
	}
	return uint32(r.varint(32))
}

// Varint reads a zigzag varint of at most five bytes and 32 bits.
func (r *Reader) Varint() int32 {
	u := uint32(r.varint(32))
	return int32(u>>1) ^ -int32(u&1)
}

// Varlong reads a zigzag varint of at most ten bytes and 64 bits.
func (r *Reader) Varlong() int64 {
	u := r.varint(64)
	return int64(u>>1) ^ -int64(u&1)
}

// varint reads an unsigned varint and refuses one that does not fit into the
// given number of bits.
func (r *Reader) varint(bits uint) uint64 {
	var value uint64
	for shift := uint(0); ; shift += 7 {
		b := r.take(1)
		if b == nil {
			return 0
		}
		part := uint64(b[0] & 0x7f)
		if shift+7 > bits && part>>(bits-shift) != 0 {
			r.fail("varint of more than %d bits", bits)
			return 0
		}
		value |= part << shift
		if b[0] < 0x80 {
			return value
		}
		if shift+7 >= bits {
			r.fail("varint of too many bytes")
			return 0
		}
	}
}
