package history

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyChanges are changes of one resource by two clients, most of them such as a register
// answers that takes them one by one, some with another value.
func anyChanges(t *rapid.T) []Change {
	var all []Change
	value := ""
	n := rapid.IntRange(1, 6).Draw(t, "changes")
	for i := range n {
		at := time.Duration(10 * i)
		c := Change{Resource: "r", Client: fmt.Sprint(i % 2), Op: ChangeOp(rapid.IntRange(0, 4).Draw(t, "op")),
			Value:   rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "value"),
			Invoked: at - time.Duration(rapid.IntRange(0, 30).Draw(t, "earlier")), Ended: at + time.Duration(rapid.IntRange(1, 30).Draw(t, "later")),
			Outcome: rapid.SampledFrom([]Outcome{OK, OK, OK, Unknown}).Draw(t, "outcome")}
		if c.Op == Create && c.Value == "" {
			c.Value = "x"
		}
		if c.Op == Read && rapid.Bool().Draw(t, "right") {
			c.Value = value
		}
		if next, ok := c.apply(value); ok {
			value = next
		}
		all = append(all, c)
	}
	return all
}

// explained tries every order of every choice of the changes that may not have happened.
func explained(changes []Change, value string) bool {
	rest := slices.IndexFunc(changes, func(c Change) bool { return c.Outcome == OK })
	if rest < 0 {
		return true
	}
	for i, c := range changes {
		if slices.ContainsFunc(changes, func(o Change) bool { return o.Outcome == OK && o.Ended < c.Invoked }) {
			continue
		}
		if next, ok := c.apply(value); ok && explained(slices.Delete(slices.Clone(changes), i, i+1), next) {
			return true
		}
	}
	return false
}

// TestLinearizabilityIsWhatTryingEverythingSays.
func TestLinearizabilityIsWhatTryingEverythingSays(t *testing.T) {
	yes, no := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		changes := anyChanges(t)
		want := explained(changes, "")
		if got := len(Linearizability(&History{Changes: changes})) == 0; got != want {
			t.Fatalf("%v for %+v", got, changes)
		}
		if want {
			yes++
		} else {
			no++
		}
	})
	if yes == 0 || no == 0 {
		t.Errorf("%d right ones and %d wrong ones", yes, no)
	}
}

// TestManyChanges: a long history of one resource does not take long.
func TestManyChanges(t *testing.T) {
	h := &History{}
	for i := range 2000 {
		at := time.Duration(10 * i)
		c := Change{"r", "a", Create, fmt.Sprint(i), at, at + 15, OK}
		if i%2 == 1 {
			c.Op, c.Value = Remove, ""
		}
		if i%100 == 50 {
			h.Changes = append(h.Changes, Change{"r", "b", Write, "lost", at, 0, Unknown})
		}
		h.Changes = append(h.Changes, c)
	}
	for _, f := range Linearizability(h) {
		t.Error(f)
	}
}
