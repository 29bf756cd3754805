package metrics

import (
	"math"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBucketsJoin(t *testing.T) {
	last := -1
	for micros := uint64(0); micros < 1<<20; micros++ {
		b := bucketOf(micros)
		if b != last && b != last+1 {
			t.Fatalf("%d µs is in bucket %d, the one before in %d", micros, b, last)
		}
		if float64(micros) > upperBound(b) {
			t.Fatalf("%d µs is above the bound %v of its bucket %d", micros, upperBound(b), b)
		}
		last = b
	}
	if b := bucketOf(math.MaxUint64); b != buckets-1 {
		t.Errorf("the largest number is in bucket %d", b)
	}
}

// A quantile is at least the exact one and at most a quarter above it.
func TestQuantilesAreNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.SliceOfN(rapid.Int64Range(0, 10_000_000), 1, 300).Draw(t, "micros")
		var h Histogram
		for _, m := range micros {
			h.Observe(time.Duration(m) * time.Microsecond)
		}
		sort.Slice(micros, func(i, j int) bool { return micros[i] < micros[j] })
		s := h.read(time.Unix(0, 0))
		for q, got := range s.quantiles {
			rank := max(1, int(q*float64(len(micros))+0.5))
			exact := float64(micros[rank-1]) / 1000
			if got < exact || got > exact*1.25+0.001 {
				t.Fatalf("p%v = %v ms, exactly %v ms", q, got, exact)
			}
		}
		if s.count != int64(len(micros)) {
			t.Fatalf("count %d of %d", s.count, len(micros))
		}
	})
}

func TestWindowForgets(t *testing.T) {
	var h Histogram
	at := func(seconds int64) float64 { return h.read(time.Unix(1_000_000+seconds, 0)).quantiles[0.99] }
	h.Observe(time.Second)
	if got := at(0); got < 1000 {
		t.Fatalf("p99 = %v ms right after a second", got)
	}
	if got := at(61); got < 1000 {
		t.Errorf("p99 = %v ms after one window", got)
	}
	h.Observe(time.Millisecond)
	if got := at(122); got > 2 {
		t.Errorf("p99 = %v ms after two windows", got)
	}
	if s := h.read(time.Unix(1_000_200, 0)); s.count != 2 || s.sumMs != 1001 {
		t.Errorf("count %d, sum %v of all time", s.count, s.sumMs)
	}
}

func TestObserveAllocatesNothing(t *testing.T) {
	var h Histogram
	if n := testing.AllocsPerRun(100, func() { h.Observe(time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
