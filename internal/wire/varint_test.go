package wire

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestUVarintBytes(t *testing.T) {
	for _, c := range []struct {
		v    uint32
		want []byte
	}{
		{0, []byte{0}},
		{127, []byte{0x7f}},
		{128, []byte{0x80, 0x01}},
		{300, []byte{0xac, 0x02}},
		{math.MaxUint32, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}},
	} {
		if got := AppendUVarint(nil, c.v); !bytes.Equal(got, c.want) {
			t.Errorf("%d: % x, want % x", c.v, got, c.want)
		}
		if r := NewReader(c.want); r.UVarint() != c.v || r.Err() != nil {
			t.Errorf("% x is not %d: %v", c.want, c.v, r.Err())
		}
	}
}

func TestZigzagBytes(t *testing.T) {
	for _, c := range []struct {
		v    int32
		want []byte
	}{
		{0, []byte{0}},
		{-1, []byte{1}},
		{1, []byte{2}},
		{63, []byte{0x7e}},
		{-64, []byte{0x7f}},
		{64, []byte{0x80, 0x01}},
		{math.MinInt32, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}},
	} {
		if got := AppendVarint(nil, c.v); !bytes.Equal(got, c.want) {
			t.Errorf("%d: % x, want % x", c.v, got, c.want)
		}
		if r := NewReader(c.want); r.Varint() != c.v || r.Err() != nil {
			t.Errorf("% x is not %d: %v", c.want, c.v, r.Err())
		}
	}
}

func TestVarintsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, i, l := rapid.Uint32().Draw(t, "u"), rapid.Int32().Draw(t, "i"), rapid.Int64().Draw(t, "l")
		r := NewReader(AppendVarlong(AppendVarint(AppendUVarint(nil, u), i), l))
		if r.UVarint() != u || r.Varint() != i || r.Varlong() != l || r.Err() != nil || r.Remaining() != 0 {
			t.Fatalf("%d %d %d: %v", u, i, l, r.Err())
		}
	})
}

// Row 25: varints of too many bytes or bits are refused.
func TestRow25VarintOverflow(t *testing.T) {
	readers := map[string]func(*Reader){
		"UVarint": func(r *Reader) { r.UVarint() },
		"Varint":  func(r *Reader) { r.Varint() },
		"Varlong": func(r *Reader) { r.Varlong() },
	}
	long := func(n int, last byte) []byte {
		return append(bytes.Repeat([]byte{0x80}, n-1), last)
	}
	for _, c := range []struct {
		reader string
		bytes  []byte
		ok     bool
	}{
		{"UVarint", long(5, 0x0f), true},
		{"UVarint", long(5, 0x10), false}, // bit 33
		{"UVarint", long(6, 0x00), false},
		{"UVarint", long(5, 0x80), false},
		{"Varint", long(5, 0x0f), true},
		{"Varint", long(5, 0x1f), false},
		{"Varint", long(6, 0x01), false},
		{"Varlong", long(10, 0x01), true},
		{"Varlong", long(10, 0x02), false}, // bit 65
		{"Varlong", long(11, 0x00), false},
		{"UVarint", nil, false},
		{"UVarint", []byte{0x80}, false},
		{"UVarint", []byte{0x80, 0x00}, true}, // longer than it has to be, as Kafka accepts
	} {
		r := NewReader(c.bytes)
		readers[c.reader](r)
		if ok := r.Err() == nil; ok != c.ok {
			t.Errorf("%s of % x: %v", c.reader, c.bytes, r.Err())
		}
	}
}
