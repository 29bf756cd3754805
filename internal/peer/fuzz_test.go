package peer

import (
	"bytes"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// FuzzAnswer: whatever the other end sends, it is decoded or refused, and never
// takes more memory than the limit.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte{0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 4, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		in := frameReader{maxBytes: 1 << 16}
		rest := bytes.NewReader(data)
		for {
			frame, err := in.next(rest)
			if err != nil {
				break
			}
			if len(frame) > in.maxBytes {
				t.Fatalf("an answer of %d bytes", len(frame))
			}
			h := wire.RequestHeader{APIKey: wire.APIKeyFetch, APIVersion: 17, CorrelationID: 1}
			_ = decodeAnswer(frame, &h, &wire.FetchResponse{})
		}
	})
}
