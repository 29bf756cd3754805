package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/torture/schedule"
)

// TestVerdict: a contradiction fails whatever else there is; too little of anything says
// nothing.
func TestVerdict(t *testing.T) {
	good := func() *verdict {
		return &verdict{Seconds: 60, Families: map[string]int{"kill": 20}, Sent: 100_000, Acked: 90_000, LeaderChanges: 3}
	}
	r := &round{options: &options{rate: 2000, seconds: 60}}
	for name, c := range map[string]struct {
		change func(v *verdict)
		want   int
	}{
		"good":                       {func(*verdict) {}, passed},
		"one of twenty-one is blunt": {func(v *verdict) { v.Blunt = []string{"x"} }, passed},
		"two of twenty-two":          {func(v *verdict) { v.Blunt = []string{"x", "y"} }, inconclusive},
		"no fault at all":            {func(v *verdict) { v.Families = nil }, inconclusive},
		"half was not answered":      {func(v *verdict) { v.Acked = 49_000 }, inconclusive},
		"little was written":         {func(v *verdict) { v.Sent, v.Acked = 20_000, 20_000 }, inconclusive},
		"nobody else led":            {func(v *verdict) { v.LeaderChanges = 0 }, inconclusive},
		"the harness failed":         {func(v *verdict) { v.Trouble = []string{"x"} }, trouble},
		"a contradiction":            {func(v *verdict) { v.Found, v.Acked, v.Trouble = []string{"I1"}, 0, []string{"x"} }, failed},
	} {
		v := good()
		c.change(v)
		if got := v.decide(r); got != c.want {
			t.Errorf("%s: %d, want %d (%s)", name, got, c.want, v.Why)
		}
	}
}

// TestJudgedText: a checker that had nothing to judge is named.
func TestJudgedText(t *testing.T) {
	v := &verdict{}
	if got := v.judgedText(); got != "nothing was judged" {
		t.Error(got)
	}
	v.Judged = map[string]int{"I1": 3, "I19": 0}
	if got := v.judgedText(); got != "3 facts judged" {
		t.Error(got)
	}
	v.Idle = []string{"I19", "I20"}
	if got := v.judgedText(); got != "3 facts judged, none by I19, I20" {
		t.Error(got)
	}
}

func TestMixesAreOfFamilies(t *testing.T) {
	known := schedule.Families()
	seen := map[string]bool{}
	for _, m := range mixes() {
		for f := range strings.FieldsSeq(m.families) {
			seen[f] = true
			if !slices.Contains(known, f) {
				t.Errorf("%s is no family", f)
			}
		}
	}
	for _, f := range known {
		if !seen[f] {
			t.Errorf("no mix has %s", f)
		}
	}
}
