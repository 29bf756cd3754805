//go:build !race

package replica

// Allocations cannot be counted under the race detector, which makes pools forget on
// purpose.

import "testing"

// TestReplicationAllocatesNothing: neither a fetch of a follower nor what it brings
// takes memory once the buffers have grown.
func TestReplicationAllocatesNothing(t *testing.T) {
	for _, batches := range []int{1, 50} {
		x := newPair(t, 10)
		raw := batchOf(1, 100)
		const rounds = 500
		run := func() {
			for range rounds {
				x.fill(x.parts[3], raw, batches)
				x.round()
			}
		}
		run()
		if got := mallocsOf(run); got > rounds/2 {
			t.Errorf("%d batches a fetch: %d allocations for %d fetches", batches, got, rounds)
		}
		if got, want := x.copies[3].log.EndOffset(), x.parts[3].log.EndOffset(); got != want {
			t.Errorf("copied %d of %d", got, want)
		}
	}
}
