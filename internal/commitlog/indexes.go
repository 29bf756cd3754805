package commitlog

import (
	"os"
	"sync"

	"github.com/brolga-io/brolga/internal/batch"
)

// indexes is what is known about the content of one segment: its offset and
// time index, and the sums that the next entries come from.
type indexes struct {
	mu         sync.Mutex
	offsets    offsetIndex
	times      timeIndex
	max        timeEntry // largest timestamp so far; -1 when there is none
	firstMs    int64     // MaxTimestamp of the first batch; Unknown when empty
	createdMs  int64     // when the segment was created or opened
	bytesSince int64     // appended since the last entry

	// roomFor is how many batches may come, each making one entry at most, before
	// an index of roomBytes can be full. Guarded by Log.mu, so that most appends
	// need not take mu for it.
	roomFor, roomBytes int64
}

func newIndexes(nowMs int64) *indexes {
	return &indexes{times: timeIndex{last: timeEntry{timestamp: -1}}, max: timeEntry{timestamp: -1},
		firstMs: Unknown, createdMs: nowMs}
}

// note adds the batch h at position pos. An entry is made for the first batch
// after each intervalBytes.
func (ix *indexes) note(base int64, h *batch.Header, pos, intervalBytes int64) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	rel, _ := relative(base, h.LastOffset())
	if h.MaxTimestamp > ix.max.timestamp {
		ix.max = timeEntry{timestamp: h.MaxTimestamp, rel: rel}
	}
	if pos == 0 {
		ix.firstMs = h.MaxTimestamp
	}
	if ix.bytesSince > intervalBytes {
		if uint32(pos) > ix.offsets.last.pos && rel > ix.offsets.last.rel {
			ix.offsets.append(offsetEntry{rel: rel, pos: uint32(pos)})
		}
		ix.times.maybeAppend(ix.max)
		ix.bytesSince = 0
	}
	ix.bytesSince += int64(h.Size())
}

// fullLocked says whether either index has reached segment.index.bytes. One time
// entry is kept free for the end of the segment. The caller holds Log.mu.
func (ix *indexes) fullLocked(maxBytes int64) bool {
	if ix.roomFor > 0 && ix.roomBytes == maxBytes {
		ix.roomFor--
		return false
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	room := min(maxBytes/offsetEntrySize-int64(ix.offsets.len()), maxBytes/timeEntrySize-1-int64(ix.times.len()))
	ix.roomFor, ix.roomBytes = room-1, maxBytes
	return room <= 0
}

// buffered says whether enough entries wait that they should be written.
func (ix *indexes) buffered() bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return len(ix.offsets.pending) >= indexBuffer || len(ix.times.pending) >= indexBuffer
}

// writeIndexes brings the index files of s up to date. seal adds the time entry
// of its end, for when no batch follows soon, and makes files without entries.
func (l *Log) writeIndexes(s *segment, ix *indexes, seal bool) error {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if seal {
		ix.times.maybeAppend(ix.max)
	}
	if n := len(ix.offsets.pending); n > 0 || seal && ix.offsets.onDisk == 0 {
		b := make([]byte, 0, n*offsetEntrySize)
		for _, e := range ix.offsets.pending {
			b = e.encode(b)
		}
		if err := l.appendIndex(&ix.offsets.file, s.base, indexSuffix, b, int64(ix.offsets.onDisk)*offsetEntrySize); err != nil {
			return err
		}
		ix.offsets.onDisk += n
		ix.offsets.pending = ix.offsets.pending[:0]
	}
	if n := len(ix.times.pending); n > 0 || seal && ix.times.onDisk == 0 {
		b := make([]byte, 0, n*timeEntrySize)
		for _, e := range ix.times.pending {
			b = e.encode(b)
		}
		if err := l.appendIndex(&ix.times.file, s.base, timeSuffix, b, int64(ix.times.onDisk)*timeEntrySize); err != nil {
			return err
		}
		ix.times.onDisk += n
		ix.times.pending = ix.times.pending[:0]
	}
	return nil
}

func (l *Log) appendIndex(c *cell, base int64, suffix string, b []byte, off int64) error {
	h, err := c.acquire(l, base, suffix, os.O_CREATE)
	if err != nil {
		return l.storage("open index in", err)
	}
	defer h.release()
	if len(b) == 0 {
		return nil
	}
	if _, err := h.f.WriteAt(b, off); err != nil {
		return l.storage("write index in", err)
	}
	return nil
}
