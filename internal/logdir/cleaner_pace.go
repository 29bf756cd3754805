package logdir

import "time"

// paceWindowMs is over which time the rate is kept.
const paceWindowMs = 300

// pacer keeps one cleaner's reads and writes below a rate, and tells it to
// stop.
type pacer struct {
	c       *cleaners
	rate    float64 // bytes per second
	sinceMs int64
	bytes   float64
}

// pace is called after bytes were read or written.
func (p *pacer) pace(bytes int) error {
	now := p.c.d.now()
	if p.bytes == 0 || now < p.sinceMs { // the clock was set back
		p.sinceMs = now
	}
	p.bytes += float64(bytes)
	elapsed := now - p.sinceMs
	due := int64(min(p.bytes/p.rate*1000, float64(time.Hour.Milliseconds())))
	if due <= elapsed {
		if elapsed >= paceWindowMs {
			p.bytes = 0
		}
		select {
		case <-p.c.stop:
			return errStopped
		default:
			return nil
		}
	}
	p.bytes = 0
	wait, stopWait := p.c.d.cfg.NewTicker(time.Duration(due-elapsed) * time.Millisecond)
	defer stopWait()
	select {
	case <-p.c.stop:
		return errStopped
	case <-wait:
		return nil
	}
}
