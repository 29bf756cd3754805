package wire

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// readTags reads a section of tags in which tag 1 is a compact string.
func readTags(b []byte) (tags []uint32, text string, r *Reader) {
	r = NewReader(b)
	for t := r.tags(); t.next(r); {
		tags = append(tags, t.tag)
		if t.tag == 1 {
			text = r.CompactString()
		} else {
			t.skip(r)
		}
	}
	return tags, text, r
}

func TestTags(t *testing.T) {
	tags, text, r := readTags([]byte{3, 0, 2, 9, 9, 1, 3, 3, 'h', 'i', 0x80, 0x01, 0, 'e', 'n', 'd'})
	if r.Err() != nil || !slices.Equal(tags, []uint32{0, 1, 128}) || text != "hi" || string(r.Rest()) != "end" {
		t.Errorf("tags %d, %q, %v", tags, text, r.Err())
	}
}

// Rows 23, 24: sections of tags that must be refused.
func TestBadTags(t *testing.T) {
	for name, b := range map[string][]byte{
		"row 23: count 2^28-1":           {0xff, 0xff, 0xff, 0x7f, 0, 0},
		"row 23: count 2^32-1":           {0xff, 0xff, 0xff, 0xff, 0x0f, 0},
		"count above what is left":       {3, 0, 0, 1, 0, 2},
		"count above MaxTaggedFields":    append(AppendUVarint(nil, MaxTaggedFields+1), make([]byte, 4*MaxTaggedFields)...),
		"row 24: duplicate":              {2, 5, 0, 5, 0},
		"row 24: descending":             {2, 5, 0, 4, 0},
		"row 24: size above rest":        {1, 5, 3, 0, 0},
		"size of 2^32-1":                 {1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"known field longer than size":   {1, 1, 1, 3, 'h', 'i'},
		"known field shorter than size":  {1, 1, 4, 3, 'h', 'i', 0},
		"string that ends in its parent": {1, 1, 2, 3, 'h', 'i', 'x', 'x'},
		"section cut short":              {2, 5, 1, 0, 6},
		"nothing":                        {},
	} {
		if _, _, r := readTags(b); !errors.Is(r.Err(), ErrMalformed) || r.Remaining() != 0 {
			t.Errorf("%s: %v, %d left", name, r.Err(), r.Remaining())
		}
	}
}

func TestSkipTags(t *testing.T) {
	r := NewReader([]byte{1, 5, 2, 9, 9, 7})
	r.skipTags()
	if r.Err() != nil || r.Int8() != 7 {
		t.Errorf("%v", r.Err())
	}
}

// Tagged fields longer than 127 bytes need a longer size than what is kept free.
func TestLongTaggedField(t *testing.T) {
	for _, n := range []int{0, 126, 127, 128, 16383, 16384, 30000} {
		long := strings.Repeat("x", n)
		dst, field := beginTag([]byte("prefix\x01"), 1)
		dst = endTag(AppendCompactString(dst, long), field)
		dst = append(dst, "end"...)
		if !bytes.HasPrefix(dst, []byte("prefix\x01")) {
			t.Fatalf("%d: prefix became % x", n, dst[:7])
		}
		_, text, r := readTags(dst[6:])
		if r.Err() != nil || text != long || string(r.Rest()) != "end" {
			t.Errorf("%d: %d bytes, %v", n, len(text), r.Err())
		}
	}
}
