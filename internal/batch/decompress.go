package batch

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// minOutputCap is the output that any batch may decompress to; a larger batch
// may reach maxRatio times its size.
const (
	minOutputCap = 64 << 20
	maxRatio     = 100
)

// OutputCap is the most a batch of size bytes may decompress to. It keeps a
// small batch from becoming gigabytes.
func OutputCap(size int) int64 { return max(minOutputCap, maxRatio*int64(size)) }

// maxZstdWindow is the window of zstd's highest level, what the Java client
// accepts by default too. A decoder takes memory for the whole window that a
// frame asks for, however short the frame is; levels up to 19 ask for
// usualZstdWindow at most.
const (
	maxZstdWindow   = 128 << 20
	usualZstdWindow = 8 << 20
)

var errOutputCap = errors.New("decompressed records exceed the limit")

// decompressor is a reusable stream decoder.
type decompressor struct {
	codec  Codec
	src    bytes.Reader
	gzip   *gzip.Reader
	lz4    *lz4.Reader
	zstd   *zstd.Decoder
	snappy snappyReader
	large  bool // zstd has a large window, and largeWindow is locked
}

// Decoders hold tens of KiB and are worth keeping, one pool per codec. The pools
// and the lock are the only state this room has.
var decompressors [Zstd + 1]sync.Pool

// largeWindow is held by the one decoder that may have more than
// usualZstdWindow: many at once would be as many times 128 MiB for a few bytes.
var largeWindow sync.Mutex

// openDecompressor returns a decoder over src; it must be given to
// closeDecompressor.
func openDecompressor(codec Codec, src []byte) (*decompressor, error) {
	d, _ := decompressors[codec].Get().(*decompressor)
	if d == nil {
		d = &decompressor{codec: codec}
	}
	d.src.Reset(src)
	var err error
	switch codec {
	case Gzip:
		if d.gzip == nil {
			d.gzip = new(gzip.Reader)
		}
		err = d.gzip.Reset(&d.src)
	case Snappy:
		d.snappy.reset(src)
	case LZ4:
		if d.lz4 == nil {
			d.lz4 = lz4.NewReader(nil)
		}
		d.lz4.Reset(&d.src)
	case Zstd:
		err = d.resetZstd(src)
	default:
		panic("BUG: no decompressor for codec " + codec.String())
	}
	if err != nil {
		closeDecompressor(d)
		return nil, err
	}
	return d, nil
}

func (d *decompressor) resetZstd(src []byte) error {
	var first zstd.Header
	if err := first.Decode(src); err == nil && first.WindowSize > usualZstdWindow {
		largeWindow.Lock()
		d.large = true
		return d.openZstd(maxZstdWindow)
	}
	if d.zstd == nil {
		return d.openZstd(usualZstdWindow)
	}
	return d.zstd.Reset(&d.src)
}

func (d *decompressor) openZstd(maxWindow uint64) error {
	z, err := zstd.NewReader(&d.src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return err
	}
	d.zstd = z
	return nil
}

func closeDecompressor(d *decompressor) {
	d.src.Reset(nil)
	d.snappy.reset(nil)
	if d.large {
		if d.zstd != nil {
			d.zstd.Close()
		}
		largeWindow.Unlock()
		return // its memory is not worth keeping
	}
	decompressors[d.codec].Put(d)
}

// Read makes progress or fails: zero bytes without an error never come back.
func (d *decompressor) Read(p []byte) (int, error) {
	for range 100 {
		n, err := d.read(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

func (d *decompressor) read(p []byte) (int, error) {
	switch d.codec {
	case Gzip:
		return d.gzip.Read(p)
	case Snappy:
		return d.snappy.Read(p)
	case LZ4:
		return d.lz4.Read(p)
	default:
		return d.zstd.Read(p)
	}
}

// Decompress returns src decompressed. It grows its buffer as output comes
// and fails when the output exceeds maxOutput bytes.
func Decompress(codec Codec, src []byte, maxOutput int64) ([]byte, error) {
	if !codec.Valid() {
		return nil, errorf(UnsupportedCompression, "Unknown compression type id: %d", codec)
	}
	if codec == None {
		return src, nil
	}
	d, err := openDecompressor(codec, src)
	if err != nil {
		return nil, errorf(InvalidRecord, "Records cannot be decompressed (%s): %v", codec, err)
	}
	defer closeDecompressor(d)
	out := make([]byte, 0, min(int64(len(src))*4, maxOutput, 1<<20)+512)
	for {
		if len(out) == cap(out) {
			// Doubling costs twice the output in all; append would cost five times.
			out = slices.Grow(out, len(out))
		}
		n, err := d.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if int64(len(out)) > maxOutput {
			return nil, errorf(InvalidRecord, "Records cannot be decompressed (%s): %v of %d bytes", codec, errOutputCap, maxOutput)
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, errorf(InvalidRecord, "Records cannot be decompressed (%s): %v", codec, err)
		}
	}
}
