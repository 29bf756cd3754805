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

	"github.com/brolga-io/brolga/bench/load"
)

// partitions is how many partitions the topic has.
const partitions = 4

// broker is a broker process over its own directory.
type broker struct {
	cmd     *exec.Cmd
	addr    string
	dir     string
	started time.Time
}

// kind starts one of the two brokers that are compared.
type kind struct {
	name string
	args func(addr, dir string) []string
	auto bool // the topic is created when asked for; otherwise it is there
}

func floorKind(self string) kind {
	return kind{name: "floor", args: func(addr, dir string) []string {
		return []string{self, "floor", "-addr", addr, "-dir", dir}
	}}
}

func brolgaKind(binary string) kind {
	return kind{name: "brolga", auto: true, args: func(addr, dir string) []string {
		return []string{binary, "server",
			"--override", "listeners=PLAINTEXT://" + addr,
			"--override", "advertised.listeners=PLAINTEXT://" + addr,
			"--override", "log.dirs=" + dir,
			"--override", "num.partitions=" + strconv.Itoa(partitions),
			"--override", "console.listener=none",
			"--override", "metrics.listener=none",
		}
	}}
}

// freeAddr returns an address nobody listens on now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs the process and returns at once.
func (k kind) start(parent string) (*broker, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, k.name)
	if err != nil {
		return nil, err
	}
	args := k.args(addr, filepath.Join(dir, "data"))
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	b := &broker{cmd: cmd, addr: addr, dir: dir, started: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", k.name, err), os.RemoveAll(dir))
	}
	return b, nil
}

// ready waits until the topic can be written to in all partitions.
func (b *broker) ready(k kind) error {
	if err := b.listens(); err != nil || !k.auto {
		return err
	}
	return load.Create(b.addr, partitions)
}

func (b *broker) listens() error {
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		c, err := net.Dial("tcp", b.addr)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// stop ends the process and removes its directory.
func (b *broker) stop() error {
	err := b.cmd.Process.Signal(syscall.SIGKILL)
	_ = b.cmd.Wait() // it was killed, which is an error
	return errors.Join(err, os.RemoveAll(b.dir))
}

// cpu is the time that all threads of the process have run.
func (b *broker) cpu() (time.Duration, error) {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", b.cmd.Process.Pid))
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("process %d is gone", b.cmd.Process.Pid)
	}
	var sum time.Duration
	for _, name := range names {
		text, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // the thread has ended
		}
		if err != nil {
			return 0, err
		}
		ns, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(ns, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		sum += time.Duration(n)
	}
	return sum, nil
}

// rss is the resident memory of the process in bytes.
func (b *broker) rss() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", b.cmd.Process.Pid))
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
