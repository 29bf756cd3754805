package peer

import "time"

// backoff is the pause before the next dial. It doubles with each failure.
type backoff struct {
	min, max time.Duration
	pause    time.Duration // 0: the last dial went well
	until    time.Time
}

func (b *backoff) reset() { b.pause = 0 }

// failed notes a dial that failed.
func (b *backoff) failed() {
	b.pause = min(max(2*b.pause, b.min), b.max)
	b.until = time.Now().Add(b.pause)
}

// sleep waits until the next dial is due, or returns false when stop is closed.
func (b *backoff) sleep(stop <-chan struct{}) bool {
	d := time.Until(b.until)
	if b.pause == 0 || d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-stop:
		return false
	}
}
