package cli

import "testing"

// The expected numbers are those of new java.util.Random(0).
func TestJavaRandom(t *testing.T) {
	r := newJavaRandom(0)
	got := ""
	for range 8 {
		got += string(rune('A' + r.intn(26)))
	}
	if got != "SSXVNJHP" {
		t.Errorf("letters %s", got)
	}
	for seed := range int64(100) {
		r := newJavaRandom(seed)
		for _, n := range []int32{1, 2, 3, 1 << 30, 1<<30 + 1, 1<<31 - 1} {
			if v := r.intn(n); v < 0 || v >= n {
				t.Fatalf("seed %d: %d is not in [0, %d)", seed, v, n)
			}
		}
	}
}
