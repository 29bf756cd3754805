package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"

	"github.com/brolga-io/brolga/internal/batch"
)

const offsetEntrySize = 8

// offsetIndex is an .index file: for some batches their last offset and their
// position.
type offsetIndex struct {
	file string
	base int64
	raw  []byte
}

func readOffsetIndex(file string) (*offsetIndex, error) {
	base, err := baseOffset(file)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fileException(file, err)
	}
	return &offsetIndex{file, base, raw}, nil
}

func (x *offsetIndex) entries() int { return len(x.raw) / offsetEntrySize }

func (x *offsetIndex) entry(i int) (offset, position int64) {
	e := x.raw[i*offsetEntrySize:]
	return x.base + int64(int32(binary.BigEndian.Uint32(e))), int64(int32(binary.BigEndian.Uint32(e[4:])))
}

// lookup returns the position from which a search for an offset begins.
func (x *offsetIndex) lookup(target int64) int64 {
	i := sort.Search(x.entries(), func(i int) bool {
		offset, _ := x.entry(i)
		return offset > target
	})
	if i == 0 {
		return 0
	}
	_, position := x.entry(i - 1)
	return position
}

// sanityCheck is the one that a broker does at its start.
func (x *offsetIndex) sanityCheck() error {
	if n := x.entries(); n > 0 {
		if last, _ := x.entry(n - 1); last < x.base {
			return corruptIndex("Corrupt index found, index file %s has non-zero size but the last offset is %d which is less than the base offset %d",
				absolutePath(x.file), last, x.base)
		}
	}
	if len(x.raw)%offsetEntrySize != 0 {
		return corruptIndex("Index file %s is corrupt, found %d bytes which is neither positive nor a multiple of %d",
			absolutePath(x.file), len(x.raw), offsetEntrySize)
	}
	return nil
}

func corruptIndex(format string, args ...any) error {
	return &exception{class: "org.apache.kafka.storage.internals.log.CorruptIndexException", text: fmt.Sprintf(format, args...)}
}

// dumpIndex prints an offset index and compares it with its segment.
func (d *dump) dumpIndex(file string) error {
	if _, err := baseOffset(file); err != nil {
		return err
	}
	segment, err := openSegment(sibling(file, ".log"))
	if err != nil {
		return err
	}
	defer segment.Close()
	index, err := readOffsetIndex(file)
	if err != nil {
		return err
	}
	if index.entries() == 0 {
		d.env.outln(file + " is empty.")
		return nil
	}
	if d.sanity {
		return d.passed(file, index.sanityCheck())
	}
	length, err := d.options.set.number(d.options.maxMessageSize)
	if err != nil {
		return err
	}
	for i := range index.entries() {
		offset, position := index.entry(i)
		// A file that was not cut at a shutdown ends in zeros.
		if offset == index.base && i > 0 {
			return nil
		}
		last, err := firstLastOffset(segment, position, length)
		if err != nil {
			return err
		}
		if last != offset {
			d.indexMismatches.add(absolutePath(file), offset, last)
		}
		if !d.verifyOnly {
			d.env.outf("offset: %d position: %d\n", offset, position)
		}
	}
	return nil
}

func (d *dump) passed(file string, err error) error {
	if err == nil {
		d.env.outln(file + " passed sanity check.")
	}
	return err
}

// firstLastOffset returns the last offset of the batch at a position.
func firstLastOffset(segment *segmentFile, position, length int64) (int64, error) {
	if position < 0 || position > segment.size {
		return 0, illegalArgument("Slice from position " + strconv.FormatInt(position, 10) + " exceeds end position of " + segment.file.Name())
	}
	b, err := segment.scan(position, length).next()
	if errors.Is(err, io.EOF) {
		return 0, bareException("java.util.NoSuchElementException", fmt.Sprintf("There is no batch at position %d of %s", position, segment.file.Name()))
	}
	if err != nil {
		return 0, err
	}
	return b.lastOffset()
}

func (b *storedBatch) lastOffset() (int64, error) {
	if b.magic() < batch.Magic {
		return int64(binary.BigEndian.Uint64(b.raw)), nil
	}
	h, err := batch.ParseHeader(b.raw)
	if err != nil {
		return 0, corruptRecord(b, err)
	}
	return h.LastOffset(), nil
}
