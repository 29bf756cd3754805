package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// story runs faults for a minute of a bubble's time and returns what became of them.
func story(t *testing.T, seed uint64, faults ...kind) []Event {
	var events []Event
	synctest.Test(t, func(t *testing.T) {
		n := &Nemesis{Seed: seed, Begin: time.Now()}
		n.Say = func(string, ...any) {}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		n.runLane(ctx, faults, rand.New(rand.NewPCG(seed, 0)))
		events = n.Events()
	})
	return events
}

// lasting is a fault that lasts for a random time.
func lasting(name string, bit bool, err error) kind {
	return kind{"test", name, laneNodes, func(ctx context.Context, _ *World, rng *rand.Rand) (string, bool, error) {
		d := between(rng, time.Second, 3*time.Second)
		hold(ctx, d)
		return fmt.Sprint(d), bit, err
	}}
}

func TestSeedDecides(t *testing.T) {
	faults := []kind{lasting("a", true, nil), lasting("b", true, nil), lasting("c", true, nil)}
	first := story(t, 7, faults...)
	if again := story(t, 7, faults...); !slices.Equal(first, again) {
		t.Errorf("%v\n%v", first, again)
	}
	if other := story(t, 8, faults...); slices.Equal(first, other) {
		t.Errorf("another seed: %v", other)
	}
	seen := map[string]int{}
	for _, e := range first {
		seen[e.Name]++
	}
	if len(first) < 6 || len(seen) != 3 {
		t.Errorf("%d faults, %v", len(first), seen)
	}
}

// TestWhatCounts: a fault that found nobody does not count, one that failed did not bite,
// one that the end of the run cut short is not blamed.
func TestWhatCounts(t *testing.T) {
	for name, c := range map[string]struct {
		fault       kind
		missed, bit bool
	}{
		"bit":          {lasting("x", true, nil), false, true},
		"blunt":        {lasting("x", false, nil), false, false},
		"failed":       {lasting("x", true, errors.New("no answer")), false, false},
		"found nobody": {lasting("x", true, fmt.Errorf("%w: gone", errMissed)), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range story(t, 3, c.fault)[:3] {
				if e.Missed != c.missed || !e.Missed && e.Bit != c.bit {
					t.Errorf("%+v", e)
				}
			}
		})
	}
	endless := kind{"test", "endless", laneNodes, func(ctx context.Context, _ *World, _ *rand.Rand) (string, bool, error) {
		<-ctx.Done()
		return "", false, nil
	}}
	if events := story(t, 3, endless); len(events) != 1 || !events[0].Missed {
		t.Errorf("cut short: %+v", events)
	}
}

func TestKinds(t *testing.T) {
	names := map[string]bool{}
	for _, k := range kinds() {
		if names[k.name] {
			t.Errorf("%s is there twice", k.name)
		}
		names[k.name] = true
		if !slices.Contains([]string{laneNodes, laneAdmin, laneLinks}, k.lane) || k.run == nil {
			t.Errorf("%s on lane %s", k.name, k.lane)
		}
	}
	for _, want := range []string{"kill", "pause", "partition", "slow", "power", "blackout", "full", "eio", "damage", "clock", "rolling", "upgrade", "quorum", "reassign", "topics", "proxy"} {
		if !slices.Contains(Families(), want) {
			t.Errorf("no family %s", want)
		}
	}
}
