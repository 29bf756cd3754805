package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// baseline holds the ratios to the floor that were measured last when they
// changed for a reason; `bench guard -record` prints new ones.
//
//go:embed baseline.json
var baseline []byte

const (
	guardRounds    = 3
	guardPairs     = 2
	guardTolerance = 0.25
	guardFailures  = 2 // rounds that must be worse
	// guardAttempts is how often a row must fail before it counts: what is slower
	// stays so, what the machine did to one series of rounds passes.
	guardAttempts = 3
)

// guarded are the rows that CI looks at. All are compared as ratios to the floor
// in the same run, which the speed of the machine does not change much.
var guarded = []string{"a1", "a4", "a5", "a6", "d", "e1"}

// guard fails when a row got clearly worse than its baseline.
func guard(args []string) error {
	o, err := parse("guard", args)
	if err != nil {
		return err
	}
	recorded := map[string]float64{}
	if err := json.Unmarshal(baseline, &recorded); err != nil {
		return fmt.Errorf("baseline.json: %w", err)
	}
	a, b, err := o.kinds()
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range rows() {
		if !slices.Contains(guarded, r.name) {
			continue
		}
		limit := recorded[r.name] * (1 + guardTolerance)
		for attempt := 1; ; attempt++ {
			worse, rounds, err := r.guard(a, b, o.dir, limit)
			if err != nil {
				return err
			}
			fmt.Printf("%-4s %-42s ratios %.2f, recorded %.2f, limit %.2f: %d of %d worse\n", r.name, r.what, rounds, recorded[r.name], limit, worse, guardRounds)
			if worse < guardFailures {
				break
			}
			if attempt == guardAttempts {
				failed = append(failed, fmt.Errorf("%s (%s) is clearly slower than recorded", r.name, r.what))
				break
			}
		}
	}
	return errors.Join(failed...)
}

// guard runs the rounds of a row and counts those that are above the limit. A
// round on a machine that never was steady does not count.
func (r row) guard(a, b kind, dir string, limit float64) (worse int, ratios []float64, err error) {
	for range guardRounds {
		res, err := r.run(a, b, dir, guardPairs)
		if err != nil {
			return 0, nil, err
		}
		ratio := res.median(ratioOf)
		ratios = append(ratios, ratio)
		// The yardstick of an absolute row is a few milliseconds or MiB, whose noise
		// is as large as itself: such a row is only worse beyond its goal.
		harmless := r.absolute && res.median(brolgaOf) <= r.goal
		if !res.unsteady && ratio > limit && !harmless {
			worse++
		}
	}
	return worse, ratios, nil
}
