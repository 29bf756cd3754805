package wire

import (
	"encoding/base64"
	"fmt"
)

// UUID identifies a topic, a log directory or a process. Its text form is
// Kafka's: 22 characters of base64url without padding.
type UUID [16]byte

// ZeroUUID stands for "no id".
var ZeroUUID = UUID{}

// String returns the 22-character form.
func (u UUID) String() string {
	return base64.RawURLEncoding.EncodeToString(u[:])
}

// IsZero tells whether u is ZeroUUID.
func (u UUID) IsZero() bool {
	return u == UUID{}
}

// ParseUUID parses the 22-character form. Like Kafka it ignores the last four
// bits, which have no place in 16 bytes: cluster ids that people made up by hand
// often have them set.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) != base64.RawURLEncoding.EncodedLen(len(u)) {
		return UUID{}, fmt.Errorf("uuid %q does not have 22 characters", s)
	}
	n, err := base64.RawURLEncoding.Decode(u[:], []byte(s))
	if err != nil {
		return UUID{}, fmt.Errorf("uuid %q: %w", s, err)
	}
	if n != len(u) { // the decoder skips line breaks
		return UUID{}, fmt.Errorf("uuid %q does not have 22 characters of base64url", s)
	}
	return u, nil
}
