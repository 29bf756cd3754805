package quorum

import (
	"testing"

	"go.etcd.io/raft/v3/raftpb"
	"pgregory.net/rapid"
)

// plainTable is what entryTable stands for, without its cleverness.
type plainTable struct {
	anchor  position
	entries []*raftpb.Entry
	ends    []int64
}

func (p *plainTable) last() position {
	if n := len(p.entries); n > 0 {
		return position{index: p.entries[n-1].GetIndex(), endOffset: p.ends[n-1], term: p.entries[n-1].GetTerm()}
	}
	return p.anchor
}

func (p *plainTable) compare(t *rapid.T, got *entryTable) {
	last := p.last()
	if got.lastIndex() != last.index || got.end != last.endOffset || got.firstIndex() != p.anchor.index+1 {
		t.Fatalf("table is [%d, %d] to offset %d, want [%d, %d] to %d",
			got.firstIndex(), got.lastIndex(), got.end, p.anchor.index+1, last.index, last.endOffset)
	}
	cached := 0
	for i, e := range p.entries {
		want := position{index: e.GetIndex(), endOffset: p.ends[i], term: e.GetTerm()}
		if at := got.at(e.GetIndex()); at != want {
			t.Fatalf("entry %d: %+v, want %+v", e.GetIndex(), at, want)
		}
		if at, ok := got.find(p.ends[i]); !ok || at != want {
			t.Fatalf("find(%d) = %+v, %v, want %+v", p.ends[i], at, ok, want)
		}
		if at, ok := got.find(p.ends[i] - 1); ok && at.endOffset != p.ends[i]-1 {
			t.Fatalf("find(%d) = %+v", p.ends[i]-1, at)
		}
		if c := got.cachedEntry(e.GetIndex()); c != nil {
			if c != e {
				t.Fatalf("another entry is cached at %d", e.GetIndex())
			}
			size, _ := mustMeasure(c)
			cached += size
		}
	}
	if got.cachedBytes != cached {
		t.Fatalf("the cache says %d bytes and holds %d", got.cachedBytes, cached)
	}
	if at, ok := got.find(p.anchor.endOffset); !ok || at != p.anchor {
		t.Fatalf("the anchor is %+v, %v, want %+v", at, ok, p.anchor)
	}
}

func TestEntryTable(t *testing.T) {
	batches := [][]byte{dataBatch("a"), dataBatch("a", "b", "c"), dataBatch("long enough to differ", "x")}
	rapid.Check(t, func(t *rapid.T) {
		anchor := position{index: rapid.Uint64Range(0, 5).Draw(t, "index"), endOffset: 7, term: 1}
		want, got := &plainTable{anchor: anchor}, newEntryTable(anchor)
		term := uint64(1)
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				term += rapid.Uint64Range(0, 1).Draw(t, "term")
				e := entryOf(want.last().index+1, term, raftpb.EntryNormal, rapid.SampledFrom(batches).Draw(t, "data"))
				size, records := mustMeasure(e)
				want.entries, want.ends = append(want.entries, e), append(want.ends, want.last().endOffset+int64(records))
				if base := got.append(e, size, records); base+int64(records) != want.last().endOffset {
					t.Fatalf("base offset %d", base)
				}
			},
			"truncate": func(t *rapid.T) {
				n := rapid.IntRange(0, len(want.entries)).Draw(t, "keep")
				got.truncate(want.anchor.index + uint64(n) + 1)
				want.entries, want.ends = want.entries[:n], want.ends[:n]
			},
			"compact": func(t *rapid.T) {
				n := rapid.IntRange(0, len(want.entries)).Draw(t, "drop")
				if n == 0 {
					return
				}
				to := got.at(want.anchor.index + uint64(n))
				got.compact(to)
				want.anchor, want.entries, want.ends = to, want.entries[n:], want.ends[n:]
			},
			"trim": func(t *rapid.T) {
				keep := want.anchor.index + rapid.Uint64Range(0, uint64(len(want.entries))+1).Draw(t, "from")
				got.trimCache(keep, rapid.IntRange(0, 300).Draw(t, "bytes"))
				for i := max(keep, got.cacheFirst); i <= got.lastIndex(); i++ {
					if i >= keep && len(want.entries) > 0 && got.cachedEntry(i) == nil && i >= got.cacheFirst {
						t.Fatalf("entry %d is not cached any more", i)
					}
				}
			},
			"": func(t *rapid.T) { want.compare(t, got) },
		})
	})
}
