package cli

import (
	"os"
	"time"
)

// throttle holds a loop back to a number of rounds a second. It sleeps for short
// pauses in one, since a timer is not exact.
type throttle struct {
	env       *Env
	perSecond float64 // negative is no limit
	start     time.Time
	deficit   time.Duration
}

const shortestPause = 2 * time.Millisecond

func newThrottle(env *Env, perSecond float64) *throttle {
	return &throttle{env: env, perSecond: perSecond, start: env.Now()}
}

// ahead tells whether done rounds are more than there should be by now.
func (t *throttle) ahead(done int64, now time.Time) bool {
	if t.perSecond < 0 {
		return false
	}
	elapsed := now.Sub(t.start).Seconds()
	return elapsed > 0 && float64(done)/elapsed > t.perSecond
}

// wait sleeps for the length of one round; where the limit is zero, for ever. A
// signal ends it, and the tool.
func (t *throttle) wait(signals <-chan os.Signal) error {
	if t.perSecond == 0 {
		return &exitError{signalExit(<-signals)}
	}
	t.deficit += time.Duration(float64(time.Second) / t.perSecond)
	if t.deficit < shortestPause {
		return nil
	}
	before := t.env.Now()
	timer := time.NewTimer(t.deficit)
	defer timer.Stop()
	select {
	case s := <-signals:
		return &exitError{signalExit(s)}
	case <-timer.C:
	}
	t.deficit -= t.env.Now().Sub(before)
	return nil
}
