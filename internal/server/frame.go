package server

import (
	"encoding/binary"
	"errors"
)

// growFactor bounds the memory a half-received frame may hold: at most this
// many bytes of buffer for each byte that has really arrived.
const growFactor = 16

// minFrameBytes is API key, API version and correlation id.
const minFrameBytes = 8

var (
	errFrameSize = errors.New("frame length outside 8 .. socket.request.max.bytes")
)

// inbox collects the bytes of one connection and cuts them into frames.
type inbox struct {
	pool     *bufferPool
	maxBytes int // largest frame accepted

	buf  *buffer // nil while the connection is parked with nothing received
	at   int     // start of the first frame not yet taken
	have int     // end of received bytes

	// lastFrame is the size of the last frame larger than a read buffer. The
	// next read starts with a buffer of that size: producers send batches of
	// much the same size one after the other.
	lastFrame int
}

// free returns the part of the buffer to read into, getting one if needed.
func (in *inbox) free() []byte {
	if in.buf == nil {
		in.buf = in.pool.get(max(readBufBytes, in.lastFrame))
		in.at, in.have = 0, 0
	}
	return in.buf.b[in.have:]
}

// received notes that n bytes were read into free().
func (in *inbox) received(n int) { in.have += n }

// pending is the number of bytes received and not yet taken.
func (in *inbox) pending() int { return in.have - in.at }

// next returns the next whole frame without its length, or nil when it has not
// arrived completely. The slice aliases the buffer.
func (in *inbox) next() ([]byte, error) {
	if in.pending() < 4 {
		return nil, nil
	}
	size := int(int32(binary.BigEndian.Uint32(in.buf.b[in.at:])))
	if size < minFrameBytes || size > in.maxBytes {
		return nil, errFrameSize
	}
	if in.pending() < 4+size {
		return nil, nil
	}
	frame := in.buf.b[in.at+4 : in.at+4+size : in.at+4+size]
	in.at += 4 + size
	in.lastFrame = 0
	if 4+size > readBufBytes {
		in.lastFrame = min(4+size, maxPooledBytes)
	}
	return frame, nil
}

// settle prepares for the next read after all whole frames were taken: the rest
// moves to the front of a buffer with room for more of the frame it begins.
func (in *inbox) settle() {
	rest := in.pending()
	if rest == 0 {
		in.release()
		return
	}
	want := readBufBytes
	if rest >= 4 {
		frame := 4 + int(binary.BigEndian.Uint32(in.buf.b[in.at:]))
		if frame > readBufBytes {
			want = min(frame, max(readBufBytes, rest*growFactor))
		}
	}
	if in.at == 0 && want <= len(in.buf.b) {
		return
	}
	in.move(want)
}

// move puts the rest at the front of a buffer of at least size bytes.
func (in *inbox) move(size int) {
	rest := in.buf.b[in.at:in.have]
	if size <= len(in.buf.b) {
		copy(in.buf.b, rest)
	} else {
		bigger := in.pool.get(size)
		copy(bigger.b, rest)
		in.pool.put(in.buf)
		in.buf = bigger
	}
	in.at, in.have = 0, len(rest)
}

// park is called when nothing can be read: it gives the buffer back, or when
// part of a frame has arrived exchanges an oversized one.
func (in *inbox) park() {
	if in.buf == nil {
		return
	}
	rest := in.pending()
	if rest == 0 {
		in.release()
		return
	}
	if len(in.buf.b) > rest*growFactor {
		smaller := in.pool.get(2 * rest)
		copy(smaller.b, in.buf.b[in.at:in.have])
		in.pool.put(in.buf)
		in.buf, in.at, in.have = smaller, 0, rest
	}
}

// release gives the buffer back. Frames taken from it are no longer valid.
func (in *inbox) release() {
	if in.buf != nil {
		in.pool.put(in.buf)
		in.buf = nil
	}
	in.at, in.have = 0, 0
}

// detach moves a frame that was just taken out of the read buffer into one of
// its own size and gives the read buffer back, because the request may wait for
// minutes. The caller returns the result to the pool.
func (in *inbox) detach(frame []byte) *buffer {
	own := in.pool.get(len(frame))
	own.b = own.b[:copy(own.b, frame)]
	if rest := in.pending(); rest == 0 {
		in.release()
	} else if len(in.buf.b) > rest*growFactor {
		in.park()
	}
	return own
}
