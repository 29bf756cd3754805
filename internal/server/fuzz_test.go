package server

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// splitFrames is the plain way to cut a stream into frames; ok is false when it has
// a length that no frame may have.
func splitFrames(b []byte, maxBytes int) (frames [][]byte, ok bool) {
	for len(b) >= 4 {
		size := int(int32(binary.BigEndian.Uint32(b)))
		if size < minFrameBytes || size > maxBytes {
			return frames, false
		}
		if len(b) < 4+size {
			break
		}
		frames = append(frames, b[4:4+size])
		b = b[4+size:]
	}
	return frames, true
}

// FuzzFrames: however a stream is cut into reads, and whether the connection parks
// between them, the same frames come out, and what is held for half a frame is in
// proportion to what has arrived.
func FuzzFrames(f *testing.F) {
	f.Add(append(frame(1, 2, []byte("body")...), frame(3, 4)...), []byte{1, 3, 200}, false)
	f.Add(lengthOnly(1<<20, make([]byte, 100)...), []byte{7}, true)
	f.Add(lengthOnly(0xffffffff), []byte{}, true)
	f.Fuzz(func(t *testing.T, stream, cuts []byte, parks bool) {
		const maxBytes = 1 << 20
		want, wantOK := splitFrames(stream, maxBytes)
		in := inbox{pool: &bufferPool{}, maxBytes: maxBytes}
		var got [][]byte
		gotOK := true
		for rest := stream; len(rest) > 0 && gotOK; {
			step := 1 + len(rest)/2
			if len(cuts) > 0 {
				step, cuts = 1+int(cuts[0]), cuts[1:]
			}
			n := copy(in.free(), rest[:min(step, len(rest))])
			in.received(n)
			rest = rest[n:]
			for {
				fr, err := in.next()
				if err != nil {
					gotOK = false
				}
				if fr == nil {
					break
				}
				got = append(got, bytes.Clone(fr))
			}
			if !gotOK {
				break
			}
			in.settle()
			if parks {
				in.park()
			}
			if in.buf != nil && parks && len(in.buf.b) > max(in.pending()*growFactor, minBufferBytes(in.pending())) {
				t.Fatalf("%d bytes are held for %d", len(in.buf.b), in.pending())
			}
		}
		if gotOK != wantOK || len(got) != len(want) {
			t.Fatalf("%d frames (%v), want %d (%v)", len(got), gotOK, len(want), wantOK)
		}
		for i := range got {
			if !bytes.Equal(got[i], want[i]) {
				t.Fatalf("frame %d differs", i)
			}
		}
	})
}

// minBufferBytes is the size class of the pool that n bytes take.
func minBufferBytes(n int) int {
	b := (&bufferPool{}).get(2 * n)
	return len(b.b)
}
