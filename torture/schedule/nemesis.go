package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// kind is one sort of fault.
type kind struct {
	family string // as FAULTS= names it
	name   string
	lane   string
	// run makes the fault happen, waits, takes it back, and tells what it did and
	// whether it bit. After the end of ctx it only takes back.
	run func(ctx context.Context, w *World, rng *rand.Rand) (did string, bit bool, err error)
}

// Event is a fault that happened.
type Event struct {
	Family, Name string
	At, For      time.Duration
	Did          string
	Bit          bool
	Missed       bool // it found nobody, and is not counted
}

// Nemesis makes faults happen.
type Nemesis struct {
	World
	Seed     uint64
	Families []string
	Begin    time.Time

	mu      sync.Mutex
	events  []Event
	trouble []string
}

// kinds is all faults there are.
func kinds() []kind {
	return slices.Concat(kills(), pauses(), partitions(), slows(), powers(), disks(), damages(), clocks(), rollings(), quorums(), reassignments(), topics(), links())
}

// Families are the names that FAULTS= takes.
func Families() []string {
	var all []string
	for _, k := range kinds() {
		if !slices.Contains(all, k.family) {
			all = append(all, k.family)
		}
	}
	return all
}

// The lanes. Faults of one lane come one after the other.
const (
	laneNodes = "nodes"
	laneAdmin = "admin"
	laneLinks = "links"
)

// pauses between faults of a lane.
const (
	shortestCalm = 500 * time.Millisecond
	longestCalm  = 5 * time.Second
)

// Run makes faults happen until ctx ends, and returns when all are taken back.
func (n *Nemesis) Run(ctx context.Context) {
	lanes := map[string][]kind{}
	for _, k := range kinds() {
		if slices.Contains(n.Families, k.family) {
			lanes[k.lane] = append(lanes[k.lane], k)
		}
	}
	var running sync.WaitGroup
	for i, lane := range []string{laneNodes, laneAdmin, laneLinks} {
		if some := lanes[lane]; len(some) > 0 {
			running.Go(func() { n.runLane(ctx, some, rand.New(rand.NewPCG(n.Seed, uint64(i)))) })
		}
	}
	running.Wait()
}

// runLane goes through all its kinds in random orders, so that each has its turn.
func (n *Nemesis) runLane(ctx context.Context, some []kind, rng *rand.Rand) {
	for {
		for _, i := range rng.Perm(len(some)) {
			hold(ctx, between(rng, shortestCalm, longestCalm))
			if ctx.Err() != nil {
				return
			}
			n.inflict(ctx, some[i], rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())))
		}
	}
}

func (n *Nemesis) inflict(ctx context.Context, k kind, rng *rand.Rand) {
	at := time.Since(n.Begin)
	did, bit, err := k.run(ctx, &n.World, rng)
	if !bit && err == nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: the run ended first, %s", errMissed, did)
	}
	e := Event{Family: k.family, Name: k.name, At: at, For: time.Since(n.Begin) - at, Did: did, Bit: bit}
	if errors.Is(err, errMissed) {
		e.Missed, e.Did = true, err.Error()
	} else if err != nil {
		e.Did = fmt.Sprintf("%s: %v", did, err)
		e.Bit = false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.events = append(n.events, e)
	mark := "bit"
	if e.Missed {
		mark = "missed"
	} else if !e.Bit {
		mark = "DID NOT BITE"
	}
	n.Say("%6.1fs  %-9s %-24s %5.1fs  %-12s %s", at.Seconds(), k.family, k.name, e.For.Seconds(), mark, e.Did)
}

// Events are the faults so far.
func (n *Nemesis) Events() []Event {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.events)
}
