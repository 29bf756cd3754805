package wire

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPrimitives(t *testing.T) {
	var b []byte
	b = AppendBool(b, true)
	b = AppendInt8(b, -2)
	b = AppendInt16(b, -3)
	b = AppendUint16(b, 65535)
	b = AppendInt32(b, math.MinInt32)
	b = AppendUint32(b, math.MaxUint32)
	b = AppendInt64(b, math.MinInt64)
	b = AppendFloat64(b, -0.5)
	b = AppendUUID(b, UUID{15: 1})
	b = append(b, "rest"...)
	r := NewReader(b)
	got := []any{
		r.Bool(), r.Int8(), r.Int16(), r.Uint16(), r.Int32(), r.Uint32(), r.Int64(), r.Float64(), r.UUID(),
		r.Remaining(), string(r.Rest()), r.Remaining(), r.Err(),
	}
	want := []any{
		true, int8(-2), int16(-3), uint16(65535), int32(math.MinInt32), uint32(math.MaxUint32),
		int64(math.MinInt64), -0.5, UUID{15: 1}, 4, "rest", 0, nil,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReaderErrorIsSticky(t *testing.T) {
	r := NewReader([]byte{0, 1, 2, 3, 4})
	r.Int64()
	first := r.Err()
	if !errors.Is(first, ErrMalformed) {
		t.Fatalf("error %v", first)
	}
	r.UVarint()
	if got := r.Int8(); got != 0 || r.Err() != first || r.Remaining() != 0 {
		t.Errorf("after the error: %d, %v, %d bytes", got, r.Err(), r.Remaining())
	}
	r.Reset([]byte{7})
	if got := r.Int8(); got != 7 || r.Err() != nil {
		t.Errorf("after Reset: %d, %v", got, r.Err())
	}
}

func TestNulls(t *testing.T) {
	r := NewReader([]byte{0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0})
	if s := r.NullableString(); s != nil {
		t.Errorf("NullableString %q", *s)
	}
	if s := r.NullableCompactString(); s != nil {
		t.Errorf("NullableCompactString %q", *s)
	}
	if b := r.NullableBytes(); b != nil {
		t.Errorf("NullableBytes % x", b)
	}
	if b := r.NullableCompactBytes(); b != nil || r.Err() != nil || r.Remaining() != 0 {
		t.Errorf("NullableCompactBytes % x, %v, %d left", b, r.Err(), r.Remaining())
	}
}

func TestEmptyIsNotNull(t *testing.T) {
	var b []byte
	empty := ""
	b = AppendNullableString(b, &empty)
	b = AppendNullableCompactString(b, &empty)
	b = AppendNullableBytes(b, []byte{})
	b = AppendNullableCompactBytes(b, []byte{})
	r := NewReader(b)
	if r.NullableString() == nil || r.NullableCompactString() == nil || r.NullableBytes() == nil ||
		r.NullableCompactBytes() == nil || r.Err() != nil {
		t.Errorf("something empty became null, or %v", r.Err())
	}
}

func TestBytesAliasTheInput(t *testing.T) {
	input := AppendBytes(nil, []byte("abc"))
	b := NewReader(input).Bytes()
	input[4] = 'x'
	if string(b) != "xbc" {
		t.Errorf("%q is a copy", b)
	}
	if cap(b) != 3 {
		t.Errorf("an append to the bytes would write into the input, capacity %d", cap(b))
	}
}

func TestStringsAliasOnlyWhenAsked(t *testing.T) {
	input := AppendString(nil, "abc")
	copied := NewReader(input).String()
	r := NewReader(input)
	r.AliasStrings()
	aliased := r.String()
	input[2] = 'x'
	if copied != "abc" || aliased != "xbc" {
		t.Errorf("copied %q, aliased %q", copied, aliased)
	}
}

// A string that no decoder would take must not leave us.
func TestAppendCutsLongStrings(t *testing.T) {
	long := strings.Repeat("x", MaxStringLength+10)
	for name, b := range map[string][]byte{
		"String":        AppendString(nil, long),
		"CompactString": AppendCompactString(nil, long),
	} {
		r := NewReader(b)
		s := r.string(name == "CompactString")
		if r.Err() != nil || len(s) != MaxStringLength || r.Remaining() != 0 {
			t.Errorf("%s: %d bytes, %v, %d left", name, len(s), r.Err(), r.Remaining())
		}
	}
}

func TestInvalidUTF8IsKept(t *testing.T) {
	r := NewReader([]byte{3, 0xff, 0xfe})
	if s := r.CompactString(); s != "\xff\xfe" || r.Err() != nil {
		t.Errorf("%q, %v", s, r.Err())
	}
}
