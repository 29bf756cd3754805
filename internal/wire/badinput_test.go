package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// The rows of the bad-input table that concern the codec, over all messages
// where they apply. Rows 24 and 25 are in tags_test.go and varint_test.go.

// defaultsUpToTags returns the encoding of the default message without its
// section of tagged fields.
func defaultsUpToTags(info messageInfo, version int16) []byte {
	m := info.new()
	m.SetDefaults()
	clearTagged(m)
	body := m.Append(nil, version)
	return body[:len(body)-1]
}

// clearTagged empties the one message whose default has a tagged field on the
// wire: for Kafka the absent ClassicMemberMetadata is not null but empty.
func clearTagged(m Message) {
	if v, ok := m.(*ConsumerGroupMemberMetadataValue); ok {
		v.ClassicMemberMetadata = &ConsumerGroupMemberMetadataValueClassicMemberMetadata{}
	}
}

func forEachFlexible(t *testing.T, test func(t *testing.T, info messageInfo, version int16)) {
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		if info.flexible(version) {
			test(t, info, version)
		}
	})
}

// Row 23: a count of tagged fields far beyond the input fails at once. Codecs
// that trust the count spin for seconds.
func TestRow23TagCountOverAllFlexibleMessages(t *testing.T) {
	counts := [][]byte{
		{0xff, 0xff, 0xff, 0x7f, 0, 0},
		{0xff, 0xff, 0xff, 0xff, 0x0f, 0},
	}
	bodies, start := 0, time.Now()
	forEachFlexible(t, func(t *testing.T, info messageInfo, version int16) {
		for _, count := range counts {
			bodies++
			mustRefuse(t, info, version, append(defaultsUpToTags(info, version), count...))
		}
	})
	if each := time.Since(start) / time.Duration(bodies); each > time.Millisecond {
		t.Errorf("%s for one body", each)
	}
}

// mustRefuse decodes and expects an error, without memory to speak of.
func mustRefuse(t *testing.T, info messageInfo, version int16, body []byte) {
	t.Helper()
	r := NewReader(body)
	info.new().Decode(r, version)
	if !errors.Is(r.Err(), ErrMalformed) {
		t.Errorf("version %d: % x gives %v", version, body, r.Err())
	}
}

// Row 24: duplicate and descending tags, and a tag larger than the rest.
func TestRow24TagsOverAllFlexibleMessages(t *testing.T) {
	forEachFlexible(t, func(t *testing.T, info messageInfo, version int16) {
		for _, tags := range [][]byte{
			{2, 100, 0, 100, 0},
			{2, 101, 0, 100, 0},
			{1, 100, 1},
		} {
			mustRefuse(t, info, version, append(defaultsUpToTags(info, version), tags...))
		}
	})
}

// Unknown tags are skipped, they come from newer clients (KIP-482).
func TestUnknownTagsAreSkipped(t *testing.T) {
	forEachFlexible(t, func(t *testing.T, info messageInfo, version int16) {
		body := append(defaultsUpToTags(info, version), 2, 100, 3, 1, 2, 3, 101, 0)
		want, got := info.new(), info.new()
		want.SetDefaults()
		clearTagged(want)
		mustDecode(t, got, body, version)
		if d := difference(want, got, version); d != "" {
			t.Errorf("version %d: %s", version, d)
		}
	})
}

