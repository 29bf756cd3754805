package testcluster

import (
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/node"
	"github.com/brolga-io/brolga/internal/vfs"
)

// dataDir is the data directory of every member, in its own files.
const dataDir = "/data"

// metaDir is where metadata.log.dir may point.
const metaDir = "/meta"

// Member is one machine of a cluster and the process that runs on it.
type Member struct {
	ID   int32
	Host string

	c      *Cluster
	files  *vfs.Mem
	boots  int          // how often the machine has been switched on
	lives  atomic.Int64 // odd while a process runs, another number for each
	proc   *process     // nil: none runs
	resume func()       // ends a stalled disk; nil: it is not stalled
}

// process is one life of a node.
type process struct {
	m       *Member
	disk    *disk
	stop    chan struct{} // ends a start that waits
	started chan struct{} // closed when node or err is set
	ended   chan struct{} // closed when everything has ended
	mayEnd  bool          // a test expects it to end by itself

	mu   sync.Mutex
	dead bool // killed: what still runs is a ghost
	done bool // asked to end
	node *node.Node

	err error // why it ended by itself
}

// Address is where clients reach the member.
func (m *Member) Address() string { return fmt.Sprintf("%s:9092", m.Host) }

func (m *Member) controllerAddress() string { return fmt.Sprintf("%s:9093", m.Host) }

// format makes the member's directories: that of the data, and one that a cluster may
// keep its metadata in.
func (m *Member) format() error {
	for i, dir := range []string{dataDir, metaDir} {
		if err := m.files.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := m.files.SyncDir("/"); err != nil {
			return err
		}
		id := logdir.UUID{15: byte(m.ID), 13: byte(i), 0: 1, 6: 0x40, 8: 0x80}
		err := logdir.WriteMetaProperties(m.files, dir, logdir.MetaProperties{NodeID: m.ID, ClusterID: clusterID, DirectoryID: id})
		if err != nil {
			return err
		}
	}
	return nil
}

// machine tells a node whether the machine was off meanwhile.
func (m *Member) machine(string) string { return fmt.Sprint("boot ", m.boots) }

// Start begins a new process on the member's files and does not wait for it.
func (m *Member) Start() { m.start(false) }

func (m *Member) start(mayEnd bool) {
	if m.proc != nil {
		panic("BUG: the member runs already")
	}
	p := &process{m: m, disk: newDisk(m.files), stop: make(chan struct{}), started: make(chan struct{}), ended: make(chan struct{}), mayEnd: mayEnd}
	m.proc = p
	m.lives.Add(1)
	m.c.Net.PowerOn(m.Host)
	m.c.running.Go(p.run)
}

// run is the process: it starts again as Run does after failures that ask for it.
func (p *process) run() {
	defer close(p.ended)
	begun := sync.OnceFunc(func() { close(p.started) })
	for {
		err := p.runOnce(begun)
		if !node.Restarts(err) {
			if err != nil && !p.asked() {
				p.endedItself(err)
			}
			begun()
			return
		}
	}
}

// endedItself notes why a process has ended that nobody asked to.
func (p *process) endedItself(err error) {
	p.mu.Lock()
	p.err = err
	p.mu.Unlock()
	if !p.mayEnd {
		p.m.c.found("node %d ended by itself: %v", p.m.ID, err)
	}
}

func (p *process) runOnce(begun func()) error {
	cfg, err := config.Load(config.Standalone(), p.m.settings())
	if err != nil {
		return err
	}
	n, err := node.Start(cfg, node.Options{
		Log: slog.New(p.m.c.log.of(p.m.ID)), FS: p.disk, Stop: p.stop,
		Listen: p.listen, Dial: p.dial, Machine: p.m.machine,
	})
	if err != nil {
		return err // Start has closed what it had opened
	}
	p.mu.Lock()
	p.node = n
	p.mu.Unlock()
	begun()
	select {
	case <-p.stop:
	case err = <-n.Failed():
	}
	if closeErr := n.Close(); closeErr != nil && err == nil && !p.ghost() {
		return closeErr
	}
	return err
}

func (p *process) ghost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

func (p *process) asked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead || p.done
}

// end asks the process to end; a dead one only clears up in this address space.
func (p *process) end(dead bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = p.dead || dead
	if !p.done {
		p.done = true
		close(p.stop)
	}
}

func (p *process) listen(address string) (net.Listener, error) {
	if p.ghost() {
		return nil, net.ErrClosed
	}
	return p.m.c.Net.Listen(p.m.Host, address)
}

func (p *process) dial(address string, timeout time.Duration) (net.Conn, error) {
	if p.ghost() {
		return nil, net.ErrClosed
	}
	nc, err := p.m.c.Net.Dial(p.m.Host, address, timeout)
	if err == nil && p.ghost() {
		nc.Close()
		return nil, net.ErrClosed
	}
	return nc, err
}

// Running tells whether a process runs.
func (m *Member) Running() bool { return m.proc != nil }

// Node is the member's node once it has started, else nil.
func (m *Member) Node() *node.Node {
	if m.proc == nil {
		return nil
	}
	m.proc.mu.Lock()
	defer m.proc.mu.Unlock()
	return m.proc.node
}

// Stop ends the process as SIGTERM does, and waits for it.
func (m *Member) Stop() {
	p := m.proc
	p.end(false)
	<-p.ended
	m.proc = nil
	m.lives.Add(1)
}

// Kill ends the process as kill -9 does: the files stay as they are, also what was
// not synced.
func (m *Member) Kill() {
	p := m.proc
	p.end(true)
	m.c.Net.Kill(m.Host)
	p.disk.die()
	m.ghosted()
}

// LosePower ends the machine: what was not synced is lost in part, and nobody hears
// of it.
func (m *Member) LosePower() {
	p := m.proc
	p.end(true)
	m.c.Net.PowerOff(m.Host)
	p.disk.die()
	m.files = losePower(m.files, m.c.rng)
	m.boots++
	m.ghosted()
}

// ghosted lets what remains of a dead process run into its errors.
func (m *Member) ghosted() {
	m.unstall()
	m.proc = nil
	m.lives.Add(1)
}

// Pause stops the member as far as a goroutine can be stopped: see the package's
// comment.
func (m *Member) Pause() {
	m.c.Net.Pause(m.Host)
	if m.proc != nil {
		m.resume = m.proc.disk.stall()
	}
}

// Resume ends Pause.
func (m *Member) Resume() {
	m.c.Net.Resume(m.Host)
	m.unstall()
}

func (m *Member) unstall() {
	if m.resume != nil {
		m.resume()
		m.resume = nil
	}
}

// SlowDisk makes each sync take that long.
func (m *Member) SlowDisk(wait time.Duration) {
	if m.proc != nil {
		m.proc.disk.setSlow(wait)
	}
}

// image is what the member believes, nil without a running node.
func (m *Member) image() *metadata.Image {
	if n := m.Node(); n != nil {
		return n.Image()
	}
	return nil
}
