package wire

import "fmt"

// The newest versions of the embedded consumer protocol that are known here.
const (
	maxSubscriptionVersion = 3
	maxAssignmentVersion   = 3
)

// DecodeSubscription reads the metadata that a member of a classic group of
// protocol type "consumer" joins with: a version and a
// ConsumerProtocolSubscription. A later version is read as the newest one that
// is known, as Kafka's clients do.
func DecodeSubscription(b []byte) (ConsumerProtocolSubscription, error) {
	var s ConsumerProtocolSubscription
	err := decodeEmbedded(b, &s, maxSubscriptionVersion)
	return s, err
}

// AppendSubscription is the reverse of DecodeSubscription.
func AppendSubscription(dst []byte, s *ConsumerProtocolSubscription, version int16) []byte {
	return s.Append(AppendInt16(dst, version), version)
}

// DecodeAssignment reads the assignment of a member of a classic group of
// protocol type "consumer": a version and a ConsumerProtocolAssignment.
func DecodeAssignment(b []byte) (ConsumerProtocolAssignment, error) {
	var a ConsumerProtocolAssignment
	err := decodeEmbedded(b, &a, maxAssignmentVersion)
	return a, err
}

// AppendAssignment is the reverse of DecodeAssignment.
func AppendAssignment(dst []byte, a *ConsumerProtocolAssignment, version int16) []byte {
	return a.Append(AppendInt16(dst, version), version)
}

func decodeEmbedded(b []byte, m Message, newest int16) error {
	r := NewReader(b)
	version := r.Int16()
	if version < 0 {
		return fmt.Errorf("%w: consumer protocol version %d", ErrMalformed, version)
	}
	m.Decode(r, min(version, newest))
	return r.err
}
