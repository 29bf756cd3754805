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
	// run returns the value of each row, in an empty directory. yardstick returns
	// what the least that can do the work takes, row by row, NaN where there is
	// nothing to compare with; nil if there is nothing for all rows.
	run       func(k kind, dir string) ([]float64, error)
	yardstick func(dir string) ([]float64, error)
	repeats   int  // at most; 0 is as many as there are pairs
	asked     bool // runs only when one of its rows is named
}

// value is one row of a scenario. All values are better when lower, unless atLeast.
type value struct {
	name, what, unit string
	goal             float64 // in the unit; times the yardstick if relative
	relative         bool
	atLeast          bool
}

// scenarios are the rows that take a whole life of a broker.
func scenarios() []scenario {
	return []scenario{manyPartitions(), veryManyPartitions(), manyMembers()}
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
	values, yardstick []float64
	steady            bool
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
	m.yardstick = slices.Repeat([]float64{math.NaN()}, len(s.rows))
	if s.yardstick != nil {
		m.yardstick, err = inTemp(parent, "yardstick", s.yardstick)
		if err != nil {
			return m, err
		}
	}
	m.values, err = inTemp(parent, k.name, func(dir string) ([]float64, error) { return s.run(k, dir) })
	if err != nil {
		return m, err
	}
	after, err := calibrate()
	m.steady = before.near(after)
	return m, err
}

// inTemp runs f in an empty directory that it removes afterwards.
func inTemp(parent, name string, f func(dir string) ([]float64, error)) ([]float64, error) {
	dir, err := os.MkdirTemp(parent, name)
	if err != nil {
		return nil, err
	}
	values, err := f(dir)
	if rmErr := os.RemoveAll(dir); err == nil {
		err = rmErr
	}
	return values, err
}

func (v *value) print(i int, runs []measured, dropped int, unsteady bool) {
	var values, ratios []float64
	yardstick := math.NaN()
	for _, m := range runs {
		values = append(values, m.values[i])
		ratios = append(ratios, m.values[i]/m.yardstick[i])
		yardstick = m.yardstick[i]
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
	fmt.Printf(lineFormat, v.name, v.what, v.unit, number(yardstick), number(median(values)), number(median(ratios)),
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
