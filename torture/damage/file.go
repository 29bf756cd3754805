package damage

import (
	"bytes"
	"fmt"
	"os"
)

// spoiling is a way to damage a whole file.
type spoiling struct {
	name  string // in the name of a kind
	spoil func(d *directory, name string) (string, error)
}

func spoilings() []spoiling {
	return []spoiling{{"deleted", remove}, {"truncated", truncate}, {"zeroed", zero}, {"corrupt", corrupt}}
}

func remove(d *directory, name string) (string, error) {
	return "removed " + d.short(name), os.Remove(name)
}

// truncate leaves a part of a file, perhaps nothing, never all.
func truncate(d *directory, name string) (string, error) {
	st, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if st.Size() == 0 {
		return "", ErrNothing
	}
	left := d.rng.Int64N(st.Size())
	return fmt.Sprintf("cut %s from %d to %d bytes", d.short(name), st.Size(), left), os.Truncate(name, left)
}

func zero(d *directory, name string) (string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	zeros := make([]byte, len(b))
	if bytes.Equal(b, zeros) {
		return "", ErrNothing
	}
	return fmt.Sprintf("zeroed the %d bytes of %s", len(b), d.short(name)), rewrite(name, zeros, 0)
}

// corrupt overwrites a stretch of a file with random bytes.
func corrupt(d *directory, name string) (string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	if len(b) == 0 {
		return "", ErrNothing
	}
	from := d.rng.IntN(len(b))
	junk := d.random(min(1+d.rng.IntN(64), len(b)-from))
	if bytes.Equal(junk, b[from:from+len(junk)]) {
		junk[0] ^= 0xff
	}
	return fmt.Sprintf("overwrote %d bytes of %s at %d with random ones", len(junk), d.short(name), from), rewrite(name, junk, int64(from))
}
