package logdir

import (
	"errors"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// What a scrub may take from a disk, and how long it waits before it tells of the same
// damage again.
const (
	scrubBytesPerTick = 4 << 20
	scrubTick         = 100 * time.Millisecond
	scrubAgain        = time.Minute
)

// Scrub reads every log that is there once, slowly, in the background, until Close: a
// disk may have changed what was flushed long ago, which no recovery looks at. damaged is
// called for each log in which that is so, and again every minute while it returns false.
func (d *Dirs) Scrub(damaged func(tp commitlog.TopicPartition, err error) (settled bool)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.wg.Add(1)
	go d.runScrub(damaged)
}

func (d *Dirs) runScrub(damaged func(tp commitlog.TopicPartition, err error) bool) {
	defer d.wg.Done()
	tick, stop := d.cfg.NewTicker(scrubTick)
	defer stop()
	s := &scrub{d: d, tick: tick}
	unsettled := map[commitlog.TopicPartition]error{}
	for _, tp := range d.All() {
		if err := s.log(tp); err != nil && !damaged(tp, err) {
			unsettled[tp] = err
		}
	}
	for len(unsettled) > 0 && s.wait(int(scrubAgain/scrubTick)) {
		for tp, err := range unsettled {
			if damaged(tp, err) {
				delete(unsettled, tp)
			}
		}
	}
}

// scrub is the pace of a Scrub.
type scrub struct {
	d     *Dirs
	tick  <-chan time.Time
	bytes int // since the last tick
}

// log verifies one log. Only damage is an error: other failures are found by whoever uses
// the log.
func (s *scrub) log(tp commitlog.TopicPartition) error {
	log, err := s.d.Get(tp)
	if err != nil || log.Bare() {
		return nil
	}
	if err := log.Verify(s.pause); errors.Is(err, commitlog.ErrCorrupt) {
		return err
	}
	return nil
}

// pause lets the disk to others when it has been read enough; false: Close was called.
func (s *scrub) pause(n int) bool {
	if s.bytes += n; s.bytes < scrubBytesPerTick {
		return s.wait(0)
	}
	s.bytes = 0
	return s.wait(1)
}

func (s *scrub) wait(ticks int) bool {
	for range ticks {
		select {
		case <-s.tick:
		case <-s.d.stop:
			return false
		}
	}
	select {
	case <-s.d.stop:
		return false
	default:
		return true
	}
}
