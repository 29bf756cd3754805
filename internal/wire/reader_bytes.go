package wire

// nullLength is what the length functions return for null.
const nullLength = -1

// String reads a string with a two-byte length.
func (r *Reader) String() string {
	return r.string(false)
}

// CompactString reads a string with a varint length.
func (r *Reader) CompactString() string {
	return r.string(true)
}

// NullableString reads a string with a two-byte length; nil is null.
func (r *Reader) NullableString() *string {
	return r.nullableString(false, true)
}

// NullableCompactString reads a string with a varint length; nil is null.
func (r *Reader) NullableCompactString() *string {
	return r.nullableString(true, true)
}

// Bytes reads bytes with a four-byte length. They alias the input.
func (r *Reader) Bytes() []byte {
	return r.bytes(false, false)
}

// CompactBytes reads bytes with a varint length. They alias the input.
func (r *Reader) CompactBytes() []byte {
	return r.bytes(true, false)
}

// NullableBytes reads bytes with a four-byte length; nil is null, and bytes of
// length zero are not nil. They alias the input.
func (r *Reader) NullableBytes() []byte {
	return r.bytes(false, true)
}

// NullableCompactBytes reads bytes with a varint length; nil is null, and bytes
// of length zero are not nil. They alias the input.
func (r *Reader) NullableCompactBytes() []byte {
	return r.bytes(true, true)
}

func (r *Reader) string(flexible bool) string {
	return r.text(r.stringBytes(flexible, false))
}

func (r *Reader) nullableString(flexible, nullable bool) *string {
	b := r.stringBytes(flexible, nullable)
	if b == nil {
		return nil
	}
	s := r.text(b)
	return &s
}

// stringBytes returns nil for null and for an error.
func (r *Reader) stringBytes(flexible, nullable bool) []byte {
	var n int
	if flexible {
		n = r.compactLength()
	} else {
		n = int(r.Int16())
	}
	if n > MaxStringLength {
		r.fail("string of %d bytes", n)
		return nil
	}
	return r.lengthChecked(n, nullable)
}

func (r *Reader) bytes(flexible, nullable bool) []byte {
	var n int
	if flexible {
		n = r.compactLength()
	} else {
		n = int(r.Int32())
	}
	return r.lengthChecked(n, nullable)
}

// lengthChecked returns the next n bytes, or nil for null and for an error.
func (r *Reader) lengthChecked(n int, nullable bool) []byte {
	if r.err != nil {
		return nil
	}
	if n == nullLength && nullable {
		return nil
	}
	if n < 0 {
		r.failNegative(n)
		return nil
	}
	return r.take(n)
}

func (r *Reader) failNegative(n int) {
	if n == nullLength {
		r.fail("null where there must be a value")
		return
	}
	r.fail("length %d", n)
}

// compactLength reads the length that flexible versions store plus one, with
// zero for null.
func (r *Reader) compactLength() int {
	return int(int64(r.UVarint()) - 1)
}

// arrayLength reads the number of elements of an array and checks it against
// the bytes that are left. It returns nullLength for null and 0 for an error.
func (r *Reader) arrayLength(flexible, nullable bool, minElementBytes int) int {
	var n int
	if flexible {
		n = r.compactLength()
	} else {
		n = int(r.Int32())
	}
	switch {
	case r.err != nil:
		return 0
	case n == nullLength && nullable:
		return nullLength
	case n < 0:
		r.failNegative(n)
		return 0
	case n > MaxArrayLength || n*minElementBytes > r.Remaining():
		r.fail("array of %d elements with %d bytes left", n, r.Remaining())
		return 0
	}
	return n
}

// structPresent reads the byte that stands before a nullable struct.
func (r *Reader) structPresent() bool {
	marker := r.Int8()
	if marker < nullLength {
		r.failNegative(int(marker))
	}
	return marker >= 0 && r.err == nil
}

// taggedStructPresent reads the varint that stands before a nullable struct in
// a tagged field.
func (r *Reader) taggedStructPresent() bool {
	return r.UVarint() != 0 && r.err == nil
}
