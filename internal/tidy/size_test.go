package tidy_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"sort"
	"strings"
	"testing"
)

// Longest hand-written file and function. The house aims far lower (a median
// file near 100 lines, a function that fits a screen); these are the fences.
const (
	maxFileLines     = 600
	maxFunctionLines = 120
)

func TestFormatted(t *testing.T) {
	for _, s := range sources(t) {
		want, err := format.Source([]byte(s.text))
		if err != nil || !bytes.Equal(want, []byte(s.text)) {
			t.Errorf("%s is not formatted by gofmt", s.path)
		}
	}
}

func TestSizes(t *testing.T) {
	var files, functions []int
	long := 0
	code, tests := 0, 0
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		n := strings.Count(s.text, "\n")
		if n > maxFileLines {
			t.Errorf("%s has %d lines", s.path, n)
		}
		if s.test() {
			tests += n
		} else {
			code += n
			files = append(files, n)
		}
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := s.lines(f)
			if n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines", s.at(f), f.Name.Name, n)
			}
			if !s.test() {
				functions = append(functions, n)
				if n > 60 {
					long++
				}
			}
		}
	}
	t.Logf("files: median %d, nine in ten under %d, longest %d", at(files, 0.5), at(files, 0.9), at(files, 1))
	t.Logf("functions: median %d, longest %d, %.1f %% over 60 lines", at(functions, 0.5), at(functions, 1), 100*float64(long)/float64(max(1, len(functions))))
	t.Logf("lines: %d of code, %d of tests, ratio %.2f", code, tests, float64(tests)/float64(max(1, code)))
}

// at returns the value at a quantile.
func at(values []int, q float64) int {
	if len(values) == 0 {
		return 0
	}
	sort.Ints(values)
	return values[min(len(values)-1, int(q*float64(len(values))))]
}
