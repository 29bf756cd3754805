package metrics

import (
	"math"
	"testing"
	"time"
)

func at(seconds float64) time.Time {
	return time.Unix(1_700_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
}

func TestRecent(t *testing.T) {
	var r Recent
	if a, m := r.read(at(0)); !math.IsNaN(a) || !math.IsNaN(m) {
		t.Errorf("of nothing: %v, %v", a, m)
	}
	r.Observe(at(0), 10*time.Millisecond)
	r.Observe(at(10), 30*time.Millisecond)
	for _, tc := range []struct{ at, average, longest float64 }{{10, 20, 30}, {35, 20, 30}, {59, 20, 30}} {
		if a, m := r.read(at(tc.at)); a != tc.average || m != tc.longest {
			t.Errorf("after %v s: %v, %v", tc.at, a, m)
		}
	}
	r.Observe(at(59), 2*time.Millisecond)
	if a, m := r.read(at(59)); a != 14 || m != 30 {
		t.Errorf("with another one: %v, %v", a, m)
	}
	if a, m := r.read(at(61)); a != 2 || m != 2 {
		t.Errorf("when the first ones are forgotten: %v, %v", a, m)
	}
	if a, _ := r.read(at(1000)); !math.IsNaN(a) {
		t.Errorf("long after: %v", a)
	}
}

func TestRate(t *testing.T) {
	var r Rate
	if v := r.read(at(0)); v != 0 {
		t.Errorf("of nothing: %v", v)
	}
	r.Add(at(0), 100)
	for _, tc := range []struct{ at, want float64 }{{0.1, 100}, {10, 10}, {50, 2}, {200, 0}} {
		if v := r.read(at(tc.at)); v != tc.want {
			t.Errorf("after %v s: %v, want %v", tc.at, v, tc.want)
		}
	}
	for i := range 200 {
		r.Add(at(200+float64(i)), 5)
	}
	if v := r.read(at(400)); v < 4.9 || v > 5.1 {
		t.Errorf("of five each second: %v", v)
	}
}
