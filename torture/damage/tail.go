package damage

import (
	"bytes"
	"fmt"
	"os"
)

// tails are damages to the end of an active segment. Kafka's recovery cuts what does
// not continue the log; what the cut takes of whole batches comes back from the others.
func tails() []kind {
	return []kind{
		{"tail-cut", Tail, Replicated, cutTail},
		{"tail-overwritten", Tail, Replicated, overwriteTail},
		{"tail-garbage", Tail, Harmless, func(d *directory) (string, error) {
			return d.grow("random bytes", d.random(1+d.rng.IntN(9000)))
		}},
		{"tail-zeros", Tail, Harmless, func(d *directory) (string, error) {
			return d.grow("zeros", make([]byte, 4096*(1+d.rng.IntN(4))))
		}},
		{"tail-half-header", Tail, Harmless, halfHeader},
		{"tail-repeated", Tail, Harmless, repeatTail},
	}
}

// tail is an active segment with batches and the last of them.
func (d *directory) tail() (name string, last placed, err error) {
	logs, err := d.files("*.log")
	if err != nil {
		return "", placed{}, err
	}
	some, batches, err := withBatches(active(logs))
	if err != nil {
		return "", placed{}, err
	}
	if name, err = d.pick(some); err != nil {
		return "", placed{}, err
	}
	all := batches[name]
	return name, all[len(all)-1], nil
}

func cutTail(d *directory) (string, error) {
	name, last, err := d.tail()
	if err != nil {
		return "", err
	}
	at := last.pos + int64(d.rng.IntN(len(last.raw)))
	return fmt.Sprintf("cut %s at %d, %d bytes into %v", d.short(name), at, at-last.pos, last), os.Truncate(name, at)
}

func overwriteTail(d *directory) (string, error) {
	name, last, err := d.tail()
	if err != nil {
		return "", err
	}
	from := d.rng.IntN(len(last.raw))
	junk := d.random(len(last.raw) - from)
	if bytes.Equal(junk, last.raw[from:]) {
		junk[0] ^= 0xff
	}
	return fmt.Sprintf("overwrote %s from %d on with %d random bytes, in %v", d.short(name), last.pos+int64(from), len(junk), last),
		rewrite(name, junk, last.pos+int64(from))
}

// grow appends bytes to an active segment.
func (d *directory) grow(what string, b []byte) (string, error) {
	name, _, err := d.tail()
	if err != nil {
		return "", err
	}
	st, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("appended %d bytes to %s at %d: %s", len(b), d.short(name), st.Size(), what), rewrite(name, b, st.Size())
}

// halfHeader appends what is left of an append that a crash interrupted: a part of a
// header that would continue the log.
func halfHeader(d *directory) (string, error) {
	name, last, err := d.tail()
	if err != nil {
		return "", err
	}
	b := bytes.Clone(last.raw[:min(len(last.raw), 61)])
	next := uint64(last.header.NextOffset())
	for i := range 8 {
		b[i] = byte(next >> (56 - 8*i))
	}
	b = b[:1+d.rng.IntN(len(b)-1)]
	st, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("appended %d bytes of a batch of offset %d to %s", len(b), next, d.short(name)), rewrite(name, b, st.Size())
}

// repeatTail appends the last batch again: a good CRC, an offset that is taken.
func repeatTail(d *directory) (string, error) {
	name, last, err := d.tail()
	if err != nil {
		return "", err
	}
	st, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("appended %v to %s a second time", last, d.short(name)), rewrite(name, last.raw, st.Size())
}
