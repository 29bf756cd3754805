package commitlog

import (
	"encoding/binary"
	"math"

	"github.com/brolga-io/brolga/internal/vfs"
)

// timeEntrySize is timestamp int64, relativeOffset int32.
const timeEntrySize = 12

// timeEntry says that no record up to and including the offset has a larger
// timestamp; the offset is the last one of the batch that has it.
type timeEntry struct {
	timestamp int64
	rel       uint32
}

// timeIndex is a segment's .timeindex, rising in both fields. It is buffered
// as offsetIndex is.
type timeIndex struct {
	file    cell
	onDisk  int
	pending []timeEntry
	last    timeEntry // timestamp -1 when empty
}

func (x *timeIndex) len() int { return x.onDisk + len(x.pending) }

// maybeAppend adds e if it says anything new.
func (x *timeIndex) maybeAppend(e timeEntry) {
	if e.timestamp > x.last.timestamp && (x.len() == 0 || e.rel > x.last.rel) {
		x.pending = append(x.pending, e)
		x.last = e
	}
}

// find returns the last entry with a timestamp at or below ts.
func (x *timeIndex) find(l *Log, base, ts int64) (e timeEntry, ok bool, err error) {
	for i := len(x.pending) - 1; i >= 0; i-- {
		if x.pending[i].timestamp <= ts {
			return x.pending[i], true, nil
		}
	}
	if x.onDisk == 0 {
		return timeEntry{}, false, nil
	}
	h, err := x.file.acquire(l, base, timeSuffix, 0)
	if err != nil {
		return timeEntry{}, false, err
	}
	defer h.release()
	lo, hi := 0, x.onDisk
	var b [timeEntrySize]byte
	for lo < hi {
		mid := lo + (hi-lo)/2
		if err := vfs.ReadFull(h.f, b[:], int64(mid)*timeEntrySize); err != nil {
			return timeEntry{}, false, err
		}
		if got := decodeTimeEntry(b[:]); got.timestamp <= ts {
			e, ok = got, true
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return e, ok, nil
}

func decodeTimeEntry(b []byte) timeEntry {
	return timeEntry{timestamp: int64(binary.BigEndian.Uint64(b)), rel: binary.BigEndian.Uint32(b[8:])}
}

func (e timeEntry) encode(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(e.timestamp))
	return binary.BigEndian.AppendUint32(b, e.rel)
}

// validTimeEntries returns how many entries of the file content b can be
// right: rising in both fields, offsets up to maxRel.
func validTimeEntries(b []byte, maxRel int64) (n int, last timeEntry) {
	last = timeEntry{timestamp: -1}
	for len(b) >= timeEntrySize {
		e := decodeTimeEntry(b)
		if e.rel > math.MaxInt32 || int64(e.rel) > maxRel || e.timestamp <= last.timestamp || n > 0 && e.rel <= last.rel {
			break
		}
		n, last = n+1, e
		b = b[timeEntrySize:]
	}
	return n, last
}
