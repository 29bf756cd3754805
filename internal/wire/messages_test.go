package wire

import "testing"

// messageInfo describes a generated message to the tests.
type messageInfo struct {
	name         string
	kind         string // type of the definition: request, response, metadata, …
	key          int    // API key or record type, -1 for none
	low, high    int16  // valid versions
	flexibleFrom int16  // -1 for never
	new          func() Message
}

func (i messageInfo) flexible(version int16) bool {
	return i.flexibleFrom >= 0 && version >= i.flexibleFrom
}

// fieldInfo tells in which versions a field is present and nullable.
type fieldInfo struct {
	present, nullable versionRange
}

type versionRange struct {
	low, high int16
}

var never = versionRange{1, 0}

func (v versionRange) has(version int16) bool {
	return v.low <= version && version <= v.high
}

func lookupMessage(t testing.TB, name string) messageInfo {
	for _, i := range allMessages {
		if i.name == name {
			return i
		}
	}
	t.Fatalf("no message %s", name)
	return messageInfo{}
}

// forEachVersion runs test for every message and each of its versions.
func forEachVersion(t *testing.T, test func(t *testing.T, info messageInfo, version int16)) {
	for _, info := range allMessages {
		t.Run(info.name, func(t *testing.T) {
			for version := info.low; version <= info.high; version++ {
				test(t, info, version)
			}
		})
	}
}

// mustDecode decodes a body that has to be right and complete.
func mustDecode(t testing.TB, m Message, body []byte, version int16) {
	t.Helper()
	r := NewReader(body)
	m.Decode(r, version)
	if err := r.Err(); err != nil {
		t.Fatalf("%T version %d: %v in % x", m, version, err, body)
	}
	if r.Remaining() != 0 {
		t.Fatalf("%T version %d: %d bytes left of % x", m, version, r.Remaining(), body)
	}
}
