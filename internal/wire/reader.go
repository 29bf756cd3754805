package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// ErrMalformed is the error, wrapped with what and where, of bytes that do not
// follow the protocol.
var ErrMalformed = errors.New("malformed message")

// Reader reads the primitive types of the protocol from a byte slice. Its error
// is sticky: after the first one all reads return zero values, so that a decoder
// needs to look at Err only once at the end.
type Reader struct {
	buf          []byte // ends where the innermost tagged field ends
	off          int
	err          error
	aliasStrings bool
}

// NewReader returns a Reader of b. The []byte values it returns alias b.
func NewReader(b []byte) *Reader {
	return &Reader{buf: b}
}

// Reset makes r a Reader of b that has not read anything yet.
func (r *Reader) Reset(b []byte) {
	*r = Reader{buf: b, aliasStrings: r.aliasStrings}
}

// AliasStrings makes the strings that r returns share the memory of the input.
// The caller promises that the input does not change for as long as any of the
// strings lives; requests on the hot path are decoded this way.
func (r *Reader) AliasStrings() {
	r.aliasStrings = true
}

// Err returns the first error, or nil.
func (r *Reader) Err() error {
	return r.err
}

// Remaining returns how many bytes have not been read.
func (r *Reader) Remaining() int {
	return len(r.buf) - r.off
}

// Rest returns all bytes that have not been read and leaves none.
func (r *Reader) Rest() []byte {
	return r.take(r.Remaining())
}

// fail records the first error and leaves nothing to read.
func (r *Reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d", ErrMalformed, fmt.Sprintf(format, args...), r.off)
	}
	r.off = len(r.buf)
}

// take returns the next n bytes, or nil when there are not as many.
func (r *Reader) take(n int) []byte {
	if n < 0 || n > len(r.buf)-r.off {
		r.failShort(n)
		return nil
	}
	b := r.buf[r.off : r.off+n : r.off+n]
	r.off += n
	return b
}

// failShort stands apart from take so that take stays small enough to inline.
func (r *Reader) failShort(n int) {
	r.fail("%d bytes wanted, %d left", n, r.Remaining())
}

// Bool reads one byte; any value but zero is true.
func (r *Reader) Bool() bool {
	return r.Int8() != 0
}

// Int8 reads one byte.
func (r *Reader) Int8() int8 {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return int8(b[0])
}

// Int16 reads two bytes.
func (r *Reader) Int16() int16 {
	return int16(r.Uint16())
}

// Uint16 reads two bytes.
func (r *Reader) Uint16() uint16 {
	b := r.take(2)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

// Int32 reads four bytes.
func (r *Reader) Int32() int32 {
	return int32(r.Uint32())
}

// Uint32 reads four bytes.
func (r *Reader) Uint32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

// Int64 reads eight bytes.
func (r *Reader) Int64() int64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

// Float64 reads eight bytes.
func (r *Reader) Float64() float64 {
	return math.Float64frombits(uint64(r.Int64()))
}

// UUID reads 16 bytes.
func (r *Reader) UUID() UUID {
	var u UUID
	copy(u[:], r.take(len(u)))
	return u
}

// text makes a string of bytes that take returned.
func (r *Reader) text(b []byte) string {
	if r.aliasStrings && len(b) > 0 {
		return unsafe.String(&b[0], len(b))
	}
	return string(b)
}
