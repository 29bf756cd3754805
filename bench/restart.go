package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// end ends the processes by a signal and keeps their directory.
func (b *broker) end(s syscall.Signal) error {
	var errs []error
	for i := range b.cmds {
		errs = append(errs, b.endOne(i, s))
	}
	return errors.Join(errs...)
}

// endOne ends process i by a signal.
func (b *broker) endOne(i int, s syscall.Signal) error {
	if b.cmds[i] == nil {
		return nil
	}
	err := b.cmds[i].Process.Signal(s)
	_ = b.cmds[i].Wait() // an error if it was killed
	b.cmds[i] = nil
	return err
}

// endWith ends the processes at once and adds its error to err.
func (b *broker) endWith(err error) error {
	return errors.Join(err, b.end(syscall.SIGKILL))
}

// descriptors is how many the first process has open.
func (b *broker) descriptors() (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", b.pid()))
	return len(entries), err
}

// peakRSS is the most resident memory the first process has had, in bytes.
func (b *broker) peakRSS() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.pid()))
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