// Row 26: an array of 2^31-1 elements in 20 bytes.
func TestRow26ArrayCount(t *testing.T) {
	body := append([]byte{0x7f, 0xff, 0xff, 0xff}, make([]byte, 16)...)
	compact := append([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, make([]byte, 15)...)
	for _, c := range []struct {
		name    string
		version int16
		body    []byte
	}{
		{"MetadataRequest", 1, body},
		{"MetadataRequest", 9, compact},
		{"DeleteGroupsRequest", 1, body},
		{"DeleteGroupsRequest", 2, compact},
		{"DescribeLogDirsRequest", 1, body},
		{"ElectLeadersRequest", 0, body},
	} {
		info := lookupMessage(t, c.name)
		var r *Reader
		allocated := allocatedBytes(func() {
			r = NewReader(c.body)
			info.new().Decode(r, c.version)
		})
		if !errors.Is(r.Err(), ErrMalformed) || !strings.Contains(r.Err().Error(), "array of") {
			t.Errorf("%s version %d: %v", c.name, c.version, r.Err())
		}
		if allocated > 16<<10 {
			t.Errorf("%s version %d allocates %d bytes", c.name, c.version, allocated)
		}
	}
}

// The count is checked against the least size of the elements, not against one
// byte each: 17 bytes are room for one uuid.
func TestRow26CountTimesElementSize(t *testing.T) {
	r := NewReader(append([]byte{0, 0, 0, 2}, make([]byte, 31)...))
	if s := r.uuids(nil, false, false); len(s) != 0 || r.Err() == nil {
		t.Errorf("%d ids, %v", len(s), r.Err())
	}
}

// Kafka 4.4 has a limit of its own on arrays.
func TestArrayLimit(t *testing.T) {
	for _, n := range []int{MaxArrayLength, MaxArrayLength + 1} {
		body := append(AppendInt32(nil, int32(n)), make([]byte, n)...)
		r := NewReader(body)
		s := r.int8s(nil, false, false)
		if ok := r.Err() == nil; ok != (n <= MaxArrayLength) || ok && len(s) != n {
			t.Errorf("%d elements: %d, %v", n, len(s), r.Err())
		}
	}
}

// Row 28: negative lengths that are not null, and null where there is none.
func TestRow28NegativeLengths(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		read func(*Reader)
	}{
		"string -2":            {[]byte{0xff, 0xfe}, func(r *Reader) { r.NullableString() }},
		"string -1 not null":   {[]byte{0xff, 0xff}, func(r *Reader) { _ = r.String() }},
		"bytes -2":             {[]byte{0xff, 0xff, 0xff, 0xfe}, func(r *Reader) { r.NullableBytes() }},
		"bytes -1 not null":    {[]byte{0xff, 0xff, 0xff, 0xff}, func(r *Reader) { r.Bytes() }},
		"array -2":             {[]byte{0xff, 0xff, 0xff, 0xfe}, func(r *Reader) { r.int32s(nil, false, true) }},
		"array -1 not null":    {[]byte{0xff, 0xff, 0xff, 0xff}, func(r *Reader) { r.int32s(nil, false, false) }},
		"array -2^31":          {[]byte{0x80, 0, 0, 0}, func(r *Reader) { r.strings(nil, false, true) }},
		"struct -2":            {[]byte{0xfe}, func(r *Reader) { r.structPresent() }},
		"compact string null":  {[]byte{0}, func(r *Reader) { r.CompactString() }},
		"compact bytes null":   {[]byte{0}, func(r *Reader) { r.CompactBytes() }},
		"compact array null":   {[]byte{0}, func(r *Reader) { r.int16s(nil, true, false) }},
		"compact string 32768": {append(AppendUVarint(nil, 32769), make([]byte, 32768)...), func(r *Reader) { r.CompactString() }},
	} {
		r := NewReader(c.body)
		c.read(r)
		if !errors.Is(r.Err(), ErrMalformed) {
			t.Errorf("%s: %v", name, r.Err())
		}
	}
}

// Row 29: the null of compact strings, over whole requests.
func TestRow29NullForString(t *testing.T) {
	for name, c := range map[string]struct {
		version int16
		body    []byte
	}{
		"FindCoordinatorRequest": {3, []byte{0, 0, 0}},
		"HeartbeatRequest":       {4, []byte{0, 0, 0, 0, 0, 1, 0, 0}},
		"SaslHandshakeRequest":   {1, []byte{0xff, 0xff}},
		"ApiVersionsRequest":     {3, []byte{0, 0, 0}},
	} {
		mustRefuse(t, lookupMessage(t, name), c.version, c.body)
	}
}

// Row 30: bytes after a valid body are left alone, as Kafka does.
func TestRow30BytesLeftOver(t *testing.T) {
	extra := []byte{1, 2, 3}
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		m := info.new()
		m.SetDefaults()
		r := NewReader(append(m.Append(nil, version), extra...))
		info.new().Decode(r, version)
		if r.Err() != nil || !bytes.Equal(r.Rest(), extra) {
			t.Errorf("version %d: %v", version, r.Err())
		}
	})
}
