package simulator

import (
	"math/rand/v2"
	"slices"
	"time"

	"go.etcd.io/raft/v3"

	"github.com/brolga-io/brolga/internal/metadata"
)

// heals ends a cut after a while.
func (w *world) heals(rng *rand.Rand, links []link) bool {
	for _, l := range links {
		w.net.set(l.from, l.to, true)
	}
	w.back(rng, 100*time.Millisecond, 4*time.Second, func() {
		for _, l := range links {
			w.net.set(l.from, l.to, false)
		}
	})
	return true
}

// isolate keeps a node from all others, or from all but one, in both ways; clients
// still reach it.
func isolate(w *world, rng *rand.Rand) bool {
	n, spared := w.anyNode(rng), w.anyNode(rng)
	var links []link
	for _, other := range w.nodes {
		if other != n && (other != spared || rng.IntN(2) == 0) {
			links = append(links, link{n.id, other.id}, link{other.id, n.id})
		}
	}
	return w.heals(rng, links)
}

// cutOneWay loses what a node sends to others, or what it is sent.
func cutOneWay(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	out, most := rng.IntN(2) == 0, 1+rng.IntN(len(w.nodes))
	var links []link
	for _, other := range w.nodes {
		if other == n || len(links) >= most {
			continue
		}
		if out {
			links = append(links, link{n.id, other.id})
		} else {
			links = append(links, link{other.id, n.id})
		}
	}
	return w.heals(rng, links)
}

// split makes two sides.
func split(w *world, rng *rand.Rand) bool {
	var links []link
	side := rng.Uint32()
	for _, a := range w.nodes {
		for _, b := range w.nodes {
			if side>>a.id&1 != side>>b.id&1 {
				links = append(links, link{a.id, b.id})
			}
		}
	}
	return len(links) > 0 && w.heals(rng, links)
}

func isolateFromClients(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	var links []link
	answers := rng.IntN(2) == 0 // only these are lost
	for id := int32(firstClient); id < firstClient+w.clients.nextID; id++ {
		links = append(links, link{n.id, id})
		if !answers {
			links = append(links, link{id, n.id})
		}
	}
	return w.heals(rng, links)
}

func lose(w *world, rng *rand.Rand) bool {
	w.net.loss = 0.01 + 0.2*rng.Float64()
	w.back(rng, 200*time.Millisecond, 3*time.Second, func() { w.net.loss = 0 })
	return true
}

func slowNetwork(w *world, rng *rand.Rand) bool {
	w.net.slow = time.Duration(5+rng.IntN(300)) * time.Millisecond
	w.back(rng, 200*time.Millisecond, 3*time.Second, func() { w.net.slow = 0 })
	return true
}

// newController has another voter ask for votes, or the leader hand over.
func newController(w *world, rng *rand.Rand) bool {
	n := w.nodes[rng.IntN(voters)]
	if n.proc == nil || n.proc.quorum == nil {
		return false
	}
	q := n.proc.quorum
	if q.leads {
		q.rn.TransferLeader(uint64(1 + rng.IntN(voters)))
		// Raft's core gives that up after an election timeout, which is never here. From
		// a follower it would be a wish for the leader of then.
		w.after(400*time.Millisecond, n.proc, "keep leading", func() {
			if q.rn.BasicStatus().RaftState == raft.StateLeader {
				q.rn.TransferLeader(uint64(n.id))
			}
		})
	} else {
		q.campaign()
	}
	q.pump()
	return true
}

func preferredLeaders(w *world, _ *rand.Rand) bool {
	w.clients.admin.elect()
	return true
}

// reassign moves a partition to other brokers, or gives it another order, or takes the
// move back half-way.
func reassign(w *world, rng *rand.Rand) bool {
	var topics []*metadata.Topic
	for t := range w.newest().Topics() {
		topics = append(topics, t)
	}
	if len(topics) == 0 {
		return false
	}
	t := topics[rng.IntN(len(topics))]
	number := int32(rng.IntN(t.PartitionCount()))
	var ids []int32
	for _, i := range rng.Perm(len(w.nodes))[:3] {
		ids = append(ids, int32(i+1))
	}
	w.clients.admin.reassign(t.Name, number, ids)
	if rng.IntN(4) == 0 {
		w.back(rng, 10*time.Millisecond, time.Second, func() { w.clients.admin.reassign(t.Name, number, nil) })
	}
	return !slices.Equal(ids, t.Partition(number).Replicas)
}

// recreate deletes a topic and makes it anew under the same name.
func recreate(w *world, rng *rand.Rand) bool {
	pause := time.Duration(rng.IntN(300)) * time.Millisecond
	w.clients.admin.remove(oftenTopic, func() {
		w.after(pause, nil, "recreate", func() { w.clients.admin.create(w.spec(oftenTopic), func() {}) })
	})
	return true
}

// deleteRecords takes the beginning off a topic whose records may go.
func deleteRecords(w *world, rng *rand.Rand) bool {
	t := w.newest().TopicByName(shortTopic)
	if t == nil || t.Partition(0).Leader < 0 || w.node(t.Partition(0).Leader).proc == nil {
		return false
	}
	p := w.node(t.Partition(0).Leader).proc
	part, err := p.replicas.FindByID(p.feed.image, t.ID, 0)
	if err != nil {
		return false
	}
	_, err = part.DeleteRecords(rng.Int64N(part.HighWatermark() + 1))
	p.news()
	return err == nil
}
