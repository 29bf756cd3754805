package wire

import (
	"bytes"
	"reflect"
	"testing"
)

// rounds is how many random messages of each type and version are tried.
const rounds = 15

func TestRoundTripKeepsEveryFieldOfTheVersion(t *testing.T) {
	fill := newFiller(7)
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		for range rounds {
			m, back := info.new(), info.new()
			fill.fill(reflect.ValueOf(m).Elem())
			body := m.Append(nil, version)
			mustDecode(t, back, body, version)
			if d := difference(m, back, version); d != "" {
				t.Fatalf("version %d: %s", version, d)
			}
			if again := back.Append(nil, version); !bytes.Equal(again, body) {
				t.Fatalf("version %d: % x became % x", version, body, again)
			}
		}
	})
}

// Decoding into a message that held something else must not leave traces.
func TestDecodeIntoUsedMessage(t *testing.T) {
	fill := newFiller(8)
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		used := info.new()
		for range rounds {
			fill.fill(reflect.ValueOf(used).Elem())
			m := info.new()
			fill.fill(reflect.ValueOf(m).Elem())
			mustDecode(t, used, m.Append(nil, version), version)
			if d := difference(m, used, version); d != "" {
				t.Fatalf("version %d: %s", version, d)
			}
		}
	})
}

// A message that is cut short is an error at every length.
func TestTruncatedBody(t *testing.T) {
	fill := newFiller(9)
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		m := info.new()
		fill.fill(reflect.ValueOf(m).Elem())
		body := m.Append(nil, version)
		for n := range min(len(body), 200) {
			r := NewReader(body[:n])
			info.new().Decode(r, version)
			if r.Err() == nil {
				t.Fatalf("version %d: %d of %d bytes are enough", version, n, len(body))
			}
		}
	})
}

// Append must not write over or depend on what is in front.
func TestAppendKeepsPrefix(t *testing.T) {
	fill := newFiller(10)
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		m := info.new()
		fill.fill(reflect.ValueOf(m).Elem())
		body := m.Append(nil, version)
		prefixed := m.Append([]byte("prefix"), version)
		if string(prefixed) != "prefix"+string(body) {
			t.Fatalf("version %d: % x behind a prefix is % x", version, body, prefixed)
		}
	})
}

// Versions outside of the valid ones have no meaning, but must not panic.
func TestInvalidVersions(t *testing.T) {
	fill := newFiller(11)
	for _, info := range allMessages {
		m := info.new()
		fill.fill(reflect.ValueOf(m).Elem())
		body := m.Append(nil, info.high)
		for _, version := range []int16{-32768, -1, info.low - 1, info.high + 1, 32767} {
			info.new().Decode(NewReader(body), version)
			m.Append(nil, version)
		}
	}
}
