package server

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRing compares a ring with a slice that keeps everything.
func TestRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r ring[uint64]
		var popped uint64
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			switch {
			case rapid.Bool().Draw(t, "push"):
				r.push(r.next)
			case r.len() > 0:
				if *r.head() != popped {
					t.Fatalf("head %d, want %d", *r.head(), popped)
				}
				r.pop()
				popped++
			default:
				r.shrink()
			}
			if r.first() != popped || r.len() != int(r.next-popped) {
				t.Fatalf("first %d and length %d, want %d and %d", r.first(), r.len(), popped, r.next-popped)
			}
			for n := popped; n < r.next; n++ {
				if got := r.at(n); got == nil || *got != n {
					t.Fatalf("element %d is %v", n, got)
				}
			}
			if r.at(r.next) != nil || popped > 0 && r.at(popped-1) != nil {
				t.Fatal("an element outside of the ring was found")
			}
		}
	})
}
