package main

import (
	"fmt"
	"slices"
)

// pair is the floor and brolga measured one after the other.
type pair struct {
	floor, brolga float64
}

// result is what the pairs of a row say.
type result struct {
	pairs   []pair
	dropped int // pairs during which the machine changed
	// unsteady says that there was no good pair, so the dropped ones are taken.
	unsteady bool
}

// run measures a row until it has enough good pairs, or gives up on the machine
// and takes what it has.
func (r row) run(floor, brolga kind, dir string, want int) (result, error) {
	var res result
	var kept []pair // of the dropped ones, in case there is nothing better
	for len(res.pairs) < want && res.dropped < max(want, 3) {
		p, good, err := r.runPair(floor, brolga, dir)
		if err != nil {
			return res, fmt.Errorf("%s: %w", r.name, err)
		}
		if good {
			res.pairs = append(res.pairs, p)
		} else {
			res.dropped++
			kept = append(kept, p)
		}
	}
	if len(res.pairs) == 0 {
		res.pairs, res.unsteady = kept, true
	}
	return res, nil
}

func (r row) runPair(floor, brolga kind, dir string) (p pair, good bool, err error) {
	before, err := calibrate()
	if err != nil {
		return p, false, err
	}
	if p.floor, err = r.measure(floor, dir); err != nil {
		return p, false, fmt.Errorf("floor: %w", err)
	}
	between, err := calibrate()
	if err != nil {
		return p, false, err
	}
	if p.brolga, err = r.measure(brolga, dir); err != nil {
		return p, false, fmt.Errorf("brolga: %w", err)
	}
	after, err := calibrate()
	return p, before.near(between) && between.near(after) && before.near(after), err
}

// median of a measure over all pairs.
func (res *result) median(of func(pair) float64) float64 {
	values := res.sorted(of)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// spread is half the distance between the extremes, relative to the median.
func (res *result) spread(of func(pair) float64) float64 {
	values := res.sorted(of)
	return (values[len(values)-1] - values[0]) / 2 / res.median(of)
}

func (res *result) sorted(of func(pair) float64) []float64 {
	values := make([]float64, len(res.pairs))
	for i, p := range res.pairs {
		values[i] = of(p)
	}
	slices.Sort(values)
	return values
}

func floorOf(p pair) float64  { return p.floor }
func brolgaOf(p pair) float64 { return p.brolga }
func ratioOf(p pair) float64  { return p.brolga / p.floor }

// score is what a row is judged by.
func (r row) score(res *result) float64 {
	if r.absolute {
		return res.median(brolgaOf)
	}
	return res.median(ratioOf)
}
