package batch

import "encoding/binary"

// varint decodes a zigzag varint of at most 32 bits at b[i:] and returns the
// position after it, or a negative one if there is none. One and two bytes
// are decoded inline: nearly all are that short.
func varint(b []byte, i int) (int32, int) {
	if i+1 < len(b) {
		c := b[i]
		if c < 0x80 {
			return int32(c>>1) ^ -int32(c&1), i + 1
		}
		if d := b[i+1]; d < 0x80 {
			u := uint32(c&0x7f) | uint32(d)<<7
			return int32(u>>1) ^ -int32(u&1), i + 2
		}
	}
	return longVarint(b, i)
}

func longVarint(b []byte, i int) (int32, int) {
	var u uint32
	for shift := 0; shift < 35; shift += 7 {
		if i >= len(b) {
			return 0, -1
		}
		c := b[i]
		i++
		u |= uint32(c&0x7f) << shift
		if c < 0x80 {
			if shift == 28 && c > 0x0f {
				return 0, -1
			}
			return int32(u>>1) ^ -int32(u&1), i
		}
	}
	return 0, -1
}

// varlong is varint for 64 bits.
func varlong(b []byte, i int) (int64, int) {
	if i < len(b) && b[i] < 0x80 {
		c := b[i]
		return int64(c>>1) ^ -int64(c&1), i + 1
	}
	if i >= len(b) {
		return 0, -1
	}
	v, n := binary.Varint(b[i:])
	if n <= 0 {
		return 0, -1
	}
	return v, i + n
}
