package simulator

import (
	"testing"
	"time"
)

// pinned is a run that found something once; only and lasting make it as short as it was
// shrunk. A change of the plan, or of anything that takes a random number, makes it
// another run: what was found has a test of its own where it was mended.
func pinned(seed uint64) Run { return Of(seed) }

func (r Run) only(places ...int) Run {
	r.Only = append([]int{}, places...)
	return r
}

func (r Run) lasting(d time.Duration) Run {
	r.Span = d
	return r
}

// TestPinned tells those runs again.
func TestPinned(t *testing.T) {
	for _, r := range []Run{
		pinned(1).only(0).lasting(1125 * time.Millisecond),
		pinned(3).only(0, 1, 2, 6).lasting(3000 * time.Millisecond),
		pinned(6).only(14, 16, 17).lasting(3000 * time.Millisecond),
		pinned(35).only(0, 1, 2, 4).lasting(5250 * time.Millisecond),
		pinned(5322).only(0).lasting(1750 * time.Millisecond),
		pinned(7750),
		pinned(8016).only(0, 1, 2, 3, 9, 15, 16, 17),
		pinned(8341).only(0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 27),
		pinned(8882),
		pinned(10422).only(1, 2, 3, 4, 6, 8, 10),
		pinned(13078).only(0, 2, 3),
	} {
		t.Run(r.String(), func(t *testing.T) {
			for _, f := range r.Do(t, nil).Found {
				t.Error(f)
			}
		})
	}
}
