package cli

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

func TestArgParse(t *testing.T) {
	for line, want := range map[string]string{
		"format -c a -t b":                 "format: cluster-id=b config=a",
		"format --config=a --cluster-id b": "format: cluster-id=b config=a",
		"format -ca -tb -g":                "format: cluster-id=b config=a ignore-formatted=",
		"form --conf a --clu b --ign":      "format: cluster-id=b config=a ignore-formatted=",
		"format -c a -c z -t b":            "format: cluster-id=b config=a|z",
		"format -c a -t b -f x=1 -f y=2":   "format: cluster-id=b config=a feature=x=1|y=2",
		"info -c a":                        "info: config=a",
		"random-uuid":                      "random-uuid:",
		"":                                 "too few arguments",
		"--nope":                           "unrecognized arguments: '--nope'",
		"nope":                             "invalid choice: 'nope' (choose from 'info', 'format', 'version-mapping', 'feature-dependencies', 'random-uuid')",
		"f":                                "ambiguous command: f could match format, feature-dependencies",
		"info":                             "argument --config/-c is required",
		"info -c":                          "argument --config/-c: expected one argument",
		"info -c --x":                      "argument --config/-c: expected one argument",
		"info stray":                       "unrecognized arguments: 'stray'",
		"format -c a":                      "argument --cluster-id/-t is required",
		"format -c a -t b --i":             "ambiguous option: --i could match --ignore-formatted, --initial-controllers",
		"format -c a -t b -s -N":           "argument --no-initial-controllers/-N: not allowed with argument --standalone/-s",
		"format -h":                        "help",
		"-h":                               "help",
	} {
		s := newStorageArgs()
		r, err := s.parse(strings.Fields(line))
		got := fmt.Sprint(err)
		if err == nil {
			var values []string
			for a, v := range r.values {
				values = append(values, strings.TrimLeft(a.names[0], "-")+"="+strings.Join(v, "|"))
			}
			sort.Strings(values)
			got = strings.TrimSpace(r.parser.command + ": " + strings.Join(values, " "))
		}
		if got != want {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
	}
}

func TestStretch(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"word", 10, "word"},
		{" a b ", 5, "a   b"},
		{"a b c", 8, "a  b   c"},
		{"a b c d", 8, "a b  c d"},
		{"a  b c", 7, "a  b  c"},
	} {
		if got := stretch(c.line, c.width); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func FuzzArgParse(f *testing.F) {
	f.Add("format\x00-c\x00a\x00--clu=b")
	f.Fuzz(func(t *testing.T, line string) {
		r, err := newStorageArgs().parse(strings.Split(line, "\x00"))
		if (r == nil) == (err == nil) {
			t.Fatalf("result %v, error %v", r, err)
		}
	})
}
