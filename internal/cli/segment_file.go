package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// segmentFile is a .log or .checkpoint file, read batch by batch as Kafka's
// FileLogInputStream does.
type segmentFile struct {
	file *os.File
	size int64
}

func openSegment(path string) (*segmentFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileException(path, err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &segmentFile{f, info.Size()}, nil
}

// fileException words a failure to open a file as Java does.
func fileException(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &exception{class: "java.nio.file.NoSuchFileException", text: path, cause: err}
	}
	return err
}

func (s *segmentFile) Close() { _ = s.file.Close() }

const (
	batchPrefixSize    = 17 // up to the magic byte
	batchLogOverhead   = 12 // offset and size
	batchMagicAt       = 16
	smallestRecordSize = 14 // of message format 0, without offset and size
)

// storedBatch is one batch with everything that it occupies in the file.
type storedBatch struct {
	position int64
	raw      []byte
}

func (b *storedBatch) magic() int8 { return int8(b.raw[batchMagicAt]) }

// batchScan reads the batches of a range of a segment.
type batchScan struct {
	segment *segmentFile
	at, end int64
	buf     []byte
}

// scan begins at a position and stops where the next batch does not end within
// the range.
func (s *segmentFile) scan(from, length int64) *batchScan {
	end := s.size
	if length < math.MaxInt32 && from+length < end {
		end = from + length
	}
	return &batchScan{segment: s, at: from, end: end}
}

// next returns the next batch, valid until the call after, or io.EOF.
func (c *batchScan) next() (*storedBatch, error) {
	if c.at >= c.end-batchPrefixSize {
		return nil, io.EOF
	}
	var prefix [batchPrefixSize]byte
	if _, err := c.segment.file.ReadAt(prefix[:], c.at); err != nil {
		return nil, err
	}
	size := int64(int32(binary.BigEndian.Uint32(prefix[8:])))
	if size < smallestRecordSize {
		return nil, &exception{class: errorsPackage + "CorruptRecordException",
			text: fmt.Sprintf("Found record size %d smaller than minimum record overhead (%d) in file %s.", size, smallestRecordSize, c.segment.file.Name())}
	}
	if c.at > c.end-batchLogOverhead-size {
		return nil, io.EOF
	}
	total := int(batchLogOverhead + size)
	if cap(c.buf) < total {
		c.buf = make([]byte, total)
	}
	b := &storedBatch{c.at, c.buf[:total]}
	if _, err := c.segment.file.ReadAt(b.raw, c.at); err != nil {
		return nil, err
	}
	c.at += int64(total)
	return b, nil
}
