package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// nodeCount is how many processes the cluster has; each has both roles.
const nodeCount = 3

// node is one process of the cluster, on the same ports and data in every life.
type node struct {
	id                                 int
	addr, controller, metrics, console string
	dir                                string

	mu    sync.Mutex
	cmd   *exec.Cmd // nil while it is down
	ended chan struct{}
	life  int  // processes so far
	asked bool // it was told to end

	errors []string // lines of its log, once it was read
}

// fleet is the cluster.
type fleet struct {
	binary string
	nodes  []*node
}

// newFleet prepares and formats the nodes below dir.
func newFleet(binary, dir string) (*fleet, error) {
	f := &fleet{binary: binary}
	for id := 1; id <= nodeCount; id++ {
		n := &node{id: id, dir: filepath.Join(dir, fmt.Sprint("node", id))}
		for _, at := range []*string{&n.addr, &n.controller, &n.metrics, &n.console} {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			*at = l.Addr().String()
			defer l.Close() // when all are chosen, so that all differ
		}
		f.nodes = append(f.nodes, n)
	}
	for _, n := range f.nodes {
		if err := f.format(n); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// properties is the configuration of a node: Kafka's defaults but for what makes
// small and short what would otherwise take days to come around.
func (f *fleet) properties(n *node) []string {
	var voters []string
	for _, v := range f.nodes {
		voters = append(voters, fmt.Sprintf("%d@%s", v.id, v.controller))
	}
	return []string{
		"process.roles=broker,controller",
		fmt.Sprint("node.id=", n.id),
		"controller.quorum.voters=" + strings.Join(voters, ","),
		"listeners=PLAINTEXT://" + n.addr + ",CONTROLLER://" + n.controller,
		"controller.listener.names=CONTROLLER",
		"inter.broker.listener.name=PLAINTEXT",
		"log.dirs=" + filepath.Join(n.dir, "data"),
		"metrics.listener=http://" + n.metrics,
		"console.listener=http://" + n.console,
		"min.insync.replicas=2",
		"offsets.topic.num.partitions=5",
		"offsets.topic.segment.bytes=1048576",
		"metadata.max.retention.bytes=4194304",
		"group.initial.rebalance.delay.ms=0",
		"leader.imbalance.check.interval.seconds=30",
		"log.retention.check.interval.ms=10000",
		"log.cleaner.backoff.ms=5000",
		"metadata.log.max.record.bytes.between.snapshots=1048576",
		"",
	}
}

func (n *node) file() string { return filepath.Join(n.dir, "server.properties") }

func (f *fleet) format(n *node) error {
	if err := os.MkdirAll(n.dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(n.file(), []byte(strings.Join(f.properties(n), "\n")), 0o600); err != nil {
		return err
	}
	out, err := exec.Command(f.binary, "storage", "format", "--cluster-id", "4L6g3nShT-eMCtK--X86sw", "--config", n.file()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("format: %w: %s", err, out)
	}
	return nil
}

// start runs the node's process, whose log is added to what is there.
func (f *fleet) start(n *node) error {
	log, err := os.OpenFile(n.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(f.binary, "server", n.file())
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	ended := make(chan struct{})
	n.cmd, n.ended, n.asked = cmd, ended, false
	n.life++
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(ended)
	}()
	return nil
}

func (n *node) log() string { return filepath.Join(n.dir, "log") }

// stopLimit is how long an orderly stop may take.
const stopLimit = 30 * time.Second

// end ends the process by a signal, waits for it and tells how long that took.
func (n *node) end(s syscall.Signal) (time.Duration, error) {
	n.mu.Lock()
	cmd, ended := n.cmd, n.ended
	n.asked = true
	n.mu.Unlock()
	if cmd == nil {
		return 0, nil
	}
	begin := time.Now()
	if err := cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, err
	}
	select {
	case <-ended:
	case <-time.After(stopLimit):
		return stopLimit, fmt.Errorf("node %d did not end within %v of signal %v", n.id, stopLimit, s)
	}
	n.mu.Lock()
	n.cmd = nil
	n.mu.Unlock()
	return time.Since(begin), nil
}

// running returns the process id and which life it is, 0 while the node is down;
// an error if it ended and nobody asked it to.
func (n *node) running() (pid, life int, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return 0, n.life, nil
	}
	select {
	case <-n.ended:
		if !n.asked {
			return 0, n.life, fmt.Errorf("node %d ended by itself: %v", n.id, n.cmd.ProcessState)
		}
		return 0, n.life, nil
	default:
		return n.cmd.Process.Pid, n.life, nil
	}
}

// kill ends all processes at once.
func (f *fleet) kill() {
	for _, n := range f.nodes {
		_, _ = n.end(syscall.SIGKILL)
	}
}

func (f *fleet) seeds() []string {
	var all []string
	for _, n := range f.nodes {
		all = append(all, n.addr)
	}
	return all
}
