package shard

import (
	"sync"
	"time"
)

// Clock is where a Runtime takes its time from. time.Now's monotonic reading is
// used for timers, the wall clock only for the nowMs which decisions get.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f on its own goroutine after d.
	AfterFunc(d time.Duration, f func()) Timer
}

// WallClock is a Clock whose wall clock is another one than that of the times it
// returns: it may jump, as a machine's may, and timers do not.
type WallClock interface {
	Clock
	WallMs() int64
}

// WallMs is the wall clock's time, in ms since 1970.
func WallMs(c Clock) int64 {
	if w, ok := c.(WallClock); ok {
		return w.WallMs()
	}
	return c.Now().UnixMilli()
}

// Timer is what Clock.AfterFunc returns; *time.Timer is one.
type Timer interface {
	Reset(d time.Duration) bool
	Stop() bool
}

// SystemClock is the real clock. Inside a testing/synctest bubble it is the
// bubble's.
type SystemClock struct{}

func (SystemClock) Now() time.Time { return time.Now() }

func (SystemClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// Runtime runs any number of shards: it owns their timers, in one heap behind one
// timer of the clock, and the goroutines that run loops which nobody else runs.
type Runtime struct {
	clock   Clock
	stepper Stepper // nil: goroutines
	begin   time.Time
	runs    sync.WaitGroup

	mu     sync.Mutex
	timers timerHeap
	alarm  Timer
	// alarmMs is when the alarm is set to ring; noAlarm if it is not set.
	alarmMs int64
	closed  bool
}

// NewRuntime returns a Runtime on the clock; nil means the real one.
func NewRuntime(clock Clock) *Runtime {
	if clock == nil {
		clock = SystemClock{}
	}
	return &Runtime{clock: clock, begin: clock.Now(), alarmMs: noAlarm}
}

// Close stops the timers and waits until no loop runs on a goroutine of the
// runtime. The shards must have been closed before.
func (rt *Runtime) Close() {
	rt.mu.Lock()
	rt.closed = true
	rt.timers = nil
	if rt.alarm != nil {
		rt.alarm.Stop()
	}
	rt.mu.Unlock()
	rt.runs.Wait()
}

// wallMs is the time that goes into records.
func (rt *Runtime) wallMs() int64 { return WallMs(rt.clock) }

// MonotonicMs is the time since the runtime was made, which a wall clock that jumps
// does not move. Machines measure with it how long something took.
func (rt *Runtime) MonotonicMs() int64 { return rt.monoMs() }

// Monotonic is the same time, as exact as the clock.
func (rt *Runtime) Monotonic() time.Duration { return rt.clock.Now().Sub(rt.begin) }

// monoMs is the time that timers use; a wall clock that jumps does not move it.
func (rt *Runtime) monoMs() int64 { return rt.clock.Now().Sub(rt.begin).Milliseconds() }

// spawn goes on with the shard's loop on a goroutine of the runtime.
func (rt *Runtime) spawn(s *Shard) {
	if rt.stepper != nil {
		rt.stepper.Go(func() { s.runLoop(unlimited) })
		return
	}
	rt.runs.Add(1)
	go func() {
		defer rt.runs.Done()
		s.runLoop(unlimited)
	}()
}
