package wire

// appendRecords appends the records of a response. Those that are not in memory
// but have a size are left out: only their length is written, and the second
// result is the place where the sender has to put them.
func appendRecords(dst, records []byte, size int32, flexible, nullable bool) ([]byte, int) {
	if records != nil || size == 0 {
		return appendBytes(dst, records, flexible, nullable), 0
	}
	dst = appendLength(dst, int(size), false, flexible)
	return dst, len(dst)
}
