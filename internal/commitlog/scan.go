package commitlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// scanChunk is how much a recovery reads at once.
const scanChunk = 1 << 20

// scan checks the batches above the recovery point.
type scan struct {
	l       *Log
	next    int64 // offset after the last good batch
	epoch   int32 // leader epoch of the last good batch
	scanned int64
	marked  bool // a control batch was seen
	torn    bool // what is bad is the beginning of a batch that the file ends in
	buf     []byte
}

// run scans segment i from a position and all later ones, and cuts the log at
// the first thing that does not continue it.
func (sc *scan) run(list []*segment, i int, from int64) error {
	for first := i; i < len(list); i++ {
		s := list[i]
		if i > first {
			reason, err := sc.follows(list[i-1], s)
			if err != nil {
				return err
			}
			if reason != "" {
				return sc.l.cutLocked(list, i, -1, reason)
			}
			sc.next, from = s.base, 0
			if err := sc.l.keepIndexes(s, 0); err != nil {
				return err
			}
		}
		good, reason, err := sc.segment(s, from)
		if err != nil {
			return err
		}
		if reason != "" {
			sc.l.damage.Torn = sc.torn && i == len(list)-1
			return sc.l.cutLocked(list, i, good, reason)
		}
		if i < len(list)-1 {
			if err := sc.l.writeIndexes(s, s.ix.Load(), true); err != nil {
				return err
			}
		}
	}
	return nil
}

// follows says why s cannot be the segment after prev, or nothing. A segment
// is created at the end of the log, so a hole in front of it means that the
// tail of the one before was lost, unless compaction removed it.
func (sc *scan) follows(prev, s *segment) (string, error) {
	if s.base == sc.next {
		return "", nil
	}
	if s.base > sc.next {
		h, err := sc.l.openLog(prev)
		if err != nil {
			return "", sc.l.storage("open segment in", err)
		}
		defer h.release()
		if looksCompacted(prev, h.f) {
			return "", nil
		}
	}
	reason := fmt.Sprintf("segment starts at %d, expected %d", s.base, sc.next)
	if sc.l.opts.recoveryPoint == Unknown && !sc.l.opts.salvage {
		// Without a recovery point this may as well be damage.
		return "", sc.l.corrupt(s, 0, sc.next, reason)
	}
	return reason, nil
}

// segment checks s from a position on. It returns the position after the last
// good batch, and why the next one is bad.
func (sc *scan) segment(s *segment, from int64) (good int64, reason string, err error) {
	h, err := sc.l.openLog(s)
	if err != nil {
		return 0, "", sc.l.storage("open segment in", err)
	}
	defer h.release()
	size := s.size.Load()
	if size > maxSegmentBytes {
		return 0, "", sc.l.corrupt(s, maxSegmentBytes, sc.next, "segment larger than 2 GiB")
	}
	for pos := from; pos < size; {
		n, reason, err := sc.chunk(s, h.f, pos, size)
		if err != nil {
			return pos, "", sc.l.storage("read segment in", err)
		}
		sc.scanned += n
		pos += n
		if reason != "" {
			return pos, reason, nil
		}
	}
	return size, "", nil
}

// chunk reads from pos and checks the batches that are complete in the
// buffer, at least one. It returns how many bytes are good.
func (sc *scan) chunk(s *segment, r io.ReaderAt, pos, size int64) (n int64, reason string, err error) {
	want := min(scanChunk, size-pos)
	b, err := sc.read(r, pos, want)
	if err != nil {
		return 0, "", err
	}
	if len(b) < batch.HeaderSize {
		sc.torn = true
		return 0, "incomplete batch header", nil
	}
	if h, err := batch.ParseHeader(b); err == nil && int64(h.Size()) > int64(len(b)) {
		if sc.torn = int64(h.Size()) > size-pos; !sc.torn {
			if b, err = sc.read(r, pos, int64(h.Size())); err != nil {
				return 0, "", err
			}
		}
	}
	for len(b) >= batch.HeaderSize {
		h, raw, rest, err := batch.Next(b)
		if err != nil {
			if isLegacy(b) {
				return 0, "", sc.l.corrupt(s, pos+n, sc.next, "message formats 0 and 1 are not supported")
			}
			if n > 0 {
				return n, "", nil // perhaps the buffer ends here: read again from this batch
			}
			return 0, err.Error(), nil
		}
		if reason := sc.check(s, &h, raw); reason != "" {
			return n, reason, nil
		}
		sc.take(s, &h, pos+n)
		n += int64(len(raw))
		b = rest
	}
	return n, "", nil
}

