package main

import (
	"fmt"
	"math"
	"os"
	"slices"
)

// scenario measures several rows in one run of brolga, where making the state
// that they are about takes long.
type scenario struct {
	rows []value
	// run measures all rows once, in an empty directory.
	run     func(k kind, dir string) ([]measure, error)
	repeats int  // at most; 0 is as many as there are pairs
	asked   bool // runs only when one of its rows is named
}

// measure is the value of a row, and what the least that can do the same work takes
// on this machine, NaN where there is nothing to compare with.
type measure struct {
	value, floor float64
}

// alone are values without anything to compare with.
func alone(values ...float64) []measure {
	var out []measure
	for _, v := range values {
		out = append(out, measure{v, math.NaN()})
	}
	return out
}

// value is one row of a scenario. All values are better when lower, unless atLeast.
type value struct {
	name, what, unit string
	goal             float64 // in the unit; times the floor's value if relative
	relative         bool
	atLeast          bool
}

// scenarios are the rows that take a whole life of a broker.
func scenarios() []scenario {
	return []scenario{manyPartitions(), veryManyPartitions(), manyReplicas(), failovers(), manyMembers(), recoveries(), compactions()}
}

// wants tells whether one of the rows is among the names.
func (s *scenario) wants(names []string) bool {
	if len(names) == 0 {
		return !s.asked
	}
	return slices.ContainsFunc(s.rows, func(v value) bool { return slices.Contains(names, v.name) })
}

// measured is one repeat of a scenario.
type measured struct {
	rows   []measure
	steady bool
}

// print runs the scenario and prints the rows that are named, or all.
func (s *scenario) print(k kind, dir string, repeats int, names []string) error {
	if s.repeats > 0 {
		repeats = min(repeats, s.repeats)
	}
	var runs []measured
	for range repeats {
		m, err := s.once(k, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", s.rows[0].name, err)
		}
		runs = append(runs, m)
	}
	steady := slices.DeleteFunc(slices.Clone(runs), func(m measured) bool { return !m.steady })
	dropped := len(runs) - len(steady)
	if len(steady) == 0 {
		steady = runs
	}
	for i, v := range s.rows {
		if len(names) == 0 || slices.Contains(names, v.name) {
			v.print(i, steady, dropped, dropped == len(runs))
		}
	}
	return nil
}

// once is one repeat, between two calibrations.
func (s *scenario) once(k kind, parent string) (m measured, err error) {
	before, err := calibrate()
	if err != nil {
		return m, err
	}
	dir, err := os.MkdirTemp(parent, k.name)
	if err != nil {
		return m, err
	}
	m.rows, err = s.run(k, dir)
	if rmErr := os.RemoveAll(dir); err == nil {
		err = rmErr
	}
	if err != nil {
		return m, err
	}
	after, err := calibrate()
	m.steady = before.near(after)
	return m, err
}

func (v *value) print(i int, runs []measured, dropped int, unsteady bool) {
	var values, floors, ratios []float64
	for _, m := range runs {
		values = append(values, m.rows[i].value)
		floors = append(floors, m.rows[i].floor)
		ratios = append(ratios, m.rows[i].value/m.rows[i].floor)
	}
	got, goal := median(values), fmt.Sprint(v.goal)
	if v.relative {
		got, goal = median(ratios), fmt.Sprintf("%.2f×", v.goal)
	}
	verdict := "ok"
	switch {
	case v.goal == 0:
		verdict, goal = "", "-"
	case v.atLeast && got < v.goal:
		verdict = "below the goal"
	case !v.atLeast && got > v.goal:
		verdict = "above the goal"
	}
	if unsteady {
		verdict += ", machine not steady"
	}
	slices.Sort(values)
	spread := (values[len(values)-1] - values[0]) / 2 / median(values)
	fmt.Printf(lineFormat, v.name, v.what, v.unit, number(median(floors)), number(median(values)), number(median(ratios)),
		100*spread, goal, dropped, verdict)
}

// number leaves out what there is nothing to compare with.
func number(f float64) string {
	if math.IsNaN(f) {
		return "-"
	}
	return fmt.Sprintf("%.3f", f)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
