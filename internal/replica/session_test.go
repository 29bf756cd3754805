package replica

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSessionEpochsGoRound(t *testing.T) {
	for epoch, want := range map[int32]int32{0: 1, 1: 2, 1<<31 - 1: 1, -1: -1, -7: -1} {
		if got := nextSessionEpoch(epoch); got != want {
			t.Errorf("after %d comes %d, want %d", epoch, got, want)
		}
	}
}

func TestPartListIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l partList
		var want []*FetchPart
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if len(want) == 0 || rapid.Bool().Draw(t, "add") {
				fp := &FetchPart{}
				l.pushBack(fp)
				want = append(want, fp)
			} else {
				i := rapid.IntRange(0, len(want)-1).Draw(t, "which")
				l.remove(want[i])
				want = slices.Delete(want, i, i+1)
			}
			var forward, backward []*FetchPart
			for fp := l.first; fp != nil; fp = fp.next {
				forward = append(forward, fp)
			}
			for fp := l.last; fp != nil; fp = fp.prev {
				backward = append(backward, fp)
			}
			slices.Reverse(backward)
			if !slices.Equal(forward, want) || !slices.Equal(backward, want) || l.count != len(want) {
				t.Fatalf("%d forward, %d backward, count %d; want %d", len(forward), len(backward), l.count, len(want))
			}
		}
	})
}
