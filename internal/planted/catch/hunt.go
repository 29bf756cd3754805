package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/planted"
)

// catch is how a bug was caught; test is empty if it was not.
type catch struct {
	bug  planted.Bug
	tier string
	test string // package and name
	took time.Duration
}

func (c catch) String() string {
	name := c.bug.Entry().Name
	if c.test == "" {
		return fmt.Sprintf("%-26s NOT CAUGHT in %s", name, c.took.Round(time.Second))
	}
	return fmt.Sprintf("%-26s %-8s %-70s %s", name, c.tier, c.test, c.took.Round(10*time.Millisecond))
}

// tier is a group of test packages. They are looked through in order.
type tier struct {
	name     string
	packages []string
}

// tiers lists them, cheapest first.
func tiers() []tier {
	all := []tier{
		{"room", []string{"commitlog", "metadata", "logdir", "quorum", "controller", "group", "shard", "replica", "api", "node"}},
		{"bubbles", []string{"testcluster"}},
	}
	if _, err := os.Stat("internal/simulator"); err == nil {
		all = slices.Insert(all, 1, tier{"sim", []string{"simulator"}})
	}
	return all
}

// tierOf names the tier of a package.
func tierOf(pkg string) string {
	for _, t := range tiers() {
		if slices.Contains(t.packages, pkg) {
			return t.name
		}
	}
	return ""
}

// hunt looks for tests that fail because of a bug.
type hunt struct{ binaries }

// search runs everything, tier by tier, until a test fails.
func (h *hunt) search(b planted.Bug) (catch, error) {
	begin := time.Now()
	for _, t := range tiers() {
		for _, pkg := range t.packages {
			test, err := h.firstFailure(pkg, ".", b)
			if err != nil {
				return catch{}, err
			}
			if test != "" {
				return catch{bug: b, tier: t.name, test: pkg + "." + test, took: time.Since(begin)}, nil
			}
		}
	}
	return catch{bug: b, took: time.Since(begin)}, nil
}

// known runs the test that is known to catch the bug.
func (h *hunt) known(b planted.Bug) (catch, error) {
	k, ok := catchers()[b]
	if !ok {
		return catch{}, fmt.Errorf("no test is known to catch %s: look for one with -search", b.Entry().Name)
	}
	begin := time.Now()
	test, err := h.firstFailure(k.pkg, exactly(k.test), b)
	c := catch{bug: b, tier: tierOf(k.pkg), took: time.Since(begin)}
	if test != "" {
		c.test = k.pkg + "." + test
	}
	return c, err
}

// healthy makes sure that the known tests pass without any bug.
func (h *hunt) healthy(bugs []planted.Bug) error {
	tests := map[string][]string{}
	for _, b := range bugs {
		k := catchers()[b]
		if k.pkg != "" && !slices.Contains(tests[k.pkg], k.test) {
			tests[k.pkg] = append(tests[k.pkg], k.test)
		}
	}
	for pkg, names := range tests {
		test, err := h.firstFailure(pkg, exactly(names...), 0)
		if err != nil {
			return err
		}
		if test != "" {
			return fmt.Errorf("%s.%s fails without any bug", pkg, test)
		}
	}
	return nil
}
