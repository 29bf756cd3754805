package cli

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"

	"github.com/brolga-io/brolga/internal/batch"
)

const timeEntrySize = 12

// timeIndex is a .timeindex file: timestamps and the offsets up to which they
// are the largest.
type timeIndex struct {
	file string
	base int64
	raw  []byte
}

func (x *timeIndex) entries() int { return len(x.raw) / timeEntrySize }

func (x *timeIndex) entry(i int) (timestamp, offset int64) {
	e := x.raw[i*timeEntrySize:]
	return int64(binary.BigEndian.Uint64(e)), x.base + int64(int32(binary.BigEndian.Uint32(e[8:])))
}

// sanityCheck is the one that a broker does at its start.
func (x *timeIndex) sanityCheck() error {
	path := absolutePath(x.file)
	if n := x.entries(); n > 0 {
		first, _ := x.entry(0)
		timestamp, offset := x.entry(n - 1)
		if timestamp < first {
			return corruptIndex("Corrupt time index found, time index file (%s) has non-zero size but the last timestamp is %d which is less than the first timestamp %d",
				path, timestamp, first)
		}
		if offset < x.base {
			return corruptIndex("Corrupt time index found, time index file (%s) has non-zero size but the last offset is %d which is less than the first offset %d",
				path, offset, x.base)
		}
	}
	if len(x.raw)%timeEntrySize != 0 {
		return corruptIndex("Time index file %s is corrupt, found %d bytes which is neither positive nor a multiple of %d", path, len(x.raw), timeEntrySize)
	}
	return nil
}

// dumpTimeIndex prints a time index and compares it with its segment.
func (d *dump) dumpTimeIndex(file string) error {
	base, err := baseOffset(file)
	if err != nil {
		return err
	}
	segment, err := openSegment(sibling(file, ".log"))
	if err != nil {
		return err
	}
	defer segment.Close()
	offsets, err := readOffsetIndex(sibling(file, ".index"))
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return fileException(file, err)
	}
	index := &timeIndex{file, base, raw}
	if d.sanity {
		return d.passed(file, index.sanityCheck())
	}
	before := int64(-1)
	for i := range index.entries() {
		timestamp, offset := index.entry(i)
		// A file that was not cut at a shutdown ends in zeros.
		if offset == base && i > 0 {
			return nil
		}
		if err := d.checkTimeEntry(file, segment, offsets.lookup(offset), timestamp, offset, before); err != nil {
			return err
		}
		if !d.verifyOnly {
			d.env.outf("timestamp: %d offset: %d\n", timestamp, offset)
		}
		before = timestamp
	}
	return nil
}

func (d *dump) checkTimeEntry(file string, segment *segmentFile, from, timestamp, offset, before int64) error {
	path := absolutePath(file)
	scan := segment.scan(from, math.MaxInt32)
	for {
		b, err := scan.next()
		if errors.Is(err, io.EOF) {
			d.missingOffsets.add(path, offset, -1)
			return nil
		}
		if err != nil {
			return err
		}
		last, err := b.lastOffset()
		if err != nil {
			return err
		}
		if last < offset {
			continue
		}
		if last != offset {
			d.missingOffsets.add(path, offset, last)
			return nil
		}
		largest, err := b.largestTimestamp()
		if err != nil {
			return err
		}
		if largest != timestamp {
			d.mismatchedTimes.add(path, timestamp, largest)
		}
		if before >= timestamp {
			d.unorderedTimes.add(path, timestamp, before)
		}
		return nil
	}
}

// largestTimestamp looks at every record: the header's word is what the index
// is checked against.
func (b *storedBatch) largestTimestamp() (int64, error) {
	if b.magic() < batch.Magic {
		return legacyTimestamp(b.raw), nil
	}
	reader, err := batch.NewReader(b.raw, batch.OutputCap(len(b.raw)))
	if err != nil {
		return 0, corruptRecord(b, err)
	}
	h := reader.Header()
	largest := int64(batch.NoTimestamp)
	for reader.Next() {
		if h.LogAppendTime() {
			largest = h.MaxTimestamp
			continue
		}
		largest = max(largest, reader.Record().Timestamp)
	}
	if err := reader.Err(); err != nil {
		return 0, corruptRecord(b, err)
	}
	return largest, nil
}
