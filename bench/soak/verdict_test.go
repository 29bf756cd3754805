package main

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// hour is a series of 300 points over an hour.
func hour(of func(minute float64) float64) (series []point) {
	for i := range 300 {
		h := float64(i) / 300
		series = append(series, point{h, of(h * 60)})
	}
	return series
}

func TestJudge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	noise := func(width float64) float64 { return width * (random.Float64() - 0.5) }
	b := bound{0.10, 8}
	for name, test := range map[string]struct {
		series   []point
		exceeded bool
	}{
		"flat":                        {hour(func(float64) float64 { return 100 }), false},
		"noise":                       {hour(func(float64) float64 { return 100 + noise(40) }), false},
		"falls":                       {hour(func(m float64) float64 { return 200 - m }), false},
		"a few peaks":                 {hour(func(m float64) float64 { return 100 + 1000*math.Floor(math.Mod(m, 10)/9.5) }), false},
		"saw of a collector":          {hour(func(m float64) float64 { return 50 + 50*math.Mod(m, 3)/3 }), false},
		"grows within the bound":      {hour(func(m float64) float64 { return 100 + 5*m/60 }), false},
		"a steady leak":               {hour(func(m float64) float64 { return 100 + 15*m/60 }), true},
		"a leak in noise":             {hour(func(m float64) float64 { return 100 + 15*m/60 + noise(40) }), true},
		"a leak under a saw":          {hour(func(m float64) float64 { return 50 + 50*math.Mod(m, 3)/3 + 20*m/60 }), true},
		"one step near the end":       {hour(func(m float64) float64 { return 100 + 30*math.Floor(m/50) }), true},
		"steps with each restart":     {hour(func(m float64) float64 { return 100 + 5*math.Floor(m/12) }), true},
		"starts late to grow":         {hour(func(m float64) float64 { return 100 + max(0, m-30) }), true},
		"grows fast, from a low base": {hour(func(m float64) float64 { return 1 + 20*m/60 }), true},
		"missing points, flat":        {hour(func(m float64) float64 { return 100 + 0*math.Log(math.Mod(m, 5)-1) }), false},
	} {
		if f := judge(name, "", test.series, b); f.exceeded != test.exceeded {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// What is too short to say anything does not pass.
func TestJudgeTooShort(t *testing.T) {
	if f := judge("", "", hour(func(float64) float64 { return math.NaN() }), bound{1, 1}); !f.tooShort || f.exceeded {
		t.Errorf("%+v", f)
	}
}

func TestSlope(t *testing.T) {
	if got := slope(hour(func(m float64) float64 { return 7 + 3*m/60 })); math.Abs(got-3) > 1e-6 {
		t.Errorf("slope %v", got)
	}
	// A thinned-out series has the slope of the whole.
	var long []point
	for i := range 5000 {
		long = append(long, point{float64(i) / 300, 2 * float64(i) / 300})
	}
	if got := slope(long); math.Abs(got-2) > 1e-6 {
		t.Errorf("slope %v", got)
	}
}

// samplesOf has a sample every ten seconds of an hour; node 2 restarts every four
// minutes and is down for one sample.
func samplesOf(memory func(node int, minute float64, life int) float64) (samples []sample) {
	for i := range 360 {
		s := sample{at: time.Duration(i) * 10 * time.Second}
		s.latency = latency{100, 300, 150, 400, 20, 80}
		for n := range s.nodes {
			life := 1
			if n > 0 {
				life += i / 24
			}
			v := memory(n, s.at.Minutes(), life)
			if n > 0 && i%24 == 0 {
				v = math.NaN()
			}
			s.nodes[n] = nodeSample{life, v, 10, 50, 100, 200, 1}
		}
		samples = append(samples, s)
	}
	return samples
}

func TestJudgeAll(t *testing.T) {
	bad := func(samples []sample) (names []string) {
		for _, f := range judgeAll(samples, time.Hour) {
			if f.exceeded || f.tooShort {
				names = append(names, f.name)
			}
		}
		return names
	}
	for name, test := range map[string]struct {
		samples []sample
		want    string
	}{
		"all is well":      {samplesOf(func(int, float64, int) float64 { return 60 }), ""},
		"only the warm-up": {samplesOf(func(_ int, m float64, _ int) float64 { return 30 + 3*min(m, 9) }), ""},
		"node 1 leaks":     {samplesOf(func(n int, m float64, _ int) float64 { return 60 + float64(1-min(n, 1))*m }), "resident memory"},
		"each life of node 2 is larger": {samplesOf(func(n int, _ float64, life int) float64 {
			if n == 1 {
				return 60 + 5*float64(life)
			}
			return 60
		}), "node 2 by life: resident memory"},
		"within a life memory may rise": {samplesOf(func(n int, m float64, _ int) float64 {
			if n == 0 {
				return 60
			}
			return 40 + 10*math.Mod(m, 4)
		}), ""},
	} {
		got := bad(test.samples)
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || got[0] != test.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	slower := samplesOf(func(int, float64, int) float64 { return 60 })
	for i := range slower {
		slower[i].produce50 *= 1 + float64(i)/360
	}
	if got := bad(slower); len(got) != 1 || got[0] != "produce p50 / echo p50" {
		t.Errorf("produce gets slower: %q", got)
	}
	// When the machine gets slower, the echo does too.
	for i := range slower {
		slower[i].echo50 *= 1 + float64(i)/360
	}
	if got := bad(slower); len(got) != 0 {
		t.Errorf("the machine gets slower: %q", got)
	}
}
