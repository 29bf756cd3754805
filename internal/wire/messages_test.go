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

func lookupMessage(t testing.TB, name string) messageInfo {
	for _, i := range allMessages {
		if i.name == name {
			return i
		}
	}
	t.Fatalf("no message %s", name)
	return messageInfo{}
}
