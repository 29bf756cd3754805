package peer

import (
	"encoding/binary"
	"errors"
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

// frameReader reads answers into a buffer that is used again. One read takes what
// is there: for most answers the only system call.
type frameReader struct {
	maxBytes int
	buf      []byte
	at, have int // what was read and not returned yet
}

const (
	// leastBufferBytes has room for most answers that carry no records.
	leastBufferBytes = 4 << 10
	// keptBufferBytes is what may stay allocated between two answers, however small
	// they are.
	keptBufferBytes = 1 << 20
)

// next reads one answer. It is valid until the next call.
func (f *frameReader) next(r io.Reader) ([]byte, error) {
	f.have = copy(f.buf, f.buf[f.at:f.have])
	f.at = 0
	if err := f.fill(r, frameSizeBytes); err != nil {
		return nil, err
	}
	n := int(int32(binary.BigEndian.Uint32(f.buf)))
	if n < 4 || n > f.maxBytes {
		return nil, fmt.Errorf("%w of %d bytes, at most %d", errAnswer, n, f.maxBytes)
	}
	if err := f.fill(r, frameSizeBytes+n); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	f.at = frameSizeBytes + n
	return f.buf[frameSizeBytes:f.at], nil
}

// fill reads until n bytes are there.
func (f *frameReader) fill(r io.Reader, n int) error {
	if n > len(f.buf) || len(f.buf) > keptBufferBytes && max(n, f.have) < len(f.buf)/4 && n > frameSizeBytes {
		bigger := make([]byte, max(n, f.have, leastBufferBytes))
		f.have = copy(bigger, f.buf[:f.have])
		f.buf = bigger
	}
	if f.have >= n {
		return nil
	}
	got, err := io.ReadAtLeast(r, f.buf[f.have:], n-f.have)
	f.have += got
	return err
}

// rest is the number of bytes behind the last answer that have arrived.
func (f *frameReader) rest() int { return f.have - f.at }

// reset forgets what was read; another connection is next.
func (f *frameReader) reset() { f.at, f.have = 0, 0 }

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
