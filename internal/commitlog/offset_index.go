package commitlog

import (
	"encoding/binary"
	"math"
	"sort"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// offsetEntrySize is relativeOffset int32, position int32.
const offsetEntrySize = 8

// offsetEntry maps the last offset of a batch (relative to the segment's
// base) to the position the batch starts at.
type offsetEntry struct {
	rel uint32
	pos uint32
}

// indexBuffer is how many entries are kept in memory before they are written
// to the file. Losing them costs nothing: whoever loads the index adds what
// is missing at its end.
const indexBuffer = 512

// offsetIndex is a segment's .index: a sparse map from offset to position,
// strictly rising in both. The entries in the file are followed by those in
// pending.
type offsetIndex struct {
	file    cell
	onDisk  int // entries in the file
	pending []offsetEntry
	last    offsetEntry // zero when empty
}

func (x *offsetIndex) len() int { return x.onDisk + len(x.pending) }

func (x *offsetIndex) append(e offsetEntry) {
	x.pending = append(x.pending, e)
	x.last = e
}

// find returns the last entry for which below is true; below must hold for a
// prefix of the entries. ok is false if there is none.
func (x *offsetIndex) find(l *Log, base int64, below func(offsetEntry) bool) (e offsetEntry, ok bool, err error) {
	if len(x.pending) > 0 && below(x.pending[0]) {
		i := sort.Search(len(x.pending), func(i int) bool { return !below(x.pending[i]) })
		if planted.On(planted.IndexOneOff) && i < len(x.pending) {
			i++
		}
		return x.pending[i-1], true, nil
	}
	if x.onDisk == 0 {
		return offsetEntry{}, false, nil
	}
	h, err := x.file.acquire(l, base, indexSuffix, 0)
	if err != nil {
		return offsetEntry{}, false, err
	}
	defer h.release()
	return searchEntries(h.f, x.onDisk, below)
}

// searchEntries narrows the file down to one page by single reads and
// searches that page in memory.
func searchEntries(f vfs.File, n int, below func(offsetEntry) bool) (e offsetEntry, ok bool, err error) {
	buf := hoppers.Get().(*hopper) // for its buffer
	defer hoppers.Put(buf)
	page := buf.buf[:indexBuffer*offsetEntrySize]
	lo, hi := 0, n // entries before lo are below, entries from hi on are not
	for hi-lo > indexBuffer {
		mid := lo + (hi-lo)/2
		if err := vfs.ReadFull(f, page[:offsetEntrySize], int64(mid)*offsetEntrySize); err != nil {
			return e, false, err
		}
		if below(decodeOffsetEntry(page)) {
			lo = mid
		} else {
			hi = mid
		}
	}
	b := page[:(hi-lo)*offsetEntrySize]
	if err := vfs.ReadFull(f, b, int64(lo)*offsetEntrySize); err != nil {
		return e, false, err
	}
	i := sort.Search(hi-lo, func(i int) bool { return !below(decodeOffsetEntry(b[i*offsetEntrySize:])) })
	if i == 0 {
		return e, false, nil
	}
	return decodeOffsetEntry(b[(i-1)*offsetEntrySize:]), true, nil
}

func decodeOffsetEntry(b []byte) offsetEntry {
	return offsetEntry{rel: binary.BigEndian.Uint32(b), pos: binary.BigEndian.Uint32(b[4:])}
}

func (e offsetEntry) encode(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, e.rel)
	return binary.BigEndian.AppendUint32(b, e.pos)
}

// validOffsetEntries returns how many entries of the file content b can be
// right: rising, inside a segment of size bytes. A crashed Kafka leaves
// preallocated zeros behind the last one.
func validOffsetEntries(b []byte, size int64) (n int, last offsetEntry) {
	for len(b) >= offsetEntrySize {
		e := decodeOffsetEntry(b)
		if e.rel > math.MaxInt32 || int64(e.pos) >= size || e.pos == 0 || n > 0 && (e.rel <= last.rel || e.pos <= last.pos) {
			break
		}
		n, last = n+1, e
		b = b[offsetEntrySize:]
	}
	return n, last
}
