package metrics

import (
	"math"
	"sync"
	"time"
)

// recentSpan is how long an observation counts at least: Kafka's metrics are of one to
// two samples of 30 s (metrics.num.samples, metrics.sample.window.ms).
const recentSpan = 30 * time.Second

// sample is what happened in a span of time.
type sample struct {
	count, sum, most float64
}

func (s *sample) add(v float64) {
	if s.count == 0 || v > s.most {
		s.most = v
	}
	s.count++
	s.sum += v
}

// samples are the present span and the one before.
type samples struct {
	mu          sync.Mutex
	began       time.Time // of the present span
	now, before sample
	beforeEmpty bool // there was no span before
}

// turnLocked begins the next span when its time has come.
func (s *samples) turnLocked(now time.Time) {
	switch passed := now.Sub(s.began); {
	case s.began.IsZero():
		s.began, s.beforeEmpty = now, true
	case passed >= 2*recentSpan:
		s.began, s.now, s.before, s.beforeEmpty = now, sample{}, sample{}, true
	case passed >= recentSpan:
		s.began, s.now, s.before, s.beforeEmpty = s.began.Add(recentSpan), sample{}, s.now, false
	}
}

func (s *samples) add(now time.Time, v float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turnLocked(now)
	s.now.add(v)
}

// Recent has the average and the longest of the durations of the last 30 to 60
// seconds. The zero value is ready.
type Recent struct{ samples samples }

// Observe records a duration that ended now.
func (r *Recent) Observe(now time.Time, d time.Duration) {
	r.samples.add(now, float64(d)/float64(time.Millisecond))
}

// read returns milliseconds, NaN as in Kafka if nothing was observed.
func (r *Recent) read(now time.Time) (average, longest float64) {
	s := &r.samples
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turnLocked(now)
	count := s.now.count + s.before.count
	if count == 0 {
		return math.NaN(), math.NaN()
	}
	longest = s.now.most
	if s.now.count == 0 || s.before.count > 0 && s.before.most > longest {
		longest = s.before.most
	}
	return (s.now.sum + s.before.sum) / count, longest
}

// Rate is how much there was of something per second, over the last 30 to 60 seconds.
// The zero value is ready.
type Rate struct{ samples samples }

// Add records an amount.
func (r *Rate) Add(now time.Time, n float64) { r.samples.add(now, n) }

func (r *Rate) read(now time.Time) float64 {
	s := &r.samples
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turnLocked(now)
	passed := now.Sub(s.began)
	if !s.beforeEmpty {
		passed += recentSpan
	}
	return (s.now.sum + s.before.sum) / max(1, passed.Seconds())
}
