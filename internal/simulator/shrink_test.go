package simulator

import (
	"slices"
	"testing"
	"time"
)

// shrink leaves out what a failing run does not need to fail: the end of it, and faults.
func shrink(t *testing.T, r Run) (Run, []string) {
	var why []string
	fails := func(try Run) bool {
		result := try.Do(t, nil)
		if len(result.Found) > 0 {
			why = result.Found
			return true
		}
		return false
	}
	if !fails(r) {
		t.Errorf("%v fails once and then not: it does not replay", r)
		return r, nil
	}
	for step := r.Span / 2; step >= 250*time.Millisecond; step /= 2 {
		try := r
		try.Span = (r.Span - step).Truncate(time.Millisecond) // what the line can say
		if fails(try) {
			r = try
		}
	}
	r.Only = make([]int, 0, 200)
	for place := range 200 {
		r.Only = append(r.Only, place)
	}
	for size := len(r.Only) / 2; size > 0; size /= 2 {
		for at := 0; at < len(r.Only); {
			try := r
			try.Only = slices.Delete(slices.Clone(r.Only), at, min(at+size, len(r.Only)))
			if fails(try) {
				r = try
			} else {
				at += size
			}
		}
	}
	fails(r)
	return r, why
}
