package cli

// javaRandom is java.util.Random: the linear congruential generator whose
// numbers for a seed its documentation fixes.
type javaRandom struct{ state int64 }

const (
	randomMultiplier = 0x5DEECE66D
	randomMask       = 1<<48 - 1
)

func newJavaRandom(seed int64) *javaRandom {
	return &javaRandom{(seed ^ randomMultiplier) & randomMask}
}

func (r *javaRandom) next(bits uint) int32 {
	r.state = (r.state*randomMultiplier + 0xB) & randomMask
	return int32(r.state >> (48 - bits))
}

// intn returns a number in [0, n).
func (r *javaRandom) intn(n int32) int32 {
	v := r.next(31)
	if n&(n-1) == 0 {
		return int32(int64(n) * int64(v) >> 31)
	}
	for {
		rest := v % n
		// The last, incomplete run of n numbers would favour the small ones;
		// it shows as an overflow.
		if v-rest+(n-1) >= 0 {
			return rest
		}
		v = r.next(31)
	}
}
