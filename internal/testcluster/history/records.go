package history

import (
	"fmt"
	"slices"
	"strings"
)

// place is one offset of a partition.
type place struct {
	Partition
	offset int64
}

func (p place) String() string { return fmt.Sprintf("%v@%d", p.Partition, p.offset) }

// found collects the sentences of a checker.
type found []string

func (f *found) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (h *History) finalRead() map[place]string {
	all := make(map[place]string, len(h.Final))
	for _, p := range h.Final {
		all[place{p.Partition, p.Offset}] = p.Value
	}
	return all
}

// Durability is I1: what was acknowledged is read at the end, at its offset, unless
// somebody deleted it.
func Durability(h *History) []string {
	var f found
	final, gone := h.finalRead(), h.gone()
	for _, p := range h.Produces {
		if p.Outcome != OK || p.Offset < gone[p.Partition] {
			continue
		}
		at := place{p.Partition, p.Offset}
		switch value, ok := final[at]; {
		case !ok:
			f.add("%s was acknowledged at %v and is lost", p.Value, at)
		case value != p.Value:
			f.add("%s was acknowledged at %v, where %s is", p.Value, at, value)
		}
	}
	return f
}

// Identity is I2: whoever sees an offset sees the same record.
func Identity(h *History) []string {
	var f found
	type sight struct{ value, by string }
	seen := map[place]sight{}
	see := func(at place, value, by string) {
		if first, ok := seen[at]; !ok {
			seen[at] = sight{value, by}
		} else if first.value != value {
			f.add("%v is %s for %s and %s for %s", at, first.value, first.by, value, by)
		}
	}
	for _, p := range h.Produces {
		if p.Outcome == OK {
			see(place{p.Partition, p.Offset}, p.Value, "the producer "+p.Producer)
		}
	}
	for _, p := range slices.Concat(h.Polls, h.Final) {
		see(place{p.Partition, p.Offset}, p.Value, "the consumer "+p.Consumer)
	}
	for _, r := range h.Replicas {
		for _, b := range r.Batches {
			for i, value := range b.Values {
				if offset := b.Base + int64(i); offset < r.HighWatermark {
					see(place{r.Partition, offset}, value, fmt.Sprintf("the replica on %d %s", r.Node, r.When))
				}
			}
		}
	}
	return f
}

// Invention is I3: what is read was sent, to that partition.
func Invention(h *History) []string {
	var f found
	sent := map[string]Partition{}
	for _, p := range h.Produces {
		if _, twice := sent[p.Value]; twice {
			f.add("%s was sent twice: the test is wrong", p.Value)
		}
		sent[p.Value] = p.Partition
		if p.Outcome == OK && p.Offset < 0 {
			f.add("%s was acknowledged at %d", p.Value, p.Offset)
		}
	}
	for _, p := range slices.Concat(h.Polls, h.Final) {
		switch to, ok := sent[p.Value]; {
		case !ok:
			f.add("%s was read at %v@%d and never sent", p.Value, p.Partition, p.Offset)
		case to != p.Partition:
			f.add("%s was sent to %v and read at %v@%d", p.Value, to, p.Partition, p.Offset)
		}
	}
	return f
}

// Idempotent is the beginning of the names of idempotent producers.
const Idempotent = "idempotent"

// onceOnly are the values that idempotent producers sent.
func (h *History) onceOnly() map[string]bool {
	once := map[string]bool{}
	for _, p := range h.Produces {
		once[p.Value] = strings.HasPrefix(p.Producer, Idempotent)
	}
	return once
}

// Duplicates is I4 without transactions: what an idempotent producer sent is there
// once at most.
func Duplicates(h *History) []string {
	var f found
	for _, d := range h.duplicates() {
		if !d.anew() {
			f.add("%s is at %v@%d and %d%v", d.value, d.Partition, d.first.offset, d.second.offset, d.senders())
		}
	}
	return f
}

// SentAnew counts what a producer sent twice under epochs of its own choice: see
// Produce.Anew. A broker cannot know that it is the same.
func (h *History) SentAnew() int {
	n := 0
	for _, d := range h.duplicates() {
		if d.anew() {
			n++
		}
	}
	return n
}

// duplicate is a value of an idempotent producer that is at two offsets.
type duplicate struct {
	Partition
	value         string
	mayAnew       bool
	first, second copied
}

// copied is one of them, and the sender that its batch names.
type copied struct {
	offset int64
	sender Sender
	known  bool
}

// anew: the two were sent as different ones, by a producer that does so.
func (d *duplicate) anew() bool {
	return d.mayAnew && d.first.known && d.second.known && d.first.sender != d.second.sender
}

func (d *duplicate) senders() string {
	if !d.first.known || !d.second.known {
		return ""
	}
	return fmt.Sprintf(", of producer id %d epoch %d and producer id %d epoch %d",
		d.first.sender.ID, d.first.sender.Epoch, d.second.sender.ID, d.second.sender.Epoch)
}

func (h *History) duplicates() []duplicate {
	var all []duplicate
	once, anew, senders := h.onceOnly(), map[string]bool{}, map[place]Sender{}
	for _, p := range h.Produces {
		anew[p.Value] = p.Anew
	}
	for _, r := range h.Replicas {
		for _, b := range r.Batches {
			for i := range b.Values {
				if r.Final {
					senders[place{r.Partition, b.Base + int64(i)}] = b.Sender
				}
			}
		}
	}
	first := map[string]int64{}
	for _, p := range h.Final {
		if at, again := first[p.Value]; again && at != p.Offset && once[p.Value] {
			d := duplicate{Partition: p.Partition, value: p.Value, mayAnew: anew[p.Value]}
			d.first.offset, d.second.offset = at, p.Offset
			d.first.sender, d.first.known = senders[place{p.Partition, at}]
			d.second.sender, d.second.known = senders[place{p.Partition, p.Offset}]
			all = append(all, d)
		}
		first[p.Value] = p.Offset
	}
	return all
}

// Order is I5: what one producer sent to a partition, one after the other, is there in
// that order.
func Order(h *History) []string {
	var f found
	type sender struct {
		Partition
		producer string
	}
	last := map[sender]Produce{}
	for _, p := range h.Produces {
		if p.Outcome != OK {
			continue
		}
		s := sender{p.Partition, p.Producer}
		if before, ok := last[s]; ok && p.Offset <= before.Offset {
			f.add("%s was sent before %s and is at %v@%d, not before %d", before.Value, p.Value, p.Partition, before.Offset, p.Offset)
		}
		last[s] = p
	}
	return f
}

// ReadThenLost is I8: what anybody has read stays.
func ReadThenLost(h *History) []string {
	var f found
	final, gone := h.finalRead(), h.gone()
	for _, p := range h.Polls {
		if p.Offset < gone[p.Partition] {
			continue
		}
		at := place{p.Partition, p.Offset}
		if value, ok := final[at]; !ok || value != p.Value {
			f.add("%s was read by %s at %v and is not there at the end (%q)", p.Value, p.Consumer, at, value)
		}
	}
	return f
}
