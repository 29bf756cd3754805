package quorum

import (
	"fmt"
	"sort"

	"go.etcd.io/raft/v3/raftpb"
)

// position is a place between two entries: everything up to and including index
// lies below endOffset, and term is the index's term.
type position struct {
	index     uint64
	endOffset int64
	term      uint64
}

// ref is where an entry lies in the log.
type ref struct {
	base int64
	size int32
	term int32
}

// entryTable knows every entry since the oldest snapshot that is kept: which
// offset an index has, and the other way round. It also keeps the newest entries
// themselves, among them all that are not on disk yet. The zero value with an
// anchor is an empty log.
type entryTable struct {
	anchor position // what came before the first entry
	refs   []ref
	end    int64 // log end offset

	// cached[i] is the entry at cacheFirst+i; the last one is the log's last.
	cached      []*raftpb.Entry
	cacheFirst  uint64
	cachedBytes int
}

func newEntryTable(anchor position) *entryTable {
	return &entryTable{anchor: anchor, end: anchor.endOffset, cacheFirst: anchor.index + 1}
}

func (t *entryTable) firstIndex() uint64 { return t.anchor.index + 1 }

func (t *entryTable) lastIndex() uint64 { return t.anchor.index + uint64(len(t.refs)) }

// term returns the term of an entry or of the anchor.
func (t *entryTable) term(index uint64) (term uint64, ok bool) {
	switch {
	case index == t.anchor.index:
		return t.anchor.term, true
	case index < t.anchor.index || index > t.lastIndex():
		return 0, false
	}
	return uint64(t.refs[index-t.firstIndex()].term), true
}

// endOffset returns the exclusive end offset of an entry or of the anchor.
func (t *entryTable) endOffset(index uint64) int64 {
	switch {
	case index < t.anchor.index || index > t.lastIndex():
		panic(fmt.Sprintf("BUG: raft index %d is not in [%d, %d]", index, t.anchor.index, t.lastIndex()))
	case index == t.lastIndex():
		return t.end
	}
	return t.refs[index+1-t.firstIndex()].base
}

// at returns the position right after an entry or the anchor.
func (t *entryTable) at(index uint64) position {
	term, _ := t.term(index)
	return position{index: index, endOffset: t.endOffset(index), term: term}
}

// bytes is the size of the entries first to last in the log.
func (t *entryTable) bytes(first, last uint64) int64 {
	var n int64
	for i := first; i <= last; i++ {
		n += int64(t.refs[i-t.firstIndex()].size)
	}
	return n
}

// find returns the entry that ends exactly at that offset; ok is false if the
// offset is not the boundary of an entry that is known.
func (t *entryTable) find(endOffset int64) (position, bool) {
	if endOffset < t.anchor.endOffset || endOffset > t.end {
		return position{}, false
	}
	// The number of entries that begin below the offset.
	n := sort.Search(len(t.refs), func(i int) bool { return t.refs[i].base >= endOffset })
	p := t.at(t.anchor.index + uint64(n))
	return p, p.endOffset == endOffset
}

// append adds an entry at the end and returns its base offset. It stays cached
// until trimCache.
func (t *entryTable) append(e *raftpb.Entry, size int, records int32) int64 {
	base := t.end
	t.refs = append(t.refs, ref{base: base, size: int32(size), term: int32(e.GetTerm())})
	t.end = base + int64(records)
	t.cached = append(t.cached, e)
	t.cachedBytes += size
	return base
}

// add adds an entry that lies in the log already. Nothing is cached yet.
func (t *entryTable) add(r ref, end int64) {
	t.refs = append(t.refs, r)
	t.end = end
	t.cacheFirst = t.lastIndex() + 1
}

// truncate forgets the entries from index on.
func (t *entryTable) truncate(from uint64) {
	if from > t.lastIndex() {
		return
	}
	if from < t.firstIndex() {
		panic(fmt.Sprintf("BUG: truncation at raft index %d, below %d", from, t.firstIndex()))
	}
	t.end = t.refs[from-t.firstIndex()].base
	keep := int(max(from, t.cacheFirst) - t.cacheFirst)
	if keep < len(t.cached) {
		t.uncount(t.cacheFirst+uint64(keep), len(t.cached)-keep)
		clear(t.cached[keep:])
		t.cached = t.cached[:keep]
	}
	t.refs = t.refs[:from-t.firstIndex()]
	if len(t.cached) == 0 {
		t.cached, t.cacheFirst = nil, from
	}
}

// uncount takes n cached entries from index on out of the cache's size.
func (t *entryTable) uncount(index uint64, n int) {
	for _, r := range t.refs[index-t.firstIndex():][:n] {
		t.cachedBytes -= int(r.size)
	}
}

// trimCache drops the oldest cached entries until at most maxBytes are left, but
// none above keepFrom, which is not on disk or not applied yet.
func (t *entryTable) trimCache(keepFrom uint64, maxBytes int) {
	n := 0
	for n < len(t.cached) && t.cacheFirst < keepFrom && t.cachedBytes > maxBytes {
		t.uncount(t.cacheFirst, 1)
		t.cached[n] = nil
		t.cacheFirst++
		n++
	}
	t.cached = t.cached[n:]
	if len(t.cached) == 0 {
		t.cached = nil
	}
}

// cachedEntry returns the entry if it is cached.
func (t *entryTable) cachedEntry(index uint64) *raftpb.Entry {
	if index < t.cacheFirst || index >= t.cacheFirst+uint64(len(t.cached)) {
		return nil
	}
	return t.cached[index-t.cacheFirst]
}

// compact moves the anchor up to a position inside the table.
func (t *entryTable) compact(to position) {
	if to.index <= t.anchor.index {
		return
	}
	if to.index >= t.cacheFirst {
		n := min(int(to.index+1-t.cacheFirst), len(t.cached))
		t.uncount(t.cacheFirst, n)
		t.cached = append([]*raftpb.Entry(nil), t.cached[n:]...)
		t.cacheFirst = to.index + 1
	}
	t.refs = append([]ref(nil), t.refs[to.index-t.anchor.index:]...)
	t.anchor = to
}
