package wire

func appendInt8s(dst []byte, s []int8, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(s), s == nil && nullable, flexible)
	for _, v := range s {
		dst = AppendInt8(dst, v)
	}
	return dst
}

func appendInt16s(dst []byte, s []int16, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(s), s == nil && nullable, flexible)
	for _, v := range s {
		dst = AppendInt16(dst, v)
	}
	return dst
}

func appendInt32s(dst []byte, s []int32, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(s), s == nil && nullable, flexible)
	for _, v := range s {
		dst = AppendInt32(dst, v)
	}
	return dst
}

func appendInt64s(dst []byte, s []int64, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(s), s == nil && nullable, flexible)
	for _, v := range s {
		dst = AppendInt64(dst, v)
	}
	return dst
}

func appendUUIDs(dst []byte, s []UUID, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(s), s == nil && nullable, flexible)
	for _, v := range s {
		dst = AppendUUID(dst, v)
	}
	return dst
}

func appendStrings(dst []byte, s []string, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(s), s == nil && nullable, flexible)
	for _, v := range s {
		dst = appendString(dst, v, flexible)
	}
	return dst
}
