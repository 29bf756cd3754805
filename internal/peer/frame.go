package peer

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/brolga-io/brolga/internal/wire"
)

// frameSizeBytes is the length in front of each request and answer.
const frameSizeBytes = 4

// appendRequest appends a whole frame.
func appendRequest(dst []byte, h wire.RequestHeader, req wire.Request) []byte {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = h.Append(dst)
	dst = req.Append(dst, h.APIVersion)
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-frameSizeBytes))
	return dst
}

// frameReader reads answers into a buffer that is used again.
type frameReader struct {
	maxBytes int
	size     [frameSizeBytes]byte
	buf      []byte
}

// keptBufferBytes is what may stay allocated between two answers, however small
// they are.
const keptBufferBytes = 1 << 20

// next reads one answer. It is valid until the next call.
func (f *frameReader) next(r io.Reader) ([]byte, error) {
	if _, err := io.ReadFull(r, f.size[:]); err != nil {
		return nil, err
	}
	n := int(int32(binary.BigEndian.Uint32(f.size[:])))
	if n < 4 || n > f.maxBytes {
		return nil, fmt.Errorf("%w of %d bytes, at most %d", errAnswer, n, f.maxBytes)
	}
	if n > cap(f.buf) || cap(f.buf) > keptBufferBytes && n < cap(f.buf)/4 {
		f.buf = make([]byte, n)
	}
	f.buf = f.buf[:n]
	_, err := io.ReadFull(r, f.buf)
	return f.buf, err
}

// decodeAnswer reads header and body.
func decodeAnswer(frame []byte, h *wire.RequestHeader, resp wire.Message) error {
	r := wire.NewReader(frame)
	id, err := wire.DecodeResponseHeader(r, h.APIKey, h.APIVersion)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errAnswer, err)
	case id != h.CorrelationID:
		return fmt.Errorf("%w: correlation id %d instead of %d", errAnswer, id, h.CorrelationID)
	}
	resp.Decode(r, h.APIVersion)
	if err := r.Err(); err != nil {
		return fmt.Errorf("%w: %w", errAnswer, err)
	}
	return nil
}
