// Command summary reads the events of `go test -json` and prints what a person
// wants to see: one line for each package and each skipped test, the whole
// output of what failed, and at the end how many tests passed, failed and were
// skipped. It exits with 1 when anything failed or nothing ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	s := summary{out: os.Stdout, output: map[string][]string{}}
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
	if !s.close() {
		os.Exit(1)
	}
}

// event is one line of go test -json (cmd/test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

type summary struct {
	out                     io.Writer
	output                  map[string][]string // by package and test, until it ends
	passed, failed, skipped int
	broken                  []string // packages that failed without a failed test
	failedIn                map[string]int
}

// read takes in all events.
func (s *summary) read(in io.Reader) error {
	s.failedIn = map[string]int{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(s.out, lines.Text()) // what the go command says outside of tests
			continue
		}
		if e.Package == "" {
			e.Package = e.ImportPath
		}
		s.add(e)
	}
	return lines.Err()
}

// add takes in one event.
func (s *summary) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		s.output[key] = append(s.output[key], e.Output)
		return
	case "pass", "fail", "skip":
	default:
		return
	}
	lines := s.output[key]
	delete(s.output, key)
	if e.Test == "" {
		s.endPackage(e, lines)
		return
	}
	switch e.Action {
	case "pass":
		s.passed++
	case "skip":
		s.skipped++
		fmt.Fprintf(s.out, "skip  %s: %s\n", e.Test, reason(lines))
	case "fail":
		s.failed++
		s.failedIn[e.Package]++
		fmt.Fprint(s.out, strings.Join(lines, ""))
	}
}

// endPackage prints a package's line. Output of a package is shown when it
// failed though none of its tests did: it did not build, crashed or ran out of
// time.
func (s *summary) endPackage(e event, lines []string) {
	if e.Action == "fail" && s.failedIn[e.Package] == 0 {
		s.broken = append(s.broken, e.Package)
		for key, unfinished := range s.output {
			if strings.HasPrefix(key, e.Package+" ") {
				lines = append(lines, unfinished...)
			}
		}
		fmt.Fprint(s.out, strings.Join(lines, ""))
	}
	word := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "none"}[e.Action]
	fmt.Fprintf(s.out, "%-5s %s %.1fs\n", word, e.Package, e.Elapsed)
}

// close prints the closing lines and tells whether all is well.
func (s *summary) close() bool {
	if len(s.broken) > 0 {
		fmt.Fprintf(s.out, "packages that failed as a whole: %s\n", strings.Join(s.broken, " "))
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed+len(s.broken), s.skipped)
	return s.failed == 0 && len(s.broken) == 0 && s.passed > 0
}

// reason finds what a skipped test said.
func reason(lines []string) string {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "===") && !strings.HasPrefix(l, "---") {
			return l
		}
	}
	return "no reason given"
}
