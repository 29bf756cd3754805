package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
)

// acknowledged is a model of what replicas of one partition hold: records are
// numbered, and a replica has all up to its number.
type acknowledged struct {
	committed int
	has       map[int32]int
	// uncleanAllowed tells whether somebody has asked for an unclean election.
	uncleanAllowed bool
}

func (w *world) dataOf(key partitionKey) *acknowledged {
	d := w.data[key]
	if d == nil {
		d = &acknowledged{has: map[int32]int{}}
		w.data[key] = d
	}
	return d
}

func (d *acknowledged) catchUp(leader, follower int32) { d.has[follower] = d.has[leader] }

// write acknowledges a record, if enough replicas are in sync.
func (w *world) write(name string) {
	key, p := w.partition(name)
	if p == nil || p.Leader == metadata.NoLeader {
		return
	}
	d := w.dataOf(key)
	if len(p.ISR) < w.minISR(name, p) {
		return
	}
	d.committed = d.has[p.Leader] + 1
	for _, id := range p.ISR {
		d.has[id] = d.committed
	}
}

func (w *world) minISR(name string, p *metadata.Partition) int {
	settings, err := decide(w.c, func(d *decision) (int32, error) { return int32(d.electionSettings(name).minISR), nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return min(int(settings), len(p.Replicas))
}

// lose takes a part of everything from the broker.
func (w *world) lose(id int32) {
	left := w.number(0, 3)
	for _, d := range w.data {
		d.has[id] = min(d.has[id], left)
	}
}

// uncleanAllowed notes that the topic's partitions may lose records.
func (w *world) uncleanAllowed(name string) {
	if t := w.image().TopicByName(name); t != nil {
		for id := range t.Partitions() {
			w.dataOf(partitionKey{t.ID, id}).uncleanAllowed = true
		}
	}
}

// dataRules: whoever is in sync or eligible has everything that was acknowledged.
// Less than that is allowed where only one replica ever had it, and under a leader
// that is marked as recovering: after a loss of every copy or an unclean election.
func (w *world) dataRules(key partitionKey, p *metadata.Partition) {
	d := w.dataOf(key)
	switch {
	case len(p.Replicas) == 1:
		d.committed = min(d.committed, d.has[p.Replicas[0]])
		return
	case p.LeaderRecoveryState == metadata.Recovering:
		w.recoveryIsNeeded(d, key, p)
		for _, id := range p.ISR { // one at most
			d.committed = min(d.committed, d.has[id])
		}
	}
	for _, id := range slices.Concat(p.ISR, p.ELR) {
		if d.has[id] < d.committed {
			w.rt.Fatalf("%v: %s: replica %d has %d of %d acknowledged records", key, partitionState(p), id, d.has[id], d.committed)
		}
	}
}

// recoveryIsNeeded: a leader is elected uncleanly only if that is allowed or nobody
// else is in sync or eligible, which can be seen by its being the last leader.
func (w *world) recoveryIsNeeded(d *acknowledged, key partitionKey, p *metadata.Partition) {
	was, ok := w.seen[key]
	if !ok || p.Leader == metadata.NoLeader || was.Leader == p.Leader || was.LeaderRecoveryState == metadata.Recovering || d.uncleanAllowed {
		return
	}
	t := w.image().TopicByID(key.topic)
	unclean, err := decide(w.c, func(d *decision) (bool, error) { return d.electionSettings(t.Name).unclean, nil })
	if err != nil {
		w.t.Fatal(err)
	}
	if !unclean && !slices.Equal(was.LastKnownELR, []int32{p.Leader}) {
		w.rt.Fatalf("%v: %s was elected uncleanly, before it was %s", key, partitionState(p), partitionState(&was))
	}
}
