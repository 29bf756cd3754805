package wire

// AppendString appends a string with a two-byte length.
func AppendString(dst []byte, s string) []byte {
	return appendString(dst, s, false)
}

// AppendCompactString appends a string with a varint length.
func AppendCompactString(dst []byte, s string) []byte {
	return appendString(dst, s, true)
}

// AppendNullableString appends a string with a two-byte length; nil is null.
func AppendNullableString(dst []byte, s *string) []byte {
	return appendNullableString(dst, s, false, true)
}

// AppendNullableCompactString appends a string with a varint length; nil is null.
func AppendNullableCompactString(dst []byte, s *string) []byte {
	return appendNullableString(dst, s, true, true)
}

// AppendBytes appends bytes with a four-byte length; nil is empty.
func AppendBytes(dst, b []byte) []byte {
	return appendBytes(dst, b, false, false)
}

// AppendCompactBytes appends bytes with a varint length; nil is empty.
func AppendCompactBytes(dst, b []byte) []byte {
	return appendBytes(dst, b, true, false)
}

// AppendNullableBytes appends bytes with a four-byte length; nil is null.
func AppendNullableBytes(dst, b []byte) []byte {
	return appendBytes(dst, b, false, true)
}

// AppendNullableCompactBytes appends bytes with a varint length; nil is null.
func AppendNullableCompactBytes(dst, b []byte) []byte {
	return appendBytes(dst, b, true, true)
}

// appendString cuts s at MaxStringLength: the length field of old versions has
// no room for more, and no decoder takes more in the new ones.
func appendString(dst []byte, s string, flexible bool) []byte {
	if len(s) > MaxStringLength {
		s = s[:MaxStringLength]
	}
	if flexible {
		dst = AppendUVarint(dst, uint32(len(s)+1))
	} else {
		dst = AppendInt16(dst, int16(len(s)))
	}
	return append(dst, s...)
}

func appendNullableString(dst []byte, s *string, flexible, nullable bool) []byte {
	switch {
	case s != nil:
		return appendString(dst, *s, flexible)
	case !nullable:
		return appendString(dst, "", flexible)
	case flexible:
		return append(dst, 0)
	}
	return AppendInt16(dst, nullLength)
}

func appendBytes(dst, b []byte, flexible, nullable bool) []byte {
	dst = appendLength(dst, len(b), b == nil && nullable, flexible)
	return append(dst, b...)
}

// appendLength appends the number of elements of an array or of bytes.
func appendLength(dst []byte, n int, null, flexible bool) []byte {
	switch {
	case null && flexible:
		return append(dst, 0)
	case null:
		return AppendInt32(dst, nullLength)
	case flexible:
		return AppendUVarint(dst, uint32(n)+1)
	}
	return AppendInt32(dst, int32(n))
}

// appendStructPresent appends the byte that stands before a nullable struct.
func appendStructPresent(dst []byte, present bool) []byte {
	if present {
		return append(dst, 1)
	}
	return AppendInt8(dst, nullLength)
}
