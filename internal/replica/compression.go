package replica

import (
	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/config"
)

// compression is what a topic's batches are compressed with, whatever the
// producer chose.
type compression struct {
	codec batch.Codec
	level int
}

// compressionOf returns the topic's own compression, or nil for that of the
// producer.
func compressionOf(t *config.TopicSettings) *compression {
	codec, ok := batch.ParseCodec(t.CompressionType)
	if !ok {
		return nil // "producer"
	}
	c := &compression{codec: codec, level: batch.DefaultLevel}
	// Kafka's numbers for the default of the codec are -1, 9 and 3.
	switch {
	case codec == batch.Gzip && t.GzipLevel > 0:
		c.level = t.GzipLevel
	case codec == batch.LZ4 && t.LZ4Level != 9:
		c.level = t.LZ4Level
	case codec == batch.Zstd && t.ZstdLevel != 0:
		c.level = t.ZstdLevel
	}
	return c
}

// claims says whether b, which was not checked yet, has another codec, so that
// its records will be needed.
func (c *compression) claims(b []byte) bool {
	h, err := batch.ParseHeader(b)
	return err == nil && h.Codec() != c.codec
}

// apply returns the batch b, which was checked, with the topic's codec. One
// that has it already stays as it is, whatever its level, as in Kafka. A new
// batch's size was not checked yet.
func (c *compression) apply(b []byte, info *batch.Info) ([]byte, error) {
	if info.Codec() == c.codec {
		return b, nil
	}
	b, err := batch.Recompress(nil, b, c.codec, c.level)
	if err != nil {
		return nil, err
	}
	info.Header, err = batch.ParseHeader(b)
	return b, err
}
