package cli

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// perfStats are the latencies of a run of kafka-producer-perf-test: the whole
// of it, and the window since the last report. It is told of records from the
// client library's goroutines.
type perfStats struct {
	env      *Env
	interval time.Duration
	steady   bool  // counts what comes after the warmup
	sampling int64 // every so many-th latency is kept

	mu          sync.Mutex
	start       time.Time
	quiet       bool
	latenciesMs []int
	total       perfWindow
	window      perfWindow
	windowStart time.Time
}

type perfWindow struct {
	count, bytes, latencyMs int64
	maxMs                   int64
}

const maxLatencySamples = 500_000

func newPerfStats(env *Env, numRecords int64, interval time.Duration, steady bool) *perfStats {
	now := env.Now()
	return &perfStats{
		env: env, interval: interval, steady: steady, sampling: numRecords / min(numRecords, maxLatencySamples),
		start: now, windowStart: now, latenciesMs: make([]int, 0, numRecords/(numRecords/min(numRecords, maxLatencySamples))+1),
	}
}

func (w *perfWindow) add(latencyMs int64, bytes int) {
	w.count++
	w.bytes += int64(bytes)
	w.latencyMs += latencyMs
	w.maxMs = max(w.maxMs, latencyMs)
}

// record notes a record that was written.
func (s *perfStats) record(latencyMs int64, bytes int, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total.count%s.sampling == 0 {
		s.latenciesMs = append(s.latenciesMs, int(latencyMs))
	}
	s.total.add(latencyMs, bytes)
	s.window.add(latencyMs, bytes)
	if now.Sub(s.windowStart) < s.interval {
		return
	}
	if s.steady && s.total.count == s.window.count {
		s.env.outln("In steady state.")
	}
	if !s.quiet {
		s.printWindowLocked(now)
	}
	s.window, s.windowStart = perfWindow{}, now
}

// silence ends the reports of windows; another perfStats goes on with them.
func (s *perfStats) silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = true
}

func (s *perfStats) printWindowLocked(now time.Time) {
	perSecond, mbPerSecond := s.window.rates(now.Sub(s.windowStart))
	s.env.outf("%d records sent, %s records/sec (%s MB/sec), %s ms avg latency, %s ms max latency.\n", s.window.count,
		javaFixed(perSecond, 1), javaFixed(mbPerSecond, 2), javaFixed(s.window.averageMs(), 1), javaFixed(float64(s.window.maxMs), 1))
	_ = s.env.flush()
}

func (w *perfWindow) rates(elapsed time.Duration) (perSecond, mbPerSecond float64) {
	ms := float64(elapsed.Milliseconds())
	return 1000 * float64(w.count) / ms, 1000 * float64(w.bytes) / ms / (1 << 20)
}

func (w *perfWindow) averageMs() float64 { return float64(w.latencyMs) / float64(w.count) }

func (s *perfStats) printTotal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	perSecond, mbPerSecond := s.total.rates(s.env.Now().Sub(s.start))
	steady := ""
	if s.steady {
		steady = " steady state"
	}
	slices.Sort(s.latenciesMs)
	s.env.outf("%d%s records sent, %s records/sec (%s MB/sec), %s ms avg latency, %s ms max latency, %d ms 50th, %d ms 95th, %d ms 99th, %d ms 99.9th.\n",
		s.total.count, steady, javaFixed(perSecond, 6), javaFixed(mbPerSecond, 2), javaFixed(s.total.averageMs(), 2), javaFixed(float64(s.total.maxMs), 2),
		s.percentileLocked(0.5), s.percentileLocked(0.95), s.percentileLocked(0.99), s.percentileLocked(0.999))
}

func (s *perfStats) percentileLocked(p float64) int {
	if len(s.latenciesMs) == 0 {
		return 0
	}
	return s.latenciesMs[int(p*float64(len(s.latenciesMs)))]
}

// javaFixed is Java's %.nf, which spells infinity out.
func javaFixed(v float64, digits int) string {
	if math.IsInf(v, 0) {
		return javaFloat(v, 64)
	}
	return fmt.Sprintf("%.*f", digits, v)
}
