package replica

import "time"

// backoff says when something that failed is tried again: soon at first, because
// most failures are a role that one of two brokers has heard of, and then rarely.
type backoff struct {
	max   time.Duration
	times int
	until time.Time
}

const firstBackoff = 10 * time.Millisecond

func (b *backoff) fail() {
	wait := min(firstBackoff<<min(b.times, 16), max(b.max, firstBackoff))
	b.times++
	b.until = time.Now().Add(wait)
}

// pause has it wait although nothing failed.
func (b *backoff) pause(wait time.Duration) {
	b.times, b.until = 1, time.Now().Add(wait)
}

func (b *backoff) reset() { b.times, b.until = 0, time.Time{} }

func (b *backoff) over() bool { return b.times == 0 || !time.Now().Before(b.until) }

// left is how long it takes until the next try.
func (b *backoff) left() time.Duration {
	if b.times == 0 {
		return 0
	}
	return max(time.Until(b.until), 0)
}
