package proxy

import (
	"encoding/binary"
	"io"
	"time"
)

// maxFrame is the longest frame that is taken as one; what claims to be longer is no
// frame of Kafka's (socket.request.max.bytes is 100 MiB).
const maxFrame = 128 << 20

// maxQueued is how many frames of a direction may wait; then the sender does.
const maxQueued = 64

// frame is a request or an answer with its length, or a piece of a stream that is no
// Kafka.
type frame struct {
	bytes  []byte
	at     time.Time // when it was complete
	number int64     // of all frames of the front
	key    int16     // of the API; -1: not known
	luck   luck
	waited bool // for a fault
}

// reader cuts a stream into frames.
type reader struct {
	r   io.Reader
	raw bool // it is no Kafka
}

// next returns the bytes of the next frame. At the end of the stream there may be bytes
// of one that is not complete.
func (r *reader) next() ([]byte, error) {
	if r.raw {
		return r.piece(nil)
	}
	b := make([]byte, 4)
	if n, err := io.ReadFull(r.r, b); err != nil {
		return b[:n], err
	}
	size := int32(binary.BigEndian.Uint32(b))
	if size < 4 || size > maxFrame {
		r.raw = true
		return r.piece(b)
	}
	// Memory is taken for what came, not for what was announced.
	for size := int(size); len(b) < 4+size; {
		have := len(b)
		b = append(b, make([]byte, min(4+size-have, 1<<20))...)
		if n, err := io.ReadFull(r.r, b[have:]); err != nil {
			return b[:have+n], err
		}
	}
	return b, nil
}

// piece returns what there is, behind b.
func (r *reader) piece(b []byte) ([]byte, error) {
	if len(b) > 0 {
		return b, nil
	}
	b = make([]byte, 64<<10)
	n, err := r.r.Read(b)
	return b[:n], err
}

// requestOf reads the header of a request.
func requestOf(b []byte) (request, bool) {
	if len(b) < 12 {
		return request{}, false
	}
	return request{key: int16(binary.BigEndian.Uint16(b[4:])), correlation: int32(binary.BigEndian.Uint32(b[8:]))}, true
}

// correlationOf reads the header of an answer.
func correlationOf(b []byte) (int32, bool) {
	if len(b) < 8 {
		return 0, false
	}
	return int32(binary.BigEndian.Uint32(b[4:])), true
}
