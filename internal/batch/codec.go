package batch

import "fmt"

// Codec is a compression type, by its id in the attributes.
type Codec uint8

// The codecs Kafka knows.
const (
	None Codec = iota
	Gzip
	Snappy
	LZ4
	Zstd
)

var codecNames = [...]string{"none", "gzip", "snappy", "lz4", "zstd"}

// String is the name as in compression.type.
func (c Codec) String() string {
	if int(c) < len(codecNames) {
		return codecNames[c]
	}
	return fmt.Sprintf("unknown(%d)", uint8(c))
}

// Valid says whether the id stands for a codec.
func (c Codec) Valid() bool { return c <= Zstd }

// ParseCodec is the inverse of String; "uncompressed" is none.
func ParseCodec(name string) (Codec, bool) {
	if name == "uncompressed" {
		return None, true
	}
	for i, n := range codecNames {
		if n == name {
			return Codec(i), true
		}
	}
	return 0, false
}
