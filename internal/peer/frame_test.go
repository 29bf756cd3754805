package peer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// frame is an answer of n bytes, all of them b.
func frame(n int, b byte) []byte {
	f := binary.BigEndian.AppendUint32(nil, uint32(n))
	return append(f, bytes.Repeat([]byte{b}, n)...)
}

// counting counts reads.
type counting struct {
	io.Reader
	reads int
}

func (c *counting) Read(p []byte) (int, error) {
	c.reads++
	return c.Reader.Read(p)
}

func TestFrames(t *testing.T) {
	sizes := []int{4, 5, 100, leastBufferBytes - 4, leastBufferBytes, 3 << 20, 8, 200_000}
	var all []byte
	for i, n := range sizes {
		all = append(all, frame(n, byte(i+1))...)
	}
	for name, r := range map[string]io.Reader{
		"whole": bytes.NewReader(all), "halves": iotest.HalfReader(bytes.NewReader(all)),
		"bytes": iotest.OneByteReader(bytes.NewReader(all)), "EOF with data": iotest.DataErrReader(bytes.NewReader(all)),
	} {
		t.Run(name, func(t *testing.T) {
			in := frameReader{maxBytes: 4 << 20}
			for i, n := range sizes {
				got, err := in.next(r)
				if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{byte(i + 1)}, n)) {
					t.Fatalf("frame %d of %d bytes: %d bytes, %v", i, n, len(got), err)
				}
			}
			if _, err := in.next(r); !errors.Is(err, io.EOF) {
				t.Errorf("at the end: %v", err)
			}
			if len(in.buf) > keptBufferBytes {
				t.Errorf("a buffer of %d bytes is kept", len(in.buf))
			}
		})
	}
}

// TestFrameTakesOneRead: an answer that is there as a whole costs one system call.
func TestFrameTakesOneRead(t *testing.T) {
	in := frameReader{maxBytes: 1 << 20}
	for range 3 {
		r := &counting{Reader: bytes.NewReader(frame(1000, 1))}
		if _, err := in.next(r); err != nil || r.reads != 1 {
			t.Errorf("%d reads, %v", r.reads, err)
		}
	}
}

func TestFrameErrors(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":           {nil, io.EOF},
		"half a length":     {[]byte{0, 0}, io.ErrUnexpectedEOF},
		"a length only":     {frame(9, 1)[:4], io.ErrUnexpectedEOF},
		"half a frame":      {frame(9, 1)[:8], io.ErrUnexpectedEOF},
		"too short":         {frame(3, 1), errAnswer},
		"too long":          {frame(101, 1), errAnswer},
		"a negative length": {[]byte{255, 255, 255, 255}, errAnswer},
	} {
		in := frameReader{maxBytes: 100}
		if _, err := in.next(bytes.NewReader(c.data)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
