package controller

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
)

// placer chooses replicas for the partitions of one topic. It goes round the racks
// and, within each rack, round its brokers, and begins each partition one rack and
// one broker further: leaders and replicas spread evenly over racks first, then
// over brokers. Fenced brokers come last and never lead (KIP-631).
type placer struct {
	rand  *rand.Rand
	racks []*rack
	// total and alive count all brokers and the unfenced ones.
	total, alive int
	// round numbers the partitions, shuffled is the round of the last shuffle.
	round, shuffled int
	// first is the rack of the next partition's leader.
	first int
}

// rack is the brokers of one rack. Brokers that told no rack share one.
type rack struct {
	name         *string
	alive, fence ring
}

// ring gives out brokers in turn, each once in a round. It moves on by one in each
// round that it is used in: if it did so in every round, brokers of a rack that is
// used in every second partition would never get their turn to lead.
type ring struct {
	ids         []int32
	offset      int
	round, used int
}

// newPlacer returns a placer for the brokers that can take replicas. It begins at
// random places, so that small topics do not all end up on the first broker.
func newPlacer(image *metadata.Image, rand *rand.Rand) *placer {
	p := &placer{rand: rand}
	for b := range image.Brokers() {
		// A broker on its way out takes none; one that is out counts as fenced.
		if !b.HasUncordonedDir() || b.InControlledShutdown && !b.Fenced {
			continue
		}
		r := p.rack(b.Rack)
		p.total++
		if b.Fenced {
			r.fence.ids = append(r.fence.ids, b.ID)
			continue
		}
		p.alive++
		r.alive.ids = append(r.alive.ids, b.ID)
	}
	slices.SortFunc(p.racks, func(a, b *rack) int { return compareRacks(a.name, b.name) })
	for _, r := range p.racks {
		r.alive.begin(rand)
		r.fence.begin(rand)
	}
	if len(p.racks) > 0 {
		p.first = rand.IntN(len(p.racks))
	}
	return p
}

func (p *placer) rack(name *string) *rack {
	for _, r := range p.racks {
		if compareRacks(r.name, name) == 0 {
			return r
		}
	}
	r := &rack{name: name}
	p.racks = append(p.racks, r)
	return r
}

// compareRacks puts brokers without a rack first.
func compareRacks(a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Compare(*a, *b)
}

// place returns the replicas of the next partition, the leader first. possible has
// said that there are enough brokers.
func (p *placer) place(replicas int) []int32 {
	// When every unfenced broker has had its turn the same sets would come again.
	if p.round-p.shuffled == p.alive && p.alive > 1 {
		p.shuffle()
		p.shuffled = p.round
	}
	p.first %= len(p.racks)
	chosen := make([]int32, 0, replicas)
	leaderRack := p.first
	for len(chosen) == 0 {
		if b, ok := p.racks[leaderRack].alive.next(p.round); ok {
			chosen = append(chosen, b)
			break
		}
		leaderRack = (leaderRack + 1) % len(p.racks)
	}
	// The rack of the leader is passed over once: it has a replica already.
	for at := p.first; len(chosen) < replicas; at = (at + 1) % len(p.racks) {
		if at == leaderRack {
			leaderRack = -1
			continue
		}
		if b, ok := p.racks[at].next(p.round); ok {
			chosen = append(chosen, b)
		}
	}
	p.round++
	p.first++
	return chosen
}

func (p *placer) shuffle() {
	p.rand.Shuffle(len(p.racks), func(i, j int) { p.racks[i], p.racks[j] = p.racks[j], p.racks[i] })
	for _, r := range p.racks {
		for _, ids := range [][]int32{r.alive.ids, r.fence.ids} {
			p.rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		}
	}
}

// next returns a broker of the rack, fenced ones last.
func (r *rack) next(round int) (int32, bool) {
	if b, ok := r.alive.next(round); ok {
		return b, true
	}
	return r.fence.next(round)
}

func (r *ring) begin(rand *rand.Rand) {
	r.round = -1
	if len(r.ids) > 0 {
		r.offset = rand.IntN(len(r.ids))
	}
}

// next returns the next broker, unless each has been given out in this round.
func (r *ring) next(round int) (int32, bool) {
	if len(r.ids) == 0 {
		return 0, false
	}
	if r.round != round {
		r.round, r.used = round, 0
		r.offset = (r.offset + 1) % len(r.ids)
	}
	if r.used == len(r.ids) {
		return 0, false
	}
	b := r.ids[(r.offset+r.used)%len(r.ids)]
	r.used++
	return b, true
}
