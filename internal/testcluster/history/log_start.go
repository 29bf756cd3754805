package history

import (
	"cmp"
	"slices"
)

// LogStart is I20: the beginning of a log never goes back, and what was deleted does not
// come back.
func LogStart(h *History) []string {
	var f found
	least := map[Partition][]sighting{}
	for _, d := range h.Deletes {
		if d.Outcome == OK {
			least[d.Partition] = append(least[d.Partition], sighting{d.Ended, d.Before})
		}
	}
	for _, s := range h.Starts {
		least[s.Partition] = append(least[s.Partition], sighting{s.Ended, s.Offset})
	}
	for _, s := range least {
		climb(s)
	}
	for _, s := range h.Starts {
		if lowest := highest(least[s.Partition], s.Invoked); s.Offset < lowest {
			f.add("%v began at %d at %v, after %d had been seen", s.Partition, s.Offset, s.Invoked, lowest)
		}
	}
	for _, p := range h.Final {
		if s := least[p.Partition]; len(s) > 0 && p.Offset < s[len(s)-1].offset {
			f.add("%s at %v@%d was deleted, up to %d, and is read at the end", p.Value, p.Partition, p.Offset, s[len(s)-1].offset)
		}
	}
	return f
}

// climb orders sightings by time and makes each offset the highest so far.
func climb(s []sighting) {
	slices.SortFunc(s, func(a, b sighting) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(s); i++ {
		s[i].offset = max(s[i].offset, s[i-1].offset)
	}
}

// gone are the offsets before which records may have been deleted on purpose.
func (h *History) gone() map[Partition]int64 {
	all := map[Partition]int64{}
	for _, d := range h.Deletes {
		if d.Outcome != Failed {
			all[d.Partition] = max(all[d.Partition], d.Before)
		}
	}
	return all
}
