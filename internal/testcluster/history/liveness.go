package history

import "time"

// Limits of what happens by itself once all faults are over.
const (
	LeaderLimit = 10 * time.Second // every partition has a leader
	ISRLimit    = 60 * time.Second // and all of its replicas in sync, but for catching up
)

// Liveness is I24: after all faults everything comes back in time, and producers get
// their answers.
func Liveness(h *History) []string {
	var f found
	for _, w := range h.Waits {
		switch {
		case !w.Done:
			f.add("%s: not after %v", w.What, w.Took)
		case w.Took > w.Limit:
			f.add("%s: only after %v, the limit is %v", w.What, w.Took, w.Limit)
		}
	}
	if h.Healed == 0 {
		return f
	}
	tried, acked := map[Partition]string{}, map[Partition]bool{}
	for _, p := range h.Produces {
		if p.Invoked < h.Healed+LeaderLimit {
			continue
		}
		if p.Outcome == OK {
			acked[p.Partition] = true
			continue
		}
		tried[p.Partition] = p.Value
		if took := p.Ended - p.Invoked; took > LeaderLimit {
			f.add("%s was sent to %v at %v, all was healed at %v, and after %v it was not acknowledged", p.Value, p.Partition, p.Invoked, h.Healed, took)
		}
	}
	for p, value := range tried {
		if !acked[p] {
			f.add("nothing was acknowledged by %v since all was healed at %v, %s was not", p, h.Healed, value)
		}
	}
	return f
}
