package wire

import "testing"

// fuzzMessage feeds one message type with bytes at all of its versions.
func fuzzMessage(f *testing.F, name string) {
	info := lookupMessage(f, name)
	f.Fuzz(func(t *testing.T, version int16, body []byte) {
		m := info.new()
		r := NewReader(body)
		m.Decode(r, version)
	})
}
