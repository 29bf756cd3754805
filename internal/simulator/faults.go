package simulator

import (
	"math/rand/v2"
	"slices"
	"time"
)

// fault is something bad that may happen to a cluster. strike does it and tells whether
// it took effect: some are not allowed at every moment, so that a run stays within what
// is promised (docs/torture.md).
type fault struct {
	name   string
	weight int
	strike func(w *world, rng *rand.Rand) bool
}

// faults are all of them.
func faults() []fault {
	return []fault{
		{"kill", 10, kill}, {"kill all", 2, killAll}, {"kill leader", 6, killLeader}, {"die in an operation", 10, dieInOperation},
		{"power loss", 6, losePowerOfOne}, {"power loss of all", 3, losePowerOfAll}, {"disk error", 3, diskError},
		{"orderly stop", 3, orderlyStop}, {"wipe", 2, wipe}, {"pause", 5, pause},
		{"isolate", 6, isolate}, {"one-way cut", 6, cutOneWay}, {"split", 3, split}, {"isolate from clients", 2, isolateFromClients},
		{"loss", 3, lose}, {"slow network", 3, slowNetwork}, {"slow disk", 3, slowDisk}, {"late metadata", 4, lateMetadata},
		{"clock jump", 2, clockJump}, {"new controller", 5, newController}, {"preferred leaders", 2, preferredLeaders},
		{"reassign", 4, reassign}, {"recreate topic", 2, recreate}, {"delete records", 2, deleteRecords},
	}
}

// plan has faults strike at times that the seed says. Each has randomness of its own,
// so that leaving one out changes none of the others.
func (w *world) plan() {
	rng := w.rng("plan")
	all := faults()
	weights := 0
	for _, f := range all {
		weights += f.weight
	}
	w.bitten = map[string]int{}
	at := time.Duration(0)
	for place := 0; ; place++ {
		at += 10*time.Millisecond + time.Duration(rng.ExpFloat64()*float64(w.run.traits.calm))
		pick, own := rng.IntN(weights), rng.Uint64()
		if at > w.run.Span {
			return
		}
		if w.run.Only != nil && !slices.Contains(w.run.Only, place) {
			continue
		}
		w.planned++
		f := all[0]
		for _, f = range all {
			if pick -= f.weight; pick < 0 {
				break
			}
		}
		w.after(at, nil, f.name, func() {
			w.note("FAULT %d: %s", place, f.name)
			if f.strike(w, rand.New(rand.NewPCG(w.run.Seed, own))) {
				w.bitten[f.name]++
				w.struck = append(w.struck, place)
			}
		})
	}
}

// back has something end after a while, unless the run is over before.
func (w *world) back(rng *rand.Rand, least, most time.Duration, undo func()) {
	d := least + time.Duration(rng.Int64N(int64(most-least)))
	w.after(d, nil, "back", func() {
		if !w.stopped {
			undo()
		}
	})
}

func (w *world) anyNode(rng *rand.Rand) *node { return w.nodes[rng.IntN(len(w.nodes))] }

func restartDelay(rng *rand.Rand) time.Duration {
	if rng.IntN(5) == 0 {
		return time.Duration(rng.IntN(4000)) * time.Millisecond
	}
	return time.Duration(5+rng.IntN(300)) * time.Millisecond
}

func kill(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	bites := n.proc != nil
	n.kill("fault")
	n.startIn(restartDelay(rng))
	return bites
}

func killAll(w *world, rng *rand.Rand) bool {
	for _, n := range w.nodes {
		n.kill("all at once")
		n.startIn(restartDelay(rng))
	}
	return true
}

func killLeader(w *world, rng *rand.Rand) bool {
	image := w.newest()
	for t := range image.Topics() {
		if p := t.Partition(int32(rng.IntN(t.PartitionCount()))); rng.IntN(2) == 0 && p.Leader > 0 && w.node(p.Leader).proc != nil {
			w.node(p.Leader).kill("it leads " + t.Name)
			w.node(p.Leader).startIn(restartDelay(rng))
			return true
		}
	}
	return false
}

// dieInOperation has a process die in the middle of one of its next operations.
func dieInOperation(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	if n.proc == nil {
		return false
	}
	f := n.proc.files
	f.dieAt, f.torn = f.ops+1+rng.IntN(40), rng.IntN(2) == 0
	return true
}

