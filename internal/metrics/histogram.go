package metrics

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// The buckets of a Histogram: four per power of two, from 1 µs to over an hour,
// so that a quantile is off by at most an eighth of its value.
const (
	subBuckets = 4
	octaves    = 32
	buckets    = octaves * subBuckets
)

// windowLength is how long an observation counts for quantiles at least; it
// counts for at most twice as long, plus the time between two scrapes.
const windowLength = time.Minute

// Histogram records durations. The zero value is ready. It stands for Kafka's
// decaying histograms: count and sum are of all time, quantiles of the last
// minutes.
type Histogram struct {
	sumMicros atomic.Int64
	count     atomic.Int64
	current   [buckets]atomic.Uint32

	mu       sync.Mutex
	previous [buckets]uint32 // what current held at the last turn
	seen     [buckets]uint32 // what current held at the turn before
	turned   time.Time       // when the window turned last
}

// Observe records one duration.
func (h *Histogram) Observe(d time.Duration) { h.ObserveN(d, 1) }

// ObserveN records one duration n times.
func (h *Histogram) ObserveN(d time.Duration, n int64) {
	micros := max(0, d.Microseconds())
	h.sumMicros.Add(n * micros)
	h.count.Add(n)
	h.current[bucketOf(uint64(micros))].Add(uint32(n))
}

// Count is the number of durations recorded.
func (h *Histogram) Count() int64 { return h.count.Load() }

// Sum is all durations together, in whole microseconds each.
func (h *Histogram) Sum() time.Duration { return time.Duration(h.sumMicros.Load()) * time.Microsecond }

// bucketOf returns the bucket of a number of microseconds.
func bucketOf(micros uint64) int {
	if micros < subBuckets {
		return int(micros)
	}
	octave := bits.Len64(micros) - 3 // the top three bits pick the bucket
	return min(buckets-1, octave*subBuckets+int(micros>>octave))
}

// upperBound returns the largest number of microseconds in a bucket.
func upperBound(bucket int) float64 {
	if bucket < 2*subBuckets {
		return float64(bucket)
	}
	octave := bucket/subBuckets - 1
	return float64((uint64(bucket%subBuckets+subBuckets+1) << octave) - 1)
}

// snapshot is what a scrape sees of a histogram.
type snapshot struct {
	count     int64
	sumMs     float64
	quantiles map[float64]float64 // in milliseconds
}

// quantiles are those of Kafka's histograms.
var quantiles = [...]float64{0.50, 0.75, 0.95, 0.98, 0.99, 0.999}

// read returns the numbers and turns the window when it is old enough.
func (h *Histogram) read(now time.Time) snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	var window [buckets]uint32
	var total uint64
	for i := range window {
		window[i] = h.current[i].Load() - h.seen[i] // wraps around as it should
		total += uint64(window[i])
	}
	s := snapshot{
		count:     h.count.Load(),
		sumMs:     float64(h.sumMicros.Load()) / 1000,
		quantiles: make(map[float64]float64, len(quantiles)),
	}
	for _, q := range quantiles {
		s.quantiles[q] = quantile(&window, total, q) / 1000
	}
	h.turnLocked(now)
	return s
}

// turnLocked forgets what is older than one window, once per window.
func (h *Histogram) turnLocked(now time.Time) {
	if now.Sub(h.turned) < windowLength {
		return
	}
	h.turned = now
	h.seen = h.previous
	for i := range h.previous {
		h.previous[i] = h.current[i].Load()
	}
}

// quantile returns the upper bound, in microseconds, of the bucket that holds
// the q-th part of total observations; 0 when there are none.
func quantile(window *[buckets]uint32, total uint64, q float64) float64 {
	if total == 0 {
		return 0
	}
	rank := max(1, uint64(q*float64(total)+0.5))
	var below uint64
	for i, n := range window {
		if below += uint64(n); below >= rank {
			return upperBound(i)
		}
	}
	return upperBound(buckets - 1)
}
