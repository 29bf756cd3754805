package cli

import (
	"cmp"
	"slices"
	"unicode/utf16"
)

// inHashOrder sorts names into the order in which a java.util.HashMap that was
// filled with them iterates: the original prints a topic's configurations so,
// and scripts compare whole lines.
func inHashOrder(names []string) {
	capacity := uint32(16)
	for uint32(len(names)) > capacity*3/4 {
		capacity *= 2
	}
	bucket := func(name string) uint32 {
		h := javaHash(name)
		return (h ^ h>>16) & (capacity - 1)
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(bucket(a), bucket(b)) })
}

// javaHash is String.hashCode.
func javaHash(s string) uint32 {
	var h uint32
	for _, unit := range utf16.Encode([]rune(s)) {
		h = 31*h + uint32(unit)
	}
	return h
}
