package commitlog

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// TimestampedOffset is a record found by its timestamp.
type TimestampedOffset struct {
	Offset      int64
	Timestamp   int64 // ms
	LeaderEpoch int32
}

// OffsetForTime returns the first record at or above the log start whose
// timestamp is at or above ts. ok is false if there is none.
func (l *Log) OffsetForTime(ts int64) (found TimestampedOffset, ok bool, err error) {
	return l.retried(func() (TimestampedOffset, bool, error) { return l.offsetForTime(ts) })
}

// retried looks again when a segment was deleted or replaced between being
// found and being opened.
func (l *Log) retried(search func() (TimestampedOffset, bool, error)) (found TimestampedOffset, ok bool, err error) {
	for range maxRereads {
		list := l.segments.Load()
		found, ok, err = search()
		if !errors.Is(err, fs.ErrNotExist) || l.segments.Load() == list {
			break
		}
	}
	return found, ok, err
}

func (l *Log) offsetForTime(ts int64) (found TimestampedOffset, ok bool, err error) {
	if err := l.Load(); err != nil {
		return found, false, err
	}
	start := l.start.Load()
	end, active, activeSize := l.tail()
	list := l.segmentList()
	for i := max(segmentFor(list, start), 0); i < len(list); i++ {
		s := list[i]
		size := s.size.Load()
		if s == active {
			size = activeSize
		}
		after, late, err := l.notBefore(s, ts)
		if err != nil {
			return found, false, err
		}
		if !late {
			continue
		}
		found, ok, err = l.searchTime(s, max(start, after), min(size, s.size.Load()), func(t int64) bool { return t >= ts })
		if err != nil || ok && found.Offset < end {
			return found, ok, err
		}
	}
	return found, false, nil
}

// notBefore returns the offset in s before which no record is as late as ts,
// as far as the time index knows. late is false if none in s is.
func (l *Log) notBefore(s *segment, ts int64) (offset int64, late bool, err error) {
	for range 2 {
		ix, err := l.indexesOf(s)
		if err != nil {
			return 0, false, err
		}
		ix.mu.Lock()
		late = ix.max.timestamp >= ts
		e, ok, err := ix.times.find(l, s.base, ts-1)
		ix.mu.Unlock()
		if err != nil {
			return 0, false, l.storage("read index in", err)
		}
		if !late || !ok {
			return s.base, late, nil
		}
		right, err := l.timeEntryMatches(s, e)
		if err != nil || right {
			return s.base + int64(e.rel) + 1, late, err
		}
		if err := l.reindex(s); err != nil {
			return 0, false, err
		}
	}
	return s.base, late, nil
}

// timeEntryMatches says whether the batch at the offset of e has its
// timestamp. One that is staged only is not looked for.
func (l *Log) timeEntryMatches(s *segment, e timeEntry) (bool, error) {
	f, err := l.openLog(s)
	if err != nil {
		return false, l.storage("open segment in", err)
	}
	defer f.release()
	h, _, ok, err := l.locate(s, f.f, s.base+int64(e.rel), s.size.Load())
	return !ok || h.MaxTimestamp == e.timestamp, err
}

// MaxTimestamp returns the first record that has the largest timestamp of the
// log. ok is false if no record has one.
func (l *Log) MaxTimestamp() (found TimestampedOffset, ok bool, err error) {
	return l.retried(l.maxTimestamp)
}

func (l *Log) maxTimestamp() (found TimestampedOffset, ok bool, err error) {
	if err := l.commitStaged(); err != nil {
		return found, false, err
	}
	list := slices.Clone(l.segmentList())
	tops := make(map[*segment]timeEntry, len(list))
	for _, s := range list {
		ix, err := l.indexesOf(s)
		if err != nil {
			return found, false, err
		}
		ix.mu.Lock()
		tops[s] = ix.max
		ix.mu.Unlock()
	}
	slices.SortStableFunc(list, func(a, b *segment) int { return cmp.Compare(tops[b].timestamp, tops[a].timestamp) })
	for _, s := range list {
		top := tops[s]
		if top.timestamp < 0 || ok && top.timestamp <= found.Timestamp {
			break
		}
		at, has, err := l.largestIn(s, top)
		if err != nil {
			return found, false, err
		}
		if has && (!ok || at.Timestamp > found.Timestamp) {
			found, ok = at, true
		}
	}
	return found, ok, nil
}

// largestIn returns the first record of s that has its largest timestamp,
// which the index says is top. Compaction may have taken that record away and
// left its batch's header; then all headers are looked at.
func (l *Log) largestIn(s *segment, top timeEntry) (found TimestampedOffset, ok bool, err error) {
	from := max(s.base, l.start.Load())
	size := s.size.Load()
	found, ok, err = l.searchTime(s, min(from, s.base+int64(top.rel)), size, func(t int64) bool { return t >= top.timestamp })
	if ok || err != nil {
		return found, ok, err
	}
	f, err := l.openLog(s)
	if err != nil {
		return found, false, l.storage("open segment in", err)
	}
	defer f.release()
	largest := batch.NoTimestamp
	_, err = l.hop(s, f.f, 0, size, func(h *batch.Header, _ int64) {
		if h.Count > 0 && h.LastOffset() >= from {
			largest = max(largest, h.MaxTimestamp)
		}
	})
	if err != nil || largest < 0 {
		return found, false, err
	}
	return l.searchTime(s, from, size, func(t int64) bool { return t >= largest })
}

// commitStaged makes what is staged readable, because the indexes know it
// already.
func (l *Log) commitStaged() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.loadLocked(); err != nil {
		return err
	}
	return l.commitLocked()
}

// searchTime returns the first record at or above offset from whose timestamp
// matches. It decodes only the batch whose header says that it has one.
func (l *Log) searchTime(s *segment, from, size int64, match func(ts int64) bool) (found TimestampedOffset, ok bool, err error) {
	f, err := l.openLog(s)
	if err != nil {
		return found, false, l.storage("open segment in", err)
	}
	defer f.release()
	pos, err := l.indexedPosition(s, from)
	if err != nil {
		return found, false, err
	}
	p := newHopper(f.f, pos, size)
	defer p.free()
	for {
		at := p.pos
		h, err := p.next()
		switch {
		case errors.Is(err, io.EOF):
			return found, false, nil
		case errors.Is(err, errBadHeader):
			return found, false, l.corrupt(s, at, from, "no valid batch follows")
		case err != nil:
			return found, false, l.storage("read segment in", err)
		case h.LastOffset() < from || !match(h.MaxTimestamp):
			continue
		}
		b := make([]byte, h.Size())
		if err := vfs.ReadFull(f.f, b, at); err != nil {
			return found, false, l.storage("read segment in", err)
		}
		if found, ok := firstMatch(b, from, match); ok {
			return found, true, nil
		}
	}
}

// firstMatch looks through the records of one batch. Records that cannot be
// decompressed are passed over: the header is all that is known of them.
func firstMatch(b []byte, from int64, match func(ts int64) bool) (TimestampedOffset, bool) {
	r, err := batch.NewReader(b, batch.OutputCap(len(b)))
	if err != nil {
		return TimestampedOffset{}, false
	}
	for r.Next() {
		if rec := r.Record(); rec.Offset >= from && match(rec.Timestamp) {
			return TimestampedOffset{Offset: rec.Offset, Timestamp: rec.Timestamp, LeaderEpoch: r.Header().PartitionLeaderEpoch}, true
		}
	}
	return TimestampedOffset{}, false
}
