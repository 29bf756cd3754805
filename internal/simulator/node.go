package simulator

import (
	"fmt"
	"math/rand/v2"
	"time"

	"go.etcd.io/raft/v3"

	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/vfs"
)

// dataDir is the data directory of every node, in its own files.
const dataDir = "/data"

const clusterID = "simulatedAAAAAAAAAAAAA"

// node is a machine: what outlives its processes.
type node struct {
	w       *world
	id      int32
	mem     *vfs.Mem
	storage *raft.MemoryStorage
	rng     *rand.Rand
	boots   int           // how often the machine was switched on
	lives   int           // processes so far
	proc    *process      // nil while none runs
	skew    time.Duration // of the wall clock
	slow    time.Duration // of each sync, at most
	frail   bool          // it lost power or files, and is not in sync everywhere again
	holdOff bool          // a fault keeps it from being started
}

func (w *world) node(id int32) *node { return w.nodes[id-1] }

func (w *world) addNode(id int32, of int) {
	n := &node{w: w, id: id, storage: newStorage(of), rng: w.rng(fmt.Sprint("node ", id))}
	n.wipe()
	w.nodes = append(w.nodes, n)
}

// wipe gives the node an empty data directory.
func (n *node) wipe() {
	n.mem = vfs.NewMem()
	n.boots++
	id := logdir.UUID{15: byte(n.id), 14: byte(n.boots), 0: 1, 6: 0x40, 8: 0x80}
	err := n.mem.MkdirAll(dataDir, 0o755)
	if err == nil {
		err = n.mem.SyncDir("/")
	}
	if err == nil {
		err = logdir.WriteMetaProperties(n.mem, dataDir, logdir.MetaProperties{NodeID: n.id, ClusterID: clusterID, DirectoryID: id})
	}
	must(err)
}

// must is for what cannot fail.
func must(err error) {
	if err != nil {
		panic("BUG: " + err.Error())
	}
}

// machine names this run of the machine.
func (n *node) machine(string) string { return fmt.Sprint("boot ", n.boots) }

// kill ends the process: what it wrote is still there, synced or not.
func (n *node) kill(why string) {
	if n.proc == nil {
		return
	}
	n.w.note("node %d is killed: %s", n.id, why)
	n.w.seen.dump(n.proc, fmt.Sprintf("when killed at %v", n.w.now()), false)
	p := n.proc
	p.die()
	p.files.unlock()
	p.hangUp()
	n.proc = nil
}

// losePower ends the machine.
func (n *node) losePower(why string) {
	n.w.note("node %d loses power: %s", n.id, why)
	if p := n.proc; p != nil {
		n.w.seen.dump(p, fmt.Sprintf("before its power was lost at %v", n.w.now()), false)
		p.die()
		n.proc = nil
	}
	n.mem = losePower(n.mem, n.rng)
	n.boots++
	n.frail = true
}

// startIn starts a process after a while, if none runs then.
func (n *node) startIn(d time.Duration) {
	n.w.after(d, nil, "start", func() {
		if n.proc == nil && !n.holdOff {
			n.start()
		}
	})
}

// die ends a process: nothing of it happens any more.
func (p *process) die() {
	if !p.dead {
		p.dead = true
		p.w.after(0, nil, "dead", func() { p.buried() })
	}
}

// buried sees to what is left of a process that died by itself.
func (p *process) buried() {
	n := p.node
	if n.proc != p {
		return // a fault ended it, and says how it goes on
	}
	n.proc = nil
	p.files.unlock()
	p.hangUp()
	if p.failedIO { // pages that could not be written are lost
		n.losePower("after an error of its disk")
	}
	n.startIn(time.Duration(10+n.rng.IntN(500)) * time.Millisecond)
}
