package history

import "fmt"

// Checker judges a history.
type Checker struct {
	Name  string // of the invariant
	Check func(h *History) []string
	// tail: it does not hold when acknowledged records may be lost, as the offsets of
	// those are given to others.
	tail bool
	// facts counts what it has to judge.
	facts func(h *History) int
}

// Checkers are all of them.
func Checkers() []Checker {
	return []Checker{
		{"I1 durability", Durability, true, (*History).Acked}, {"I2 offset identity", Identity, true, sights},
		{"I3 no invention", Invention, false, polled}, {"I4 no duplicates", Duplicates, false, idempotent},
		{"I5 order", Order, true, (*History).Acked}, {"I6 contiguous polls", Contiguity, true, ongoing},
		{"I7 high watermark", Watermark, true, watermarks}, {"I8 no read then lost", ReadThenLost, true, func(h *History) int { return len(h.Polls) }},
		{"I12 group offsets", GroupOffsets, true, fetchedCommits}, {"I15 replica equality", Replication, false, finalBatches},
		{"I16 one leader per epoch", Leadership, false, terms}, {"I17 metadata linearizable", Linearizability, false, changes},
		{"I18 determinism", Determinism, false, repeated}, {"I19 recovery safety", RecoverySafety, false, func(h *History) int { return len(h.Recoveries) }},
		{"I20 log start", LogStart, true, risen}, {"I21 topic identity", TopicIdentity, false, identified},
		{"I24 liveness after heal", Liveness, false, awaited}, {"I25 hygiene", Hygiene, false, grownSamples},
	}
}

// Envelope is what the faults of a run may cost.
type Envelope struct {
	// MayLose: all nodes lost power at once under log.durability=os, or an unclean
	// leader election was asked for. A tail that was acknowledged may be missing; how
	// much is measured.
	MayLose bool
}

// CheckAll runs all checkers whose invariants the envelope promises. A checker with very
// much to say is cut short. What the others say is measured: it is allowed.
func CheckAll(h *History, e Envelope) (found, measured []string) {
	for _, c := range Checkers() {
		says := cutShort(c.Name, c.Check(h))
		if c.tail && e.MayLose {
			measured = append(measured, says...)
		} else {
			found = append(found, says...)
		}
	}
	return found, measured
}

// Check is CheckAll where nothing may be lost.
func (h *History) Check() []string {
	found, _ := CheckAll(h, Envelope{})
	return found
}

func cutShort(name string, found []string) []string {
	const most = 5
	var all []string
	for _, f := range found[:min(most, len(found))] {
		all = append(all, name+": "+f)
	}
	if len(found) > most {
		all = append(all, fmt.Sprintf("%s: and %d more", name, len(found)-most))
	}
	return all
}
