package history

import "slices"

// Contiguity is I6: a consumer that goes on reads everything in order. What it skips is
// nothing that is there at the end, so it was a marker, aborted, compacted or deleted.
func Contiguity(h *History) []string {
	var f found
	type reading struct {
		Partition
		consumer string
		session  int
	}
	there := map[Partition][]int64{}
	for _, p := range h.Final {
		there[p.Partition] = append(there[p.Partition], p.Offset)
	}
	for _, offsets := range there {
		slices.Sort(offsets)
	}
	last := map[reading]int64{}
	for _, p := range h.Polls {
		if p.Session == 0 {
			continue
		}
		r := reading{p.Partition, p.Consumer, p.Session}
		before, goesOn := last[r]
		last[r] = p.Offset
		if !goesOn {
			continue
		}
		if p.Offset <= before {
			f.add("%s got %v@%d after %d", p.Consumer, p.Partition, p.Offset, before)
			continue
		}
		offsets := there[p.Partition]
		if i, _ := slices.BinarySearch(offsets, before+1); i < len(offsets) && offsets[i] < p.Offset {
			f.add("%s got %v@%d after %d and never the record at %d", p.Consumer, p.Partition, p.Offset, before, offsets[i])
		}
	}
	return f
}
