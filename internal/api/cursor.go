package api

import (
	"encoding/binary"
	"errors"
)

var errMalformed = errors.New("malformed request")

// maxTagCount bounds the tagged fields of one struct, as Kafka 4.4 does.
const maxTagCount = 10_000

// cursor reads a request on the hot path without allocating. Everything it
// returns aliases the request. After the first fault it is bad and returns zero
// values; the caller looks at bad once at the end.
type cursor struct {
	b        []byte
	at       int
	flexible bool
	bad      bool
}

func (c *cursor) left() int { return len(c.b) - c.at }

// take returns the next n bytes, or nil.
func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b)-c.at {
		c.bad = true
		c.at = len(c.b)
		return nil
	}
	b := c.b[c.at : c.at+n : c.at+n]
	c.at += n
	return b
}

func (c *cursor) int16() int16 {
	if b := c.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (c *cursor) int32() int32 {
	if b := c.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

// uvarint reads a varint of at most 32 bits.
func (c *cursor) uvarint() uint32 {
	if c.at < len(c.b) && c.b[c.at] < 0x80 {
		c.at++
		return uint32(c.b[c.at-1])
	}
	v, n := binary.Uvarint(c.b[c.at:])
	if n <= 0 || n > 5 || v > 1<<32-1 {
		c.take(-1)
		return 0
	}
	c.at += n
	return uint32(v)
}

// length reads the length of a string (stringLengthBytes) or of bytes and
// arrays (otherLengthBytes); -1 is null.
func (c *cursor) length(fixedBytes int) int {
	switch {
	case c.flexible:
		return int(c.uvarint()) - 1
	case fixedBytes == stringLengthBytes:
		return int(c.int16())
	default:
		return int(c.int32())
	}
}

const (
	stringLengthBytes = 2
	otherLengthBytes  = 4
)

// maxStringBytes is the most a string can have in the versions without compact
// lengths, and by Kafka's rule in the others.
const maxStringBytes = 1<<15 - 1

// nullableString reads a string; nil is null.
func (c *cursor) nullableString() []byte {
	n := c.length(stringLengthBytes)
	if n == -1 {
		return nil
	}
	if n > maxStringBytes {
		n = -1
	}
	return c.take(n)
}

// string reads a string that must not be null.
func (c *cursor) string() []byte {
	n := c.length(stringLengthBytes)
	if n > maxStringBytes {
		n = -1
	}
	return c.take(n)
}

// nullableBytes reads bytes; nil is null.
func (c *cursor) nullableBytes() []byte {
	n := c.length(otherLengthBytes)
	if n == -1 {
		return nil
	}
	return c.take(n)
}

// array reads the length of an array that must not be null and whose elements
// take at least minBytes each.
func (c *cursor) array(minBytes int) int {
	n := c.length(otherLengthBytes)
	if n < 0 || n > c.left()/minBytes {
		c.take(-1)
		return 0
	}
	return n
}

// tags passes over the tagged fields of a struct. Their tags must ascend.
func (c *cursor) tags() {
	if !c.flexible {
		return
	}
	n := c.uvarint()
	if n > maxTagCount || int(n) > c.left()/2 {
		c.take(-1)
		return
	}
	last := int64(-1)
	for range n {
		tag := int64(c.uvarint())
		size := c.uvarint()
		if tag <= last {
			c.take(-1)
		}
		last = tag
		if c.take(int(size)); c.bad {
			return
		}
	}
}
