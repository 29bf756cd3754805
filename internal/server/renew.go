package server

import (
	"errors"
	"os"
	"time"
)

// A goroutine's stack grows when a request is processed and does not shrink
// below twice its first size again, which is more than all else that an idle
// connection holds. So a connection that was used and then left alone gets a new
// goroutine: the sweep wakes the parked one, and that starts its successor and
// ends. The memory of its answer queue goes the same way. It costs about a microsecond, once per pause of the client.

// The memory that comes free that way goes back to the system with the next
// garbage collection, which in an idle process is minutes away. So after a wave
// of renewals the sweep asks for it, through Config.Trim.

// renewAfterMs is how long a connection must be idle for that.
const renewAfterMs = 5_000

// oversized tells whether the connection is idle with a grown stack.
func (c *Conn) oversized(nowMs int64) bool {
	v := c.phase.Load()
	return phase(v&(1<<phaseBits-1)) == phaseParked && nowMs-v>>phaseBits > renewAfterMs && c.used.Load()
}

// renew wakes the goroutine to be replaced.
func (c *Conn) renew() {
	c.renewing.Store(true)
	c.stopReading()
}

// renewed replaces the goroutine if err is what renew caused.
func (c *Conn) renewed(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || c.closing.Load() || c.srv.draining.Load() {
		return false
	}
	if !c.renewing.Swap(false) {
		return false
	}
	c.used.Store(false)
	if q := c.queue.Load(); q != nil {
		q.rest()
	}
	if err := c.nc.SetReadDeadline(time.Time{}); err != nil {
		return false
	}
	go c.runRequests()
	return true
}

// A wave is so many renewals, and waves are counted no more often than that.
const (
	waveSize       = 1000
	waveIntervalMs = 60_000
)

// renewals counts how many goroutines were replaced since memory was trimmed.
type renewals struct {
	count  int
	lastMs int64
}

// due adds n and tells whether it is time to trim. A sweep that still renews
// waits for the next one, so that the goroutines have ended by then.
func (r *renewals) due(n int, nowMs int64) bool {
	r.count += n
	if n > 0 || r.count < waveSize || nowMs-r.lastMs < waveIntervalMs {
		return false
	}
	r.count, r.lastMs = 0, nowMs
	return true
}
