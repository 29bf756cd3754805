package testcluster

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

// seedsVariable makes more runs of each scenario than go test does by itself.
const seedsVariable = "BROLGA_CLUSTER_SEEDS"

// firstSeedVariable begins elsewhere, or repeats a run.
const firstSeedVariable = "BROLGA_CLUSTER_FIRST_SEED"

func number(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// bites is what the faults of a run did; a fault that is missing changed nothing.
type bites map[string]int

// story is a run: a workload and what happens meanwhile.
type story struct {
	nodes     int // 0: three
	overrides []string
	want      []string // faults that must have changed something
	happens   func(w *Workload, did bites)
}

const quietTime = 2 * time.Second

// tell runs a story with several seeds.
func tell(t *testing.T, s story) {
	first, n := number(t, firstSeedVariable, 1), number(t, seedsVariable, 1)
	for seed := first; seed < first+n; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			Run(t, seed, max(3, s.nodes), s.overrides, func(c *Cluster) {
				const partitions = 2
				c.CreateTopic("t", partitions)
				w := c.Workload("t", partitions, 2)
				time.Sleep(quietTime)
				did := bites{}
				s.happens(w, did)
				h := w.Judge()
				t.Logf("seed %d: faults %v", seed, did)
				for _, want := range s.want {
					if did[want] == 0 {
						t.Errorf("seed %d is inconclusive: no %s", seed, want)
					}
				}
				if h.Acked() < 100 {
					t.Errorf("seed %d is inconclusive: %d records were acknowledged", seed, h.Acked())
				}
			})
		})
	}
}

func TestQuiet(t *testing.T) {
	tell(t, story{happens: func(w *Workload, _ bites) { time.Sleep(5 * time.Second) }})
}