// mayLose tells whether a machine may lose what it has not synced, or everything: with
// log.durability=os one at a time.
func (w *world) mayLose(n *node) bool {
	for _, other := range w.nodes {
		if other != n && other.frail && !w.whole(other) {
			return false
		}
	}
	return true
}

// whole tells whether a node is in sync everywhere again.
func (w *world) whole(n *node) bool {
	p := n.proc
	if p == nil || !p.registrar.alive() || p.files.failAt > p.files.ops { // an error of its disk is on its way
		return false
	}
	image := w.newest()
	if b := image.Broker(n.id); b == nil || b.Fenced || b.IncarnationID != p.registrar.request.IncarnationId {
		return false
	}
	for t := range image.Topics() {
		for _, mp := range t.Partitions() {
			if slices.Contains(mp.Replicas, n.id) && !slices.Contains(mp.ISR, n.id) {
				return false
			}
		}
	}
	n.frail = false
	return true
}

func losePowerOfOne(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	if !w.run.Fsync && !w.mayLose(n) {
		return false
	}
	n.losePower("fault")
	n.startIn(restartDelay(rng))
	return true
}

// losePowerOfAll is survived by what is acknowledged with log.durability=fsync only.
func losePowerOfAll(w *world, rng *rand.Rand) bool {
	if !w.run.Fsync {
		return false
	}
	for _, n := range w.nodes {
		n.losePower("all at once")
		n.startIn(restartDelay(rng))
	}
	return true
}

// diskError has one of a process's next operations fail; its only directory is offline
// then, and what it had not synced may be gone.
func diskError(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	// Also with log.durability=fsync: a replica whose disk failed counts as one that may
	// lack something, and only one of a partition's may when another was wiped.
	if n.proc == nil || !w.mayLose(n) {
		return false
	}
	n.frail = true
	f := n.proc.files
	f.failAt, f.torn = f.ops+1+rng.IntN(20), rng.IntN(2) == 0
	return true
}

func orderlyStop(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	p := n.proc
	if p == nil || p.registrar.leaving || p.registrar.epoch < 0 {
		return false
	}
	down := restartDelay(rng)
	end := func() {
		if n.proc != p || p.dead {
			return
		}
		w.seen.dump(p, "when stopped", false)
		err := p.dirs.Close(true)
		if err != nil && !p.dead && !p.failedIO {
			w.fail("node %d cannot close its logs: %v", n.id, err)
		}
		if p.dead {
			return // in the middle of it
		}
		p.die()
		p.files.unlock()
		p.hangUp()
		n.proc = nil
		w.note("node %d has stopped", n.id)
		n.startIn(down)
	}
	p.registrar.leaving, p.registrar.left = true, end
	w.after(2*time.Second, p, "stop anyway", end)
	return true
}

func wipe(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	if !w.mayLose(n) {
		return false
	}
	n.kill("its disk is exchanged")
	n.wipe()
	n.frail = true
	n.startIn(restartDelay(rng))
	return true
}

// pause stops a process for a while; it does not notice.
func pause(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	if n.proc == nil {
		return false
	}
	n.proc.pausedUntil = w.now() + time.Duration(50+rng.IntN(3000))*time.Millisecond
	return true
}

func clockJump(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	n.skew += time.Duration(rng.Int64N(int64(48*time.Hour))) - 24*time.Hour
	return true
}

func slowDisk(w *world, rng *rand.Rand) bool {
	n := w.anyNode(rng)
	n.slow = time.Duration(10+rng.IntN(400)) * time.Millisecond
	w.back(rng, 200*time.Millisecond, 3*time.Second, func() { n.slow = 0 })
	return true
}

// lateMetadata has a node hear late of what is committed.
func lateMetadata(w *world, rng *rand.Rand) bool {
	p := w.anyNode(rng).proc
	if p == nil || p.feed == nil {
		return false
	}
	p.feed.slow = time.Duration(20+rng.IntN(800)) * time.Millisecond
	w.back(rng, 500*time.Millisecond, 4*time.Second, func() { p.feed.slow = 0 })
	return true
}
