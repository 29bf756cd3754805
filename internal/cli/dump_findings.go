package cli

import (
	"cmp"
	"slices"
)

// offsetPairs are findings by file, in the order in which they were made.
type offsetPairs struct {
	files []string
	pairs map[string][]offsetPair
}

type offsetPair struct{ a, b int64 }

func (p *offsetPairs) add(file string, a, b int64) {
	if p.pairs == nil {
		p.pairs = map[string][]offsetPair{}
	}
	if _, known := p.pairs[file]; !known {
		p.files = append(p.files, file)
	}
	p.pairs[file] = append(p.pairs[file], offsetPair{a, b})
}

type pairOrder int

const (
	asFound pairOrder = iota
	ascending
	descending
)

// each calls title once for every file and pair for its findings.
func (p *offsetPairs) each(order pairOrder, title func(file string), pair func(a, b int64)) {
	for _, file := range p.files {
		title(file)
		found := p.pairs[file]
		if order != asFound {
			slices.SortStableFunc(found, func(x, y offsetPair) int { return cmp.Compare(x.a, y.a) })
		}
		if order == descending {
			slices.Reverse(found)
		}
		for _, f := range found {
			pair(f.a, f.b)
		}
	}
}
