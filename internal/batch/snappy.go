package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/s2"
)

// Snappy comes in two framings: Java and librdkafka wrap blocks in the
// xerial format (magic, version 1, compatible 1, then int32 length and block,
// repeated); some other clients send one raw block.

var xerialHeader = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1}

const (
	xerialMagicSize = 8
	xerialBlockSize = 32 << 10 // of input per block when writing, as Java's
	// maxSnappyRatio bounds what a snappy block can expand to: its densest
	// element makes 64 bytes from 3.
	maxSnappyRatio = 22
)

var errSnappy = errors.New("invalid snappy data")

// snappyReader decodes either framing block by block.
type snappyReader struct {
	src    []byte
	xerial bool
	begun  bool
	block  []byte // decoded, reused
	pos    int    // read position in block
}

func (s *snappyReader) reset(src []byte) {
	keep := s.block[:0]
	if cap(keep) > 1<<20 {
		keep = nil
	}
	*s = snappyReader{src: src, block: keep}
}

func (s *snappyReader) Read(p []byte) (int, error) {
	if s.pos == len(s.block) {
		if err := s.nextBlock(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.block[s.pos:])
	s.pos += n
	return n, nil
}

func (s *snappyReader) nextBlock() error {
	if !s.begun {
		s.begun = true
		if s.xerial = bytes.HasPrefix(s.src, xerialHeader[:xerialMagicSize]); s.xerial {
			if len(s.src) < len(xerialHeader) {
				return io.ErrUnexpectedEOF
			}
			s.src = s.src[len(xerialHeader):]
		}
	}
	if len(s.src) == 0 {
		return io.EOF
	}
	raw := s.src
	if s.xerial {
		if len(raw) < 4 {
			return io.ErrUnexpectedEOF
		}
		n := binary.BigEndian.Uint32(raw)
		if uint64(n) > uint64(len(raw)-4) {
			return io.ErrUnexpectedEOF
		}
		raw = raw[4 : 4+n]
		s.src = s.src[4+n:]
	} else {
		s.src = nil
	}
	return s.decode(raw)
}

func (s *snappyReader) decode(raw []byte) error {
	n, err := s2.DecodedLen(raw)
	if err != nil {
		return err
	}
	if n > maxSnappyRatio*len(raw) {
		return errSnappy
	}
	if cap(s.block) < n {
		s.block = make([]byte, n)
	}
	s.block, err = s2.Decode(s.block[:n], raw)
	s.pos = 0
	return err
}

// appendXerial appends src compressed in the xerial framing.
func appendXerial(dst, src []byte) []byte {
	dst = append(dst, xerialHeader...)
	for len(src) > 0 {
		n := min(len(src), xerialBlockSize)
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		dst = append(dst, make([]byte, s2.MaxEncodedLen(n))...)
		block := s2.EncodeSnappy(dst[at+4:], src[:n])
		binary.BigEndian.PutUint32(dst[at:], uint32(len(block)))
		dst = dst[:at+4+len(block)]
		src = src[n:]
	}
	return dst
}
