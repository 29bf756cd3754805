package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// point is one value of a series, at hours since the load began.
type point struct{ hours, value float64 }

// bound is how much a series may grow from the warm-up to the end of a run, however
// long that is: a share of the level it had, or an amount, whichever is more. They
// are as wide as the noise of a series that does not grow; what grows slowly is
// found by a longer run.
type bound struct{ share, amount float64 }

func (b bound) of(level float64) float64 { return max(b.share*level, b.amount) }

// finding is what was found of one series.
type finding struct {
	name, unit         string
	begin, end         float64 // medians of the first and the last quarter
	slope              float64 // per hour
	growth, allowed    float64
	points             int
	tooShort, exceeded bool
}

// fewest points that a series is judged by.
const fewestPoints = 8

// judge looks at a series without its warm-up. What it grew by is the larger of two
// measures, since each is blind to something: the slope between all points times
// the length (a few steps hide from it), and what the last quarter has more than
// the first (a leak that a lucky quarter hides). Neither minds single peaks.
func judge(name, unit string, series []point, b bound) finding {
	series = slices.DeleteFunc(slices.Clone(series), func(p point) bool { return math.IsNaN(p.value) })
	f := finding{name: name, unit: unit, points: len(series)}
	if len(series) < fewestPoints {
		f.tooShort = true
		return f
	}
	quarter := len(series) / 4
	f.begin, f.end = medianOf(series[:quarter]), medianOf(series[len(series)-quarter:])
	f.slope = slope(series)
	span := series[len(series)-1].hours - series[0].hours
	f.growth = max(f.slope*span, f.end-f.begin)
	f.allowed = b.of(f.begin)
	f.exceeded = f.growth > f.allowed
	return f
}

// slope is the median of the slopes between all pairs of points (Theil and Sen).
func slope(series []point) float64 {
	const most = 600 // points; more are thinned out, pairs grow with the square
	step := (len(series) + most - 1) / most
	var slopes []float64
	for i := 0; i < len(series); i += step {
		for j := i + step; j < len(series); j += step {
			if d := series[j].hours - series[i].hours; d > 0 {
				slopes = append(slopes, (series[j].value-series[i].value)/d)
			}
		}
	}
	return median(slopes)
}

func medianOf(series []point) float64 {
	var values []float64
	for _, p := range series {
		values = append(values, p.value)
	}
	return median(values)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// warmUp is what is not judged of a run: until the first records expire and those
// with them that were written when everything was new, at most a half.
func warmUp(whole time.Duration) time.Duration { return min(whole/2, keptFor+2*time.Minute) }

// shortestForLives is how long a run must be for enough whole lives of the nodes that
// are restarted.
const shortestForLives = 55 * time.Minute

// judgeAll judges every series of the samples.
func judgeAll(samples []sample, whole time.Duration) []finding {
	warm := slices.Clone(samples)
	warm = slices.DeleteFunc(warm, func(s sample) bool { return s.at < warmUp(whole) })
	series := func(of func(*sample) float64) (points []point) {
		for i := range warm {
			points = append(points, point{warm[i].at.Hours(), of(&warm[i])})
		}
		return points
	}
	one := func(of func(nodeSample) float64) []point {
		return series(func(s *sample) float64 { return of(s.nodes[0]) })
	}
	findings := []finding{
		judge("resident memory", "MB", one(func(n nodeSample) float64 { return n.rssMB }), bound{0.10, 8}),
		judge("heap in use", "MB", one(func(n nodeSample) float64 { return n.heapMB }), bound{0.20, 6}),
		judge("goroutines", "", one(func(n nodeSample) float64 { return n.goroutines }), bound{0.10, 8}),
		judge("descriptors", "", one(func(n nodeSample) float64 { return n.fds }), bound{0.10, 12}),
		judge("disk", "MB", one(func(n nodeSample) float64 { return n.diskMB }), bound{0.25, 15}),
		judge("produce p50 / echo p50", "×", series(func(s *sample) float64 { return s.produce50 / s.echo50 }), bound{0.25, 0.5}),
		judge("produce p99 / echo p99", "×", series(func(s *sample) float64 { return s.produce99 / s.echo99 }), bound{0.50, 1.5}),
		judge("end to end p50 / echo p50", "×", series(func(s *sample) float64 { return s.endToEnd50 / s.echo50 }), bound{0.25, 0.5}),
		judge("end to end p99 / echo p99", "×", series(func(s *sample) float64 { return s.endToEnd99 / s.echo99 }), bound{0.50, 1.5}),
	}
	if whole < shortestForLives {
		return findings
	}
	for i := 1; i < nodeCount; i++ {
		lives := func(of func(nodeSample) float64) []point { return byLife(warm, i, of) }
		name := func(what string) string { return fmt.Sprintf("node %d by life: %s", i+1, what) }
		findings = append(findings,
			judge(name("resident memory"), "MB", lives(func(n nodeSample) float64 { return n.rssMB }), bound{0.15, 10}),
			judge(name("goroutines"), "", lives(func(n nodeSample) float64 { return n.goroutines }), bound{0.15, 10}),
			judge(name("descriptors"), "", lives(func(n nodeSample) float64 { return n.fds }), bound{0.15, 15}),
			judge(name("disk"), "MB", lives(func(n nodeSample) float64 { return n.diskMB }), bound{0.20, 10}))
	}
	return findings
}

// byLife has a point for each whole life of a node: the median of its second half.
// The first life of the samples may have begun before them, and the last may not
// have ended.
func byLife(samples []sample, node int, of func(nodeSample) float64) (points []point) {
	var lives [][]point
	life := 0
	for _, s := range samples {
		n := s.nodes[node]
		if math.IsNaN(n.rssMB) {
			continue
		}
		if n.life != life {
			lives, life = append(lives, nil), n.life
		}
		lives[len(lives)-1] = append(lives[len(lives)-1], point{s.at.Hours(), of(n)})
	}
	if len(lives) < 3 {
		return nil
	}
	for _, l := range lives[1 : len(lives)-1] {
		half := l[len(l)/2:]
		points = append(points, point{half[0].hours, medianOf(half)})
	}
	return points
}
