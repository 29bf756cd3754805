package damage

import (
	"fmt"
	"math/rand/v2"
)

// flips are damages to batches that everybody has, anywhere in a log.
func flips() []kind {
	return []kind{
		{"flip-bit", Flip, Replicated, func(d *directory) (string, error) { return d.flip(1, 0) }},
		{"flip-bits", Flip, Replicated, func(d *directory) (string, error) { return d.flip(16, 0) }},
		// The first 12 bytes, offset and length, are what finds the next batch.
		{"flip-length", Flip, Replicated, func(d *directory) (string, error) { return d.flip(1, 12) }},
	}
}

// flip flips bits of one batch of any segment: of its first within bytes, 0 for all.
func (d *directory) flip(bits, within int) (string, error) {
	logs, err := d.files("*.log")
	if err != nil {
		return "", err
	}
	some, batches, err := withBatches(logs)
	if err != nil {
		return "", err
	}
	name, err := d.pick(some)
	if err != nil {
		return "", err
	}
	all := batches[name]
	b := all[d.rng.IntN(len(all))]
	limit := len(b.raw)
	if within > 0 {
		limit = min(limit, within)
	}
	at := flipIn(b.raw[:limit], bits, d.rng)
	return fmt.Sprintf("flipped %d bits of %s in %v, the first at %d", bits, d.short(name), b, b.pos+int64(at)), rewrite(name, b.raw, b.pos)
}

// flipIn flips different bits and returns the first byte that changed.
func flipIn(b []byte, bits int, rng *rand.Rand) (first int) {
	first = len(b)
	for _, bit := range rng.Perm(8 * len(b))[:min(bits, 8*len(b))] {
		b[bit/8] ^= 1 << (bit % 8)
		first = min(first, bit/8)
	}
	return first
}
