package cli

import "encoding/binary"

// Kafka's writers of message format 0 put a wrong checksum into the header of
// LZ4 frames: it covered the magic number too. fixLZ4Header returns the frame
// with the right one.
func fixLZ4Header(frame []byte) []byte {
	const magicSize, hasContentSize = 4, 1 << 3
	if len(frame) < magicSize+3 {
		return frame
	}
	size := 2
	if frame[magicSize]&hasContentSize != 0 {
		size += 8
	}
	if len(frame) <= magicSize+size {
		return frame
	}
	fixed := append([]byte(nil), frame...)
	fixed[magicSize+size] = byte(xxh32(frame[magicSize:magicSize+size]) >> 8)
	return fixed
}

// xxh32 is the hash of that name, of less than 16 bytes and with the seed 0.
func xxh32(b []byte) uint32 {
	const prime1, prime2, prime3, prime4, prime5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
	h := uint32(prime5) + uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		h += binary.LittleEndian.Uint32(b) * prime3
		h = (h<<17 | h>>15) * prime4
	}
	for _, c := range b {
		h += uint32(c) * prime5
		h = (h<<11 | h>>21) * prime1
	}
	h ^= h >> 15
	h *= prime2
	h ^= h >> 13
	h *= prime3
	return h ^ h>>16
}
