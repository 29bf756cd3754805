package wire

import "slices"

// beginTag appends the tag of a field and room for its size. The second result
// is where the field begins.
func beginTag(dst []byte, tag uint32) ([]byte, int) {
	dst = AppendUVarint(dst, tag)
	dst = append(dst, 0)
	return dst, len(dst)
}

// endTag fills in the size of the field that begins at start. One byte has been
// left for it; the rare field of 128 bytes and more is moved to make room.
func endTag(dst []byte, start int) []byte {
	size := len(dst) - start
	if size < 0x80 {
		dst[start-1] = byte(size)
		return dst
	}
	var room [5]byte
	prefix := AppendUVarint(room[:0], uint32(size))
	dst[start-1] = prefix[0]
	return slices.Insert(dst, start, prefix[1:]...)
}
