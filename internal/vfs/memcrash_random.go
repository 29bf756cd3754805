package vfs

import "math/rand/v2"

// RandomCrash keeps a part of what was not synced, drawn from a seed. Each file keeps
// what was done to it up to some moment, in which a write is torn, or else lacks sectors
// anywhere; of the directory entries any survive.
func RandomCrash(seed uint64) CrashOptions {
	r := rand.New(rand.NewPCG(seed, 5))
	coin := func() bool { return r.IntN(2) == 0 }
	o := CrashOptions{KeepChange: func(Change) bool { return coin() }}
	over := map[string]bool{}
	ends := func(name string) bool {
		over[name] = over[name] || r.IntN(6) == 0
		return over[name]
	}
	o.KeepTruncate = func(name string, _ int64) bool { return !ends(name) }
	if coin() {
		o.KeepSector = keepSectors(coin)
		return o
	}
	o.KeepWrite = func(name string, _ int64, n int) int {
		switch {
		case over[name]:
			return 0
		case ends(name):
			return r.IntN(n + 1)
		}
		return n
	}
	return o
}

// keepSectors decides once for each sector of each file: all writes that touched it
// since the last sync were in the memory that did or did not reach the disk.
func keepSectors(coin func() bool) func(name string, sector int64) bool {
	type place struct {
		name   string
		sector int64
	}
	kept := map[place]bool{}
	return func(name string, sector int64) bool {
		at := place{name, sector}
		if _, known := kept[at]; !known {
			kept[at] = coin()
		}
		return kept[at]
	}
}
