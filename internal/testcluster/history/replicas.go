package history

import "fmt"

// Replication is I15: at the end all replicas hold the same bytes below the high
// watermark, and each one's epoch cache says what its batches say.
func Replication(h *History) []string {
	var f found
	groups := map[Partition][]Replica{}
	for _, r := range h.Replicas {
		if r.Final {
			groups[r.Partition] = append(groups[r.Partition], r)
			checkEpochs(&f, r)
		}
	}
	for p, replicas := range groups {
		from, to := replicas[0].Start, replicas[0].HighWatermark
		for _, r := range replicas {
			from, to = max(from, r.Start), max(to, r.HighWatermark)
		}
		first := between(replicas[0], from, to)
		for _, r := range replicas[1:] {
			other := between(r, from, to)
			if why := differ(first, other); why != "" {
				f.add("%v on %d and %d, from %d to %d: %s", p, replicas[0].Node, r.Node, from, to, why)
			}
		}
	}
	return f
}

func between(r Replica, from, to int64) []Batch {
	var in []Batch
	for _, b := range r.Batches {
		if b.Last >= from && b.Base < to {
			in = append(in, b)
		}
	}
	return in
}

func differ(a, b []Batch) string {
	for i := range min(len(a), len(b)) {
		if a[i].Hash != b[i].Hash {
			return fmt.Sprintf("batch %d to %d of epoch %d, and %d to %d of epoch %d", a[i].Base, a[i].Last, a[i].Epoch, b[i].Base, b[i].Last, b[i].Epoch)
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d and %d batches", len(a), len(b))
	}
	return ""
}

// checkEpochs compares the cache with the batches. Epochs without a batch may be in it.
func checkEpochs(f *found, r Replica) {
	if r.Epochs == nil {
		return
	}
	start := map[int32]int64{}
	for i, e := range r.Epochs {
		start[e.Epoch] = e.Start
		if i > 0 && (e.Epoch <= r.Epochs[i-1].Epoch || e.Start < r.Epochs[i-1].Start) {
			f.add("%v on %d: the epoch cache is out of order: %v", r.Partition, r.Node, r.Epochs)
		}
	}
	last := int32(-1)
	for _, b := range r.Batches {
		if b.Epoch == last {
			continue
		}
		if b.Epoch < last {
			f.add("%v on %d: epoch %d at %d comes after %d", r.Partition, r.Node, b.Epoch, b.Base, last)
		}
		last = b.Epoch
		// Where records were deleted the cache begins with the log, within a batch.
		if at, ok := start[b.Epoch]; b.Last >= r.Start && (!ok || at > max(b.Base, r.Start)) {
			f.add("%v on %d: epoch %d begins at %d, the cache says %v", r.Partition, r.Node, b.Epoch, b.Base, r.Epochs)
		}
	}
}

// Leadership is I16: an epoch has one leader, and nobody else gives it content.
func Leadership(h *History) []string {
	var f found
	type term struct {
		Partition
		epoch int32
	}
	leaders := map[term]int32{}
	for _, s := range h.States {
		if s.Leader < 0 {
			continue
		}
		t := term{s.Partition, s.Epoch}
		if leader, ok := leaders[t]; ok && leader != s.Leader {
			f.add("epoch %d of %v is led by %d and %d", s.Epoch, s.Partition, leader, s.Leader)
		}
		leaders[t] = s.Leader
	}
	type spot struct {
		term
		offset int64
	}
	type sight struct {
		hash [32]byte
		by   string
	}
	seen := map[spot]sight{}
	for _, r := range h.Replicas {
		for _, b := range r.Batches {
			t := term{r.Partition, b.Epoch}
			if _, ok := leaders[t]; !ok && len(h.States) > 0 {
				f.add("%v on %d %s has a batch at %d of epoch %d, which nobody led", r.Partition, r.Node, r.When, b.Base, b.Epoch)
			}
			by := fmt.Sprintf("%d %s", r.Node, r.When)
			if first, ok := seen[spot{t, b.Base}]; !ok {
				seen[spot{t, b.Base}] = sight{b.Hash, by}
			} else if first.hash != b.Hash {
				f.add("%v@%d of epoch %d has another content on %s than on %s", r.Partition, b.Base, b.Epoch, first.by, by)
			}
		}
	}
	return f
}

// Determinism is I18: the same log gives the same state, on every node and in every
// way.
func Determinism(h *History) []string {
	var f found
	first := map[int64]Metadata{}
	for _, m := range h.Metadata {
		if other, ok := first[m.EndOffset]; !ok {
			first[m.EndOffset] = m
		} else if other.Hash != m.Hash {
			f.add("at %d node %d (%s) has other metadata than node %d (%s)", m.EndOffset, m.Node, m.How, other.Node, other.How)
		}
	}
	return f
}
