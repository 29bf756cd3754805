package history

import (
	"cmp"
	"slices"
	"time"
)

// sighting is a proof that the high watermark was at least at an offset by a time.
type sighting struct {
	at     time.Duration
	offset int64
}

// Watermark is I7: the high watermark never goes back for anybody, no offset below it
// is out of range, it passes no record while the ISR is too small, and no replica tells
// of one beyond what it has.
func Watermark(h *History) []string {
	var f found
	high := h.sightings()
	for _, e := range h.Ends {
		if least := highest(high[e.Partition], e.Invoked); e.Offset < least {
			f.add("the end of %v was %d at %v, after %d had been seen", e.Partition, e.Offset, e.Invoked, least)
		}
	}
	gone := h.gone()
	for _, o := range h.OutOfRanges {
		if o.Offset < gone[o.Partition] {
			continue
		}
		if least := highest(high[o.Partition], o.Invoked); o.Offset <= least {
			f.add("%v@%d was out of range at %v, after %d had been seen", o.Partition, o.Offset, o.Invoked, least)
		}
	}
	for _, s := range h.Shown {
		if !s.Given {
			f.add("%d told that %v is committed up to %d at %v, and does not have the record before that", s.Node, s.Partition, s.HighWatermark, s.At)
		}
	}
	h.checkISR(&f)
	return f
}

// Behind counts how often a broker told of a high watermark that was lower than one seen
// before, by at least that many records: it was a follower that lags.
func (h *History) Behind(records int64) int {
	high := h.sightings()
	n := 0
	for _, s := range h.Shown {
		if s.HighWatermark+records <= highest(high[s.Partition], s.At) {
			n++
		}
	}
	return n
}

// sightings are ordered by time, and each offset is the highest so far.
func (h *History) sightings() map[Partition][]sighting {
	all := map[Partition][]sighting{}
	for _, e := range h.Ends {
		all[e.Partition] = append(all[e.Partition], sighting{e.Ended, e.Offset})
	}
	for _, p := range h.Polls {
		all[p.Partition] = append(all[p.Partition], sighting{p.At, p.Offset + 1})
	}
	for _, p := range h.Produces {
		if p.Outcome == OK {
			all[p.Partition] = append(all[p.Partition], sighting{p.Ended, p.Offset + 1})
		}
	}
	for _, s := range all {
		climb(s)
	}
	return all
}

// highest is the highest watermark seen before a time.
func highest(all []sighting, before time.Duration) int64 {
	i, _ := slices.BinarySearchFunc(all, before, func(s sighting, t time.Duration) int { return cmp.Compare(s.at, t) })
	if i == 0 {
		return 0
	}
	return all[i-1].offset
}

// checkISR looks for acknowledged records whose epoch, and every later one, had an ISR
// that was too small to acknowledge anything.
func (h *History) checkISR(f *found) {
	if len(h.States) == 0 || h.MinISR == 0 {
		return
	}
	enough := map[Partition]int32{} // the last epoch with an ISR that is large enough
	for _, s := range h.States {
		if len(s.ISR) >= h.MinISR {
			enough[s.Partition] = max(enough[s.Partition], s.Epoch+1)
		}
	}
	epochs := map[place]int32{}
	for _, r := range h.Replicas {
		if !r.Final {
			continue
		}
		for _, b := range r.Batches {
			for i := range b.Values {
				epochs[place{r.Partition, b.Base + int64(i)}] = b.Epoch
			}
		}
	}
	for _, p := range h.Produces {
		if p.Outcome != OK {
			continue
		}
		if epoch, ok := epochs[place{p.Partition, p.Offset}]; ok && epoch >= enough[p.Partition] {
			f.add("%s was acknowledged at %v@%d in epoch %d, whose ISR never had %d members", p.Value, p.Partition, p.Offset, epoch, h.MinISR)
		}
	}
}
