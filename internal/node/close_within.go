package node

import (
	"log/slog"
	"time"
)

// closeWithin ends a node, but does not wait for longer than the limit. A process that
// ends then is as one that was killed: what was acknowledged is there, and the next
// start recovers what was not synced.
func closeWithin(limit time.Duration, log *slog.Logger, closeNode func() error) error {
	done := make(chan error, 1)
	go runClose(closeNode, done)
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		log.Warn("Stopping takes too long: the process ends now, and the next start recovers the data directories", "waited", limit)
		return nil
	}
}

// runClose is not waited for once it is late: the process ends without it.
func runClose(closeNode func() error, done chan<- error) { done <- closeNode() }
