package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/brolga-io/brolga/bench/load"
)

// partitions is how many partitions the topic has.
const partitions = 4

// broker is a broker over its own directory: one process, or the nodes of a
// cluster, of which the first leads all partitions of the topic.
type broker struct {
	kind    kind
	at      []place
	cmds    []*exec.Cmd
	addr    string // of the first
	dir     string
	started time.Time
}

// place is where a process listens and what it writes.
type place struct {
	addr, controller, dir string
}

// log is what the process says.
func (p place) log() string { return p.dir + ".log" }

// lastWords is the end of what the first process said.
func (b *broker) lastWords() string {
	const most = 2000
	text, err := os.ReadFile(b.at[0].log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}

// places chooses addresses nobody listens on now, and directories in dir.
func places(dir string, count int) ([]place, error) {
	var at []place
	for i := range count {
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		controller, err := freeAddr()
		if err != nil {
			return nil, err
		}
		name := "data"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		at = append(at, place{addr, controller, filepath.Join(dir, name)})
	}
	return at, nil
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs the processes over an empty directory and returns at once.
func (k kind) start(parent string) (*broker, error) {
	dir, err := os.MkdirTemp(parent, k.name)
	if err != nil {
		return nil, err
	}
	b, err := k.startIn(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return b, nil
}

// startIn runs the processes over dir, which it keeps, and returns at once.
func (k kind) startIn(dir string) (*broker, error) {
	at, err := places(dir, k.nodes)
	if err != nil {
		return nil, err
	}
	if k.prepare != nil {
		if err := k.prepare(at); err != nil {
			return nil, err
		}
	}
	b := &broker{kind: k, at: at, cmds: make([]*exec.Cmd, k.nodes), addr: at[0].addr, dir: dir, started: time.Now()}
	for i := range at {
		if err := b.run(i); err != nil {
			return nil, b.endWith(err)
		}
	}
	return b, nil
}

// run starts process i.
func (b *broker) run(i int) error {
	args := b.kind.args(b.at, i)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	log, err := os.OpenFile(b.at[i].log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // nothing stays behind
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", b.kind.name, err)
	}
	b.cmds[i] = cmd
	return nil
}

// ready waits until the topic can be written to in all partitions.
func (b *broker) ready() error {
	if err := b.listens(); err != nil {
		return err
	}
	if b.kind.auto {
		return load.Create(b.addr, partitions, len(b.at))
	}
	return load.Await(b.addr, partitions)
}

// listenTimeout is how long a start may take: a JVM that looks at ten thousand
// partitions after kill -9 takes long.
const listenTimeout = 5 * time.Minute

func (b *broker) listens() error {
	for deadline := time.Now().Add(listenTimeout); ; time.Sleep(time.Millisecond) {
		c, err := net.Dial("tcp", b.addr)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// stop ends the processes and removes their directory.
func (b *broker) stop() error {
	return errors.Join(b.end(syscall.SIGKILL), os.RemoveAll(b.dir))
}

// cpu is the time that all threads of the processes have run.
func (b *broker) cpu() (sum time.Duration, err error) {
	for _, cmd := range b.cmds {
		d, err := cpuOfProcess(cmd.Process.Pid)
		if err != nil {
			return 0, err
		}
		sum += d
	}
	return sum, nil
}

// cpuOfProcess reads the process's own clock, which counts threads that have ended.
func cpuOfProcess(pid int) (time.Duration, error) {
	const scheduler = 2 // CPUCLOCK_SCHED of the kernel's clock ids
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|scheduler, &t); err != nil {
		return 0, fmt.Errorf("the CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// rss is the resident memory of the first process in bytes.
func (b *broker) rss() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", b.pid()))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("statm: %q", text)
	}
	pages, err := strconv.Atoi(fields[1])
	return pages * os.Getpagesize(), err
}

func (b *broker) pid() int { return b.cmds[0].Process.Pid }
