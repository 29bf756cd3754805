package simulator

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // many short lives in little memory
	// Pools of the product hold on to a run until the second collection after it: with
	// so rare ones the memory would grow without end.
	debug.SetMemoryLimit(1 << 30)
	os.Exit(m.Run())
}

// number is an environment variable, or what stands for it.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	value := os.Getenv(name)
	if value == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestSeeds runs BROLGA_SIM_SEEDS seeds from BROLGA_SIM_FIRST_SEED on. A seed that
// fails is shrunk and printed as the test that pins it.
func TestSeeds(t *testing.T) {
	otherwise := uint64(200)
	if testing.Short() {
		otherwise = 20
	}
	seeds, first := number(t, "BROLGA_SIM_SEEDS", otherwise), number(t, "BROLGA_SIM_FIRST_SEED", 1)
	began := time.Now()
	sum := newSummary()
	for seed := first; seed < first+seeds; seed++ {
		r := Of(seed)
		result := r.Do(t, nil)
		sum.add(result)
		if len(result.Found) > 0 {
			t.Errorf("seed %d:\n%s", seed, list(result.Found))
			if sum.failed++; sum.failed <= 3 {
				small, why := shrink(t, r)
				t.Errorf("seed %d, shrunk: %v\n%s", seed, small, list(why))
			}
		}
		if n := seed - first + 1; n%1000 == 0 {
			fmt.Printf("%d seeds: %s\n", n, sum.line(time.Since(began)))
		}
	}
	t.Logf("%d seeds from %d on: %s", seeds, first, sum.line(time.Since(began)))
	sum.bite(t)
}

// TestReplay: the same seed gives the same run, event by event.
func TestReplay(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		one, two := Of(seed).Do(t, nil), Of(seed).Do(t, nil)
		if one.Hash != two.Hash || one.Events != two.Events {
			t.Errorf("seed %d: %d events with hash %x, and then %d with %x", seed, one.Events, one.Hash, two.Events, two.Hash)
		}
		if other := Of(seed+100).Do(t, nil); other.Hash == one.Hash {
			t.Errorf("seeds %d and %d give the same run", seed, seed+100)
		}
	}
}

// TestTrace prints what happens in the run of BROLGA_SIM_TRACE; BROLGA_SIM_MILLIS and
// BROLGA_SIM_ONLY make it as short as it was shrunk.
func TestTrace(t *testing.T) {
	seed := number(t, "BROLGA_SIM_TRACE", 0)
	if seed == 0 {
		t.Skip("BROLGA_SIM_TRACE names no seed to tell about")
	}
	r := Of(seed)
	if span := number(t, "BROLGA_SIM_MILLIS", 0); span > 0 {
		r.Span = time.Duration(span) * time.Millisecond
	}
	for _, place := range strings.Split(os.Getenv("BROLGA_SIM_ONLY"), ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(place)); err == nil {
			r.Only = append(r.Only, n)
		}
	}
	result := r.Do(t, func(line string) { fmt.Println(line) })
	if len(result.Found) > 0 {
		t.Errorf("seed %d:\n%s", seed, list(result.Found))
	}
}
