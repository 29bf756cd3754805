package main

import (
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	tests := []struct {
		name, in string
		ok       bool
		want     []string
	}{
		{"all well", `{"Action":"output","Package":"p","Test":"A","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Elapsed":1.25}`, true, []string{"ok    p 1.2s", "1 passed, 0 failed, 0 skipped"}},
		{"a failure is shown", `{"Action":"output","Package":"p","Test":"A","Output":"a_test.go:1: wrong\n"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`, false, []string{"a_test.go:1: wrong", "FAIL  p", "0 passed, 1 failed, 0 skipped"}},
		{"a skipped test tells why", `{"Action":"output","Package":"p","Test":"A","Output":"=== RUN   A\n"}
{"Action":"output","Package":"p","Test":"A","Output":"    a_test.go:1: no kcat\n"}
{"Action":"skip","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"B"}`, true, []string{"skip  A: a_test.go:1: no kcat", "1 passed, 0 failed, 1 skipped"}},
		{"a package that does not build", `{"Action":"build-output","ImportPath":"p [p.test]","Output":"undefined: x\n"}
{"Action":"fail","Package":"p"}`, false, []string{"undefined: x", "packages that failed as a whole: p", "0 passed, 1 failed, 0 skipped"}},
		{"a package that ran out of time", `{"Action":"output","Package":"p","Test":"A","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p"}`, false, []string{"panic: test timed out", "0 passed, 1 failed"}},
		{"no test at all", `{"Action":"skip","Package":"p"}`, false, []string{"none  p", "0 passed, 0 failed, 0 skipped"}},
		{"words of the go command", "go: no such package", false, []string{"go: no such package"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			s := summary{out: &out, output: map[string][]string{}}
			if err := s.read(strings.NewReader(tt.in)); err != nil {
				t.Fatal(err)
			}
			if ok := s.close(); ok != tt.ok {
				t.Errorf("ok = %v", ok)
			}
			for _, w := range tt.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("no %q in\n%s", w, out.String())
				}
			}
		})
	}
}
