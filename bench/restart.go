package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// with returns the kind with more configuration.
func (k kind) with(overrides ...string) kind {
	args := k.args
	k.args = func(addr, dir string) []string {
		all := args(addr, dir)
		for _, o := range overrides {
			all = append(all, "--override", o)
		}
		return all
	}
	return k
}

// startIn runs the process over dir, which it keeps, and returns at once.
func (k kind) startIn(dir string) (*broker, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	args := k.args(addr, filepath.Join(dir, "data"))
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	b := &broker{cmd: cmd, addr: addr, dir: dir, started: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", k.name, err)
	}
	return b, nil
}

// end ends the process by a signal and keeps its directory.
func (b *broker) end(s syscall.Signal) error {
	err := b.cmd.Process.Signal(s)
	_ = b.cmd.Wait() // an error if it was killed
	return err
}

// endWith ends the process at once and adds its error to err.
func (b *broker) endWith(err error) error {
	return errors.Join(err, b.end(syscall.SIGKILL))
}

// descriptors is how many the process has open.
func (b *broker) descriptors() (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", b.cmd.Process.Pid))
	return len(entries), err
}

// peakRSS is the most resident memory the process has had, in bytes.
func (b *broker) peakRSS() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(text, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if !found || len(fields) == 0 {
		return 0, errors.New("status has no VmHWM")
	}
	kb, err := strconv.Atoi(string(fields[0]))
	return kb << 10, err
}
