package history

// A checker that finds nothing has seen nothing wrong, or nothing at all. What each one had
// to judge is counted here, so that the two can be told apart.

// Judged counts, for each checker, the facts that it compared with something. One that is
// missing from it cannot be counted.
func Judged(h *History) map[string]int {
	all := map[string]int{}
	for _, c := range Checkers() {
		all[c.ID()] = c.facts(h)
	}
	return all
}

// ID is the number of the invariant: "I1".
func (c *Checker) ID() string {
	for i, r := range c.Name {
		if r == ' ' {
			return c.Name[:i]
		}
	}
	return c.Name
}

// Idle are the checkers that had nothing to judge, in order.
func Idle(h *History) []string {
	var all []string
	for _, c := range Checkers() {
		if c.facts(h) == 0 {
			all = append(all, c.ID())
		}
	}
	return all
}

func polled(h *History) int { return len(h.Polls) + len(h.Final) }

// sights are what Identity compares.
func sights(h *History) int {
	n := h.Acked() + polled(h)
	for _, r := range h.Replicas {
		n += len(r.Batches)
	}
	return n
}

// idempotent counts the records at the end that must be there once.
func idempotent(h *History) int {
	n := 0
	once := h.onceOnly()
	for _, p := range h.Final {
		if once[p.Value] {
			n++
		}
	}
	return n
}

// ongoing counts the polls that go on where another one ended.
func ongoing(h *History) int {
	n := 0
	for _, p := range h.Polls {
		if p.Session != 0 {
			n++
		}
	}
	return n
}

func watermarks(h *History) int { return len(h.Ends) + len(h.OutOfRanges) + len(h.Shown) }

func fetchedCommits(h *History) int {
	n := 0
	for _, c := range h.Commits {
		if c.Fetched && c.Outcome == OK {
			n++
		}
	}
	return n
}

// finalBatches counts the batches at the end of partitions with more than one replica.
func finalBatches(h *History) int {
	replicas, batches := map[Partition]int{}, map[Partition]int{}
	for _, r := range h.Replicas {
		if r.Final {
			replicas[r.Partition]++
			batches[r.Partition] += len(r.Batches)
		}
	}
	n := 0
	for p, count := range replicas {
		if count > 1 {
			n += batches[p]
		}
	}
	return n
}

// terms counts the batches and states that Leadership compares.
func terms(h *History) int {
	n := len(h.States)
	for _, r := range h.Replicas {
		n += len(r.Batches)
	}
	return n
}

// changes counts the operations whose outcome an order must explain.
func changes(h *History) int {
	n := 0
	for _, c := range h.Changes {
		if c.Outcome == OK {
			n++
		}
	}
	return n
}

// repeated counts the images that another one is compared with.
func repeated(h *History) int {
	at := map[int64]int{}
	for _, m := range h.Metadata {
		at[m.EndOffset]++
	}
	n := 0
	for _, count := range at {
		if count > 1 {
			n += count
		}
	}
	return n
}

// risen counts the beginnings and final reads of partitions whose beginning has moved: 0
// is never too low.
func risen(h *History) int {
	moved := map[Partition]bool{}
	for _, d := range h.Deletes {
		if d.Outcome == OK && d.Before > 0 {
			moved[d.Partition] = true
		}
	}
	n := 0
	for _, s := range h.Starts {
		moved[s.Partition] = moved[s.Partition] || s.Offset > 0
	}
	for _, s := range h.Starts {
		if moved[s.Partition] {
			n++
		}
	}
	for _, p := range h.Final {
		if moved[p.Partition] {
			n++
		}
	}
	return n
}

// identified counts the replicas whose topic id is compared, and the values of topics
// that had more than one life.
func identified(h *History) int {
	n := 0
	for _, r := range h.Replicas {
		if r.Final && r.TopicID != "" && h.TopicIDs[r.Topic] != "" {
			n++
		}
	}
	for _, p := range h.Produces {
		if nameOf(p.Topic) != p.Topic {
			n++
		}
	}
	return n
}

// awaited counts what had to happen by itself, and the records sent when all was healed.
func awaited(h *History) int {
	n := len(h.Waits)
	for _, p := range h.Produces {
		if h.Healed > 0 && p.Invoked >= h.Healed+LeaderLimit {
			n++
		}
	}
	return n
}

// grownSamples counts the samples that are compared with a baseline.
func grownSamples(h *History) int {
	quiet := map[int32]int{}
	for _, s := range h.Samples {
		if s.Quiet {
			quiet[s.Node]++
		}
	}
	n := 0
	for _, count := range quiet {
		n += count - 1
	}
	return n
}
