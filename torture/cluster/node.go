package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Node is one member of a cluster: its directory, its properties, and the process of
// the moment.
type Node struct {
	ID         int
	Host       string
	Address    string // where clients reach it
	Controller string
	Metrics    string // where it tells what it measures
	Home       string // properties and log
	Data       string // log.dirs

	c     *Cluster
	props map[string]string

	mu      sync.Mutex
	binary  string
	process *process
	starts  int
	wanted  bool // it shall run: an end by itself is unexpected
	ends    []string
}

// process is one run of the program.
type process struct {
	cmd    *exec.Cmd
	log    *os.File
	done   chan struct{}
	paused bool
}

// Start runs the node's process; it does not wait for anything. See Options.Before.
func (n *Node) Start() error {
	if n.c.Before != nil && n.Starts() > 0 && !n.Running() {
		n.c.Before(n)
	}
	return n.StartSpoiled()
}

// StartSpoiled is Start when somebody has damaged the files.
func (n *Node) StartSpoiled() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil && n.process.running() {
		return nil
	}
	return n.startLocked()
}

func (n *Node) startLocked() error {
	log, err := os.OpenFile(n.LogFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	args := []string{n.binary, "server", filepath.Join(n.Home, "server.properties")}
	if n.c.Isolated {
		args = append([]string{"nsenter", "--net=/run/netns/" + namespace(n.ID)}, args...)
	}
	p := &process{cmd: exec.Command(args[0], args[1:]...), log: log, done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = n.Home, log, log
	p.cmd.Env = append(os.Environ(), n.c.env(n.ID)...)
	if err := p.cmd.Start(); err != nil {
		return errors.Join(err, log.Close())
	}
	n.process, n.wanted = p, true
	n.starts++
	n.c.running.Go(func() { n.runProcess(p) })
	return nil
}

// runProcess waits for the end of a process and notes one that nobody asked for.
func (n *Node) runProcess(p *process) {
	err := p.cmd.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	close(p.done)
	p.log.Close()
	if n.process == p && n.wanted {
		n.wanted = false
		n.ends = append(n.ends, fmt.Sprintf("node %d ended by itself: %v", n.ID, err))
		n.c.say("node %d ended by itself: %v", n.ID, err)
	}
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Running tells whether there is a process, paused or not.
func (n *Node) Running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.process != nil && n.process.running()
}

// signal sends a signal to the running process and returns it, nil if there is none.
func (n *Node) signal(s syscall.Signal, wanted bool) *process {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil || !n.process.running() {
		return nil
	}
	n.wanted = wanted
	n.process.paused = s == syscall.SIGSTOP
	if n.process.cmd.Process.Signal(s) != nil {
		return nil
	}
	return n.process
}

// Kill ends the process with SIGKILL and tells whether there was one.
func (n *Node) Kill() bool {
	p := n.signal(syscall.SIGKILL, false)
	if p != nil {
		<-p.done
	}
	return p != nil
}

// Ended waits for the end of the process, and tells whether it ended within limit.
func (n *Node) Ended(limit time.Duration) bool {
	n.mu.Lock()
	p := n.process
	n.mu.Unlock()
	if p == nil {
		return true
	}
	select {
	case <-p.done:
		return true
	case <-time.After(limit):
		return false
	}
}

// Stop ends the process with SIGTERM; after limit it is killed and that is an error.
func (n *Node) Stop(limit time.Duration) error {
	p := n.signal(syscall.SIGTERM, false)
	if p == nil {
		return nil
	}
	select {
	case <-p.done:
	case <-time.After(limit):
		n.Kill()
		return fmt.Errorf("node %d did not stop within %v", n.ID, limit)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("node %d stopped with %d", n.ID, code)
	}
	return nil
}

// Pause stops the process where it is (SIGSTOP) and waits until it stands still.
func (n *Node) Pause() bool { return n.pause(true) }

func (n *Node) pause(wanted bool) bool {
	p := n.signal(syscall.SIGSTOP, wanted)
	if p == nil {
		return false
	}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if still(p.cmd.Process.Pid) {
			return true
		}
	}
	return false
}

// still tells whether every thread of a process is stopped.
func still(pid int) bool {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, name := range threads {
		stat, err := os.ReadFile(name)
		if err == nil && !strings.Contains(string(stat), ") T ") {
			return false
		}
	}
	return err == nil && len(threads) > 0
}

// Resume lets a paused process go on.
func (n *Node) Resume() bool { return n.signal(syscall.SIGCONT, true) != nil }

// Still runs f while the process stands still, with no system call under way. Whether its
// end is a surprise stays as it was.
func (n *Node) Still(f func() error) error {
	n.mu.Lock()
	wanted := n.wanted
	n.mu.Unlock()
	if !n.pause(wanted) {
		return fmt.Errorf("node %d does not stand still", n.ID)
	}
	err := f()
	n.signal(syscall.SIGCONT, wanted)
	return err
}

// Paused tells whether the process stands still.
func (n *Node) Paused() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.process != nil && n.process.running() && n.process.paused
}

// Unwatch says that an end of the process is no surprise from now on until the next
// Start or Watch: its disk fails, or its files are damaged.
func (n *Node) Unwatch() { n.watch(false) }

// Watch takes Unwatch back, if the process still runs.
func (n *Node) Watch() { n.watch(true) }

func (n *Node) watch(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wanted = on && n.process != nil && n.process.running()
}

// StartUnwatched runs the node's process when it may refuse to.
func (n *Node) StartUnwatched() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil && n.process.running() {
		return nil
	}
	err := n.startLocked()
	n.wanted = false
	return err
}

// Choose takes the program for the next Start.
func (n *Node) Choose(binary string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.binary = binary
}

// Pid is the process id, 0 without a process.
func (n *Node) Pid() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil || !n.process.running() {
		return 0
	}
	return n.process.cmd.Process.Pid
}

// LogFile has what all processes of the node wrote.
func (n *Node) LogFile() string { return filepath.Join(n.Home, "node.log") }

// Ends are the times at which the process ended and nobody had asked for it.
func (n *Node) Ends() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string{}, n.ends...)
}

// Starts counts the processes.
func (n *Node) Starts() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.starts
}
