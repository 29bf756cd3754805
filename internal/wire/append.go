package wire

import (
	"encoding/binary"
	"math"
)

// AppendBool appends one byte, 0 or 1.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// AppendInt8 appends one byte.
func AppendInt8(dst []byte, v int8) []byte {
	return append(dst, byte(v))
}

// AppendInt16 appends two bytes.
func AppendInt16(dst []byte, v int16) []byte {
	return binary.BigEndian.AppendUint16(dst, uint16(v))
}

// AppendUint16 appends two bytes.
func AppendUint16(dst []byte, v uint16) []byte {
	return binary.BigEndian.AppendUint16(dst, v)
}

// AppendInt32 appends four bytes.
func AppendInt32(dst []byte, v int32) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(v))
}

// AppendUint32 appends four bytes.
func AppendUint32(dst []byte, v uint32) []byte {
	return binary.BigEndian.AppendUint32(dst, v)
}

// AppendInt64 appends eight bytes.
func AppendInt64(dst []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(v))
}

// AppendFloat64 appends eight bytes.
func AppendFloat64(dst []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendUUID appends 16 bytes.
func AppendUUID(dst []byte, v UUID) []byte {
	return append(dst, v[:]...)
}

// AppendUVarint appends an unsigned varint.
func AppendUVarint(dst []byte, v uint32) []byte {
	return binary.AppendUvarint(dst, uint64(v))
}

// AppendVarint appends a zigzag varint.
func AppendVarint(dst []byte, v int32) []byte {
	return binary.AppendVarint(dst, int64(v))
}

// AppendVarlong appends a zigzag varint.
func AppendVarlong(dst []byte, v int64) []byte {
	return binary.AppendVarint(dst, v)
}
