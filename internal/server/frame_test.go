package server

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// TestInboxCutsAnyStream feeds frames in arbitrary pieces and checks that they
// come out whole, and that no more memory is held than what has arrived allows.
func TestInboxCutsAnyStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want [][]byte
		for range rapid.IntRange(1, 6).Draw(t, "frames") {
			size := rapid.OneOf(rapid.IntRange(8, 300), rapid.IntRange(60_000, 70_000), rapid.IntRange(200_000, 400_000)).Draw(t, "size")
			frame := bytes.Repeat([]byte{byte(len(want) + 1)}, size)
			want = append(want, frame)
			stream = append(binary.BigEndian.AppendUint32(stream, uint32(size)), frame...)
		}
		in := inbox{pool: &bufferPool{}, maxBytes: 1 << 20}
		got := 0
		for len(stream) > 0 {
			room := in.free()
			n := min(rapid.IntRange(1, 100_000).Draw(t, "read"), len(room), len(stream))
			in.received(copy(room[:n], stream))
			stream = stream[n:]
			for {
				frame, err := in.next()
				if err != nil {
					t.Fatal(err)
				}
				if frame == nil {
					break
				}
				if rapid.Bool().Draw(t, "detach") {
					own := in.detach(frame)
					frame = bytes.Clone(own.b)
					in.pool.put(own)
				}
				if !bytes.Equal(frame, want[got]) {
					t.Fatalf("frame %d has %d bytes, want %d", got, len(frame), len(want[got]))
				}
				got++
			}
			in.settle()
			if rapid.Bool().Draw(t, "park") {
				in.park()
				rest := in.pending()
				if (in.buf == nil) != (rest == 0) {
					t.Fatalf("%d bytes wait, buffer %v", rest, in.buf != nil)
				}
				if in.buf != nil && len(in.buf.b) > max(growFactor*rest, 1<<minClassBits) {
					t.Fatalf("a buffer of %d bytes for %d", len(in.buf.b), rest)
				}
			}
		}
		if got != len(want) || in.pending() != 0 {
			t.Fatalf("%d frames of %d, %d bytes left", got, len(want), in.pending())
		}
	})
}

func TestBufferClasses(t *testing.T) {
	var p bufferPool
	for _, n := range []int{0, 1, 512, 513, 4096, readBufBytes, readBufBytes + 1, 1 << 20, maxPooledBytes, maxPooledBytes + 1} {
		b := p.get(n)
		if len(b.b) < n || n > 512 && len(b.b) >= 2*n && n <= maxPooledBytes {
			t.Errorf("%d bytes wanted, %d given", n, len(b.b))
		}
		b.b = b.b[:0]
		p.put(b)
	}
	// What append made of a buffer goes to a class that it fills.
	p.put(&buffer{b: make([]byte, 0, 5000)})
	if b := p.get(5000); len(b.b) < 5000 {
		t.Errorf("%d bytes given of 5000", len(b.b))
	}
}
