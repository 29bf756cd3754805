package quorum

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

var errUnreachable = errors.New("unreachable")

// network joins the controllers of a test. It delays, and by its rules loses,
// repeats and so reorders messages. Time is the bubble's.
type network struct {
	mu    sync.Mutex
	rand  *rand.Rand
	nodes map[uint64]*node
	cut   map[[2]uint64]bool // from, to
	loss  float64
	extra float64       // chance of a repeated message
	delay time.Duration // longest; the shortest is a tenth of it
	// spy sees every message that is delivered.
	spy func(m *raftpb.Message)
}

func newNetwork(seed uint64) *network {
	return &network{rand: rand.New(rand.NewPCG(seed, 1)), nodes: map[uint64]*node{}, cut: map[[2]uint64]bool{}, delay: time.Millisecond}
}

// link is one controller's end of the network.
type link struct {
	net  *network
	self uint64
	dir  wire.UUID
	dead atomic.Bool // of a crashed controller: nothing leaves it any more
}

// Send implements Transport.
func (l *link) Send(msgs []*raftpb.Message) {
	if l.dead.Load() {
		return
	}
	for _, m := range msgs {
		// A real transport encodes: what is received shares nothing.
		m = proto.Clone(m).(*raftpb.Message)
		for range l.net.copies(m) {
			time.AfterFunc(l.net.latency(), func() { l.net.deliver(l.dir, m) })
		}
	}
}

// FetchSnapshot implements Transport.
func (l *link) FetchSnapshot(from uint64, id SnapshotID, position int64, maxBytes int) ([]byte, int64, error) {
	time.Sleep(l.net.latency())
	l.net.mu.Lock()
	n := l.net.nodes[from]
	down := l.dead.Load() || l.net.cut[[2]uint64{l.self, from}] || l.net.cut[[2]uint64{from, l.self}]
	l.net.mu.Unlock()
	if n == nil || down {
		return nil, 0, errUnreachable
	}
	// Small parts, so that a snapshot takes several.
	return n.q.ReadSnapshot(id, position, min(maxBytes, 1000))
}

func (w *network) latency() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.delay/10 + time.Duration(w.rand.Int64N(int64(w.delay)))
}

func (w *network) copies(m *raftpb.Message) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch p := w.rand.Float64(); {
	case w.cut[[2]uint64{m.GetFrom(), m.GetTo()}], p < w.loss:
		return 0
	case p < w.loss+w.extra:
		return 2
	}
	return 1
}

func (w *network) deliver(from wire.UUID, m *raftpb.Message) {
	w.mu.Lock()
	n, spy := w.nodes[m.GetTo()], w.spy
	w.mu.Unlock()
	if spy != nil {
		spy(m)
	}
	if n != nil {
		n.q.Step(from, m) // what is refused is lost
	}
}

// isolate cuts a controller off in both directions, or lets it back.
func (w *network) isolate(id uint64, others []uint64, cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, other := range others {
		if other != id {
			w.cut[[2]uint64{id, other}] = cut
			w.cut[[2]uint64{other, id}] = cut
		}
	}
}

func (w *network) put(id uint64, n *node) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n == nil {
		delete(w.nodes, id)
	} else {
		w.nodes[id] = n
	}
}

// cluster is a quorum of several controllers, each on its own file system.
type cluster struct {
	t     testing.TB
	net   *network
	ids   []uint64
	disks map[uint64]*vfs.Mem
	nodes map[uint64]*node // running ones
	// tune changes the options of every controller that is started.
	tune func(o *Options)
}

func newCluster(t testing.TB, size int, seed uint64) *cluster {
	c := &cluster{t: t, net: newNetwork(seed), disks: map[uint64]*vfs.Mem{}, nodes: map[uint64]*node{}}
	for i := 1; i <= size; i++ {
		id := InitialRaftID(int32(i))
		c.ids = append(c.ids, id)
		c.disks[id] = vfs.NewMem()
	}
	return c
}

// startCluster starts all and waits for the first leader.
func startCluster(t testing.TB, size int, seed uint64) *cluster {
	c := newCluster(t, size, seed)
	for _, id := range c.ids {
		c.start(id)
	}
	c.leader()
	return c
}

