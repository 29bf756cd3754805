//go:build faults

package node

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
)

// faultsVariable names a unix socket on which a process takes orders to misbehave. Only
// builds for tests have it.
const faultsVariable = "BROLGA_FAULTS"

// wrongClock is a system clock whose wall clock is wrong by an offset. Timers and
// durations are right, as they are on a machine whose date somebody sets.
type wrongClock struct {
	shard.SystemClock
	offset atomic.Int64 // in ns

	listener net.Listener
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// WallMs implements shard.WallClock.
func (c *wrongClock) WallMs() int64 {
	return time.Now().Add(time.Duration(c.offset.Load())).UnixMilli()
}

// faultyClock is a clock that obeys who connects to the socket; without one it is the
// real clock. An order is a line, "clock-offset " and a Go duration, and is answered with
// "ok", or a sentence about what is wrong with it.
func faultyClock(socket string) (shard.Clock, func(), error) {
	if socket == "" {
		return nil, func() {}, nil
	}
	// A process that was killed has left its socket.
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", faultsVariable, err)
	}
	c := &wrongClock{listener: l, conns: map[net.Conn]struct{}{}}
	c.running.Go(c.runAccept)
	return c, c.close, nil
}

func (c *wrongClock) runAccept() {
	for {
		nc, err := c.listener.Accept()
		if err != nil {
			return // closed
		}
		c.mu.Lock()
		c.conns[nc] = struct{}{}
		c.mu.Unlock()
		c.running.Go(func() { c.runOrders(nc) })
	}
}

func (c *wrongClock) runOrders(nc net.Conn) {
	defer nc.Close()
	for lines := bufio.NewScanner(nc); lines.Scan(); {
		answer := "ok"
		if err := c.obey(lines.Text()); err != nil {
			answer = err.Error()
		}
		if _, err := fmt.Fprintln(nc, answer); err != nil {
			return
		}
	}
}

func (c *wrongClock) obey(line string) error {
	text, ok := strings.CutPrefix(line, "clock-offset ")
	if !ok {
		return fmt.Errorf("no order: %q", line)
	}
	d, err := time.ParseDuration(text)
	if err == nil {
		c.offset.Store(int64(d))
	}
	return err
}

func (c *wrongClock) close() {
	_ = c.listener.Close() // nobody comes any more, whatever it says
	c.mu.Lock()
	for nc := range c.conns {
		_ = nc.Close() // the same
	}
	c.mu.Unlock()
	c.running.Wait()
}
