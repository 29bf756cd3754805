package wire

import (
	"testing"

	"pgregory.net/rapid"
)

func TestUUIDText(t *testing.T) {
	for text, u := range map[string]UUID{
		"AAAAAAAAAAAAAAAAAAAAAA": ZeroUUID,
		"AAAAAAAAAAAAAAAAAAAAAQ": {15: 1}, // the topic __cluster_metadata
		"_____________________w": {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
		"-AAAAAAAAAAAAAAAAAAAAA": {0: 0xf8},
	} {
		if got := u.String(); got != text {
			t.Errorf("% x is %s, want %s", u[:], got, text)
		}
		if got, err := ParseUUID(text); err != nil || got != u {
			t.Errorf("%s is % x, %v", text, got[:], err)
		}
	}
}

func TestParseUUIDRefuses(t *testing.T) {
	for _, text := range []string{
		"", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA==", "+AAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAA\nAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA\r\n",
	} {
		if u, err := ParseUUID(text); err == nil {
			t.Errorf("%q is %s", text, u)
		}
	}
}

// Compose files are full of hand-made cluster ids whose last bits are set.
func TestParseUUIDIgnoresUnusedBits(t *testing.T) {
	u, err := ParseUUID("MkU3OEVBNTcwNTJENDM2Qk")
	if err != nil || string(u[:]) != "2E78EA57052D436B" {
		t.Errorf("%q, %v", u[:], err)
	}
}

func TestUUIDRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		if back, err := ParseUUID(u.String()); err != nil || back != u || u.IsZero() != (u == ZeroUUID) {
			t.Fatalf("%s became %s, %v", u, back, err)
		}
	})
}
