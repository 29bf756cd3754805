package cli

import (
	"io"
	"slices"
	"strings"
)

// Suggestions for a word that no option or sub-command has, as argparse4j makes
// them: the nearest names by a weighted edit distance, if they are near enough.
const (
	suggestCostSubstitute = 2
	suggestCostAdd        = 1
	suggestCostDelete     = 4
	suggestLimit          = 7
)

func (p *argParser) unrecognized(arg string) error {
	e := &argError{parser: p, text: "unrecognized arguments: '" + arg + "'"}
	if body := strings.TrimLeft(arg, "-"); len(body) >= 2 {
		names := []string{"--help"}
		for _, a := range p.all() {
			names = append(names, a.names...)
		}
		e.didYouMean = nearest(body, slices.DeleteFunc(names, func(n string) bool { return len(strings.TrimLeft(n, "-")) <= 1 }))
	}
	return e
}

func (p *argParser) invalidCommand(name string) error {
	e := &argError{parser: p, text: "invalid choice: '" + name + "' (choose from " + quotedCommands(p.subcommands) + ")"}
	var names []string
	for _, s := range p.subcommands {
		names = append(names, s.command)
	}
	e.didYouMean = nearest(name, names)
	return e
}

func (e *argError) printSuggestions(w io.Writer) {
	if len(e.didYouMean) > 0 {
		_, _ = io.WriteString(w, "\nDid you mean:\n\t"+strings.Join(e.didYouMean, "\n\t")+"\n")
	}
}

// nearest returns the names at the smallest distance, sorted.
func nearest(word string, names []string) []string {
	best := suggestLimit
	var found []string
	for _, name := range names {
		d := 0
		if body := strings.TrimLeft(name, "-"); !strings.HasPrefix(body, word) {
			d = editDistance(word, body)
		}
		switch {
		case d < best:
			best, found = d, []string{name}
		case d == best && d < suggestLimit:
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// editDistance is the cost of turning a into b; swapping two neighbours is free.
func editDistance(a, b string) int {
	var before, last, row []int
	last = make([]int, len(b)+1)
	for j := range last {
		last[j] = j * suggestCostAdd
	}
	for i := 1; i <= len(a); i++ {
		row = make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = last[j-1]
			if a[i-1] != b[j-1] {
				row[j] += suggestCostSubstitute
				if i >= 2 && j >= 2 && a[i-2] == b[j-1] && a[i-1] == b[j-2] {
					row[j] = min(row[j], before[j-2])
				}
			}
			row[j] = min(row[j], last[j]+suggestCostDelete, row[j-1]+suggestCostAdd)
		}
		before, last = last, row
	}
	return last[len(b)]
}