// isLegacy recognises an intact message of format 0 or 1. Data that an old
// Kafka wrote must not be cut as if it were garbage.
func isLegacy(b []byte) bool {
	const magicAt = 16
	if b[magicAt] > 1 {
		return false
	}
	size := int64(binary.BigEndian.Uint32(b[8:]))
	return size > 4 && 12+size <= int64(len(b)) &&
		crc32.ChecksumIEEE(b[magicAt:12+size]) == binary.BigEndian.Uint32(b[12:])
}

// read returns want bytes at pos, or fewer if the file is shorter.
func (sc *scan) read(r io.ReaderAt, pos, want int64) ([]byte, error) {
	if int64(cap(sc.buf)) < want {
		sc.buf = make([]byte, max(want, min(scanChunk, want*2)))
	}
	b := sc.buf[:want]
	err := vfs.ReadFull(r, b, pos)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		return b, err
	}
	n, err := r.ReadAt(b, pos)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:n], nil
}

// check says why the batch does not continue the log, or nothing.
func (sc *scan) check(s *segment, h *batch.Header, raw []byte) string {
	switch {
	case h.BaseOffset < sc.next:
		return fmt.Sprintf("batch offset %d below the expected %d", h.BaseOffset, sc.next)
	case checkOrder(s.base, sc.next, h) != nil:
		return "batch offset too far from the segment's"
	case h.PartitionLeaderEpoch >= 0 && h.PartitionLeaderEpoch < sc.epoch:
		// Old bytes behind a truncation that were never overwritten.
		return fmt.Sprintf("leader epoch %d after %d", h.PartitionLeaderEpoch, sc.epoch)
	case !batch.CheckCRC(raw) && !planted.On(planted.TornTailKept):
		return "CRC mismatch"
	}
	return ""
}

// take adds a good batch to what is known of the log.
func (sc *scan) take(s *segment, h *batch.Header, pos int64) {
	s.ix.Load().note(s.base, h, pos, sc.l.Config().IndexIntervalBytes)
	sc.l.noteEpochLocked(h)
	sc.epoch = max(sc.epoch, h.PartitionLeaderEpoch)
	sc.marked = sc.marked || h.IsControl() && h.HasProducerID()
	sc.next = h.NextOffset()
}

// cutLocked removes segment i from position at on (-1: all of it) and every
// later segment.
func (l *Log) cutLocked(list []*segment, i int, at int64, reason string) error {
	l.damage.CutReason = reason
	keep := i
	if at >= 0 {
		keep = i + 1
		s := list[i]
		l.damage.CutBytes += s.size.Load() - at
		if err := l.truncateFile(s, at); err != nil {
			return err
		}
	}
	for _, s := range list[keep:] {
		l.damage.CutBytes += s.size.Load()
	}
	return l.dropSegmentsLocked(keep)
}

// truncateFile cuts the log file of s and makes that durable, so that the
// bytes cannot come back behind new ones.
func (l *Log) truncateFile(s *segment, size int64) error {
	h, err := l.openLog(s)
	if err != nil {
		return l.storage("open segment in", err)
	}
	defer h.release()
	if err := h.f.Truncate(size); err != nil {
		return l.storage("truncate segment in", err)
	}
	s.size.Store(size)
	return l.storage("sync segment in", h.f.Sync())
}

// dropSegmentsLocked removes the segments from index keep on.
func (l *Log) dropSegmentsLocked(keep int) error {
	list := l.segmentList()
	if keep >= len(list) {
		return nil
	}
	rest := append([]*segment(nil), list[:keep]...)
	l.segments.Store(&rest)
	return l.storage("remove segment in", l.removeSegments(list[keep:]))
}
