package tidy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTargetsAreThere: make says of a target without a rule, if it is declared, that
// there is nothing to be done, and succeeds.
func TestTargetsAreThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	rules := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		name, rest, ok := strings.Cut(line, ":")
		switch {
		case name == ".PHONY":
			declared = strings.Fields(rest)
		case ok && !strings.ContainsAny(name, " \t#="):
			rules[name] = true
		}
	}
	if len(declared) == 0 {
		t.Fatal("no targets are declared")
	}
	for _, name := range declared {
		if !rules[name] {
			t.Errorf("there is no rule for %s", name)
		}
	}
}
