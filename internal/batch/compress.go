package batch

import (
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// DefaultLevel asks for the codec's default compression level.
const DefaultLevel = 0

// compressorKey tells pools apart: an encoder keeps the level it was made
// with.
type compressorKey struct {
	codec Codec
	level int
}

// compressor is any encoder that writes a stream and can start over.
type compressor interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// Pools by codec and level. Encoders hold up to a few hundred KiB.
var compressors sync.Map // compressorKey → *sync.Pool

// appendCompressed appends src compressed with codec. Level is the codec's
// own scale; levels outside of it are the nearest inside.
func appendCompressed(dst, src []byte, codec Codec, level int) []byte {
	switch codec {
	case None:
		return append(dst, src...)
	case Snappy:
		return appendXerial(dst, src)
	}
	key := compressorKey{codec, level}
	p, _ := compressors.LoadOrStore(key, new(sync.Pool))
	pool := p.(*sync.Pool)
	c, _ := pool.Get().(compressor)
	if c == nil {
		c = newCompressor(key)
	}
	w := sliceWriter{dst}
	c.Reset(&w)
	// Writing to memory cannot fail, so an error is ours.
	if _, err := c.Write(src); err != nil {
		panic("BUG: compress " + codec.String() + ": " + err.Error())
	}
	if err := c.Close(); err != nil {
		panic("BUG: compress " + codec.String() + ": " + err.Error())
	}
	pool.Put(c)
	return w.b
}

func newCompressor(key compressorKey) compressor {
	switch key.codec {
	case Gzip:
		level := gzip.DefaultCompression
		if key.level != DefaultLevel {
			level = min(max(key.level, gzip.BestSpeed), gzip.BestCompression)
		}
		w, err := gzip.NewWriterLevel(nil, level)
		if err != nil {
			panic("BUG: gzip level: " + err.Error())
		}
		return w
	case LZ4:
		return newLZ4(key.level)
	case Zstd:
		level := zstd.SpeedDefault
		if key.level != DefaultLevel {
			level = zstd.EncoderLevelFromZstd(key.level)
		}
		w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(level),
			zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
		if err != nil {
			panic("BUG: zstd level: " + err.Error())
		}
		return w
	}
	panic("BUG: no compressor for codec " + key.codec.String())
}

// newLZ4 makes frames as the Java client does: 64 KiB blocks without
// checksums. Levels up to 2 are the fast mode of the library.
func newLZ4(level int) compressor {
	w := lz4.NewWriter(nil)
	lz4Level := lz4.Fast
	if level > 2 {
		lz4Level = lz4.CompressionLevel(1 << (8 + min(level-2, 9)))
	}
	if err := w.Apply(lz4.BlockSizeOption(lz4.Block64Kb), lz4.ChecksumOption(false),
		lz4.CompressionLevelOption(lz4Level), lz4.ConcurrencyOption(1)); err != nil {
		panic("BUG: lz4 options: " + err.Error())
	}
	return w
}

type sliceWriter struct{ b []byte }

func (w *sliceWriter) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}