func (c *cluster) options(id uint64) Options {
	nodeID := int32(id - 1)
	voters := testMembers(len(c.disks))
	for i := range voters {
		voters[i].DirectoryID = wire.ZeroUUID // nobody knows them before they meet
	}
	o := Options{FS: c.disks[id], Dir: metadataDir, NodeID: nodeID, DirectoryID: testDir(byte(nodeID)),
		Voters: voters, Logger: quiet(c.t).With("node", nodeID)}
	o.Transport = &link{net: c.net, self: id, dir: o.DirectoryID}
	if c.tune != nil {
		c.tune(&o)
	}
	return o
}

// start runs a controller on its disk.
func (c *cluster) start(id uint64) *node {
	c.t.Helper()
	n := mustOpen(c.t, c.options(id))
	c.nodes[id] = n
	c.net.put(id, n)
	return n
}

// stop closes a controller in order.
func (c *cluster) stop(id uint64) {
	c.t.Helper()
	n := c.nodes[id]
	delete(c.nodes, id)
	if err := n.q.Close(); err != nil {
		c.t.Error(err)
	}
	c.net.put(id, nil)
}

// crash lets a controller die: what goes on of the old process touches only its
// old disk and reaches nobody.
func (c *cluster) crash(id uint64, o vfs.CrashOptions) {
	n := c.nodes[id]
	c.net.put(id, nil)
	c.disks[id] = c.disks[id].CrashClone(o)
	delete(c.nodes, id)
	n.opts.Transport.(*link).dead.Store(true)
	n.q.Close()
}

// leader waits until exactly one controller leads the newest epoch and returns it.
func (c *cluster) leader() (*node, int32) {
	c.t.Helper()
	for range 2000 {
		var best *node
		var bestEpoch int32
		for _, n := range c.nodes {
			if epoch, _ := n.role.leads(); epoch > bestEpoch {
				best, bestEpoch = n, epoch
			}
		}
		if best != nil && bestEpoch >= c.newestEpoch() {
			return best, bestEpoch
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.t.Fatal("no leader within 20 s")
	return nil, 0
}

func (c *cluster) newestEpoch() (epoch int32) {
	for _, n := range c.nodes {
		epoch = max(epoch, n.q.Status().LeaderEpoch)
	}
	return epoch
}

// id is the raft id of a running controller.
func (n *node) id() uint64 { return InitialRaftID(n.opts.NodeID) }

// followers are the running controllers but one.
func (c *cluster) followers(of *node) []*node {
	var out []*node
	for _, id := range c.ids {
		if n := c.nodes[id]; n != nil && n != of {
			out = append(out, n)
		}
	}
	return out
}

// converge waits until every running controller has applied everything, and checks
// that their logs hold the same bytes.
func (c *cluster) converge() {
	c.t.Helper()
	leader, _ := c.leader()
	for range 2000 {
		same := true
		want := leader.q.Status().LogEndOffset
		for _, n := range c.nodes {
			st := n.q.Status()
			same = same && st.HighWatermark == want && st.LogEndOffset == want
		}
		if same {
			c.compareLogs()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.t.Fatalf("not the same within 20 s:\n%s", strings.Join(c.states(), "\n"))
}

func (c *cluster) states() (out []string) {
	for _, n := range c.nodes {
		st := n.q.Status()
		out = append(out, fmt.Sprintf("controller %d: leader %d, epoch %d, committed %d of %d, failed: %v",
			n.opts.NodeID, st.LeaderID, st.LeaderEpoch, st.HighWatermark, st.LogEndOffset, n.failure()))
	}
	return out
}

// compareLogs checks that the logs hold the same bytes wherever they overlap.
func (c *cluster) compareLogs() {
	c.t.Helper()
	known := map[int64]string{} // by base offset
	for _, n := range c.nodes {
		for base, raw := range n.batches() {
			if other, ok := known[base]; ok && other != raw {
				c.t.Fatalf("offset %d holds %x here and %x there", base, raw, other)
			}
			known[base] = raw
		}
	}
}

// batches returns the bytes of every committed batch by base offset.
func (n *node) batches() map[int64]string {
	n.t.Helper()
	n.q.mu.Lock()
	table, high := n.q.table, n.q.high
	refs, from := append([]ref(nil), table.refs...), table.anchor.endOffset
	n.q.mu.Unlock()
	out := map[int64]string{}
	for i, r := range refs {
		end := high
		if i+1 < len(refs) {
			end = refs[i+1].base
		}
		if r.base < from || r.base >= high || end > high {
			continue
		}
		raw, err := n.q.disk.read(r.base, int(r.size), end)
		if err != nil {
			n.t.Fatalf("offset %d: %v", r.base, err)
		}
		out[r.base] = string(raw)
	}
	return out
}
