package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"--topic", "--num-records", "--num-headers", "--throughput"}
	for word, want := range map[string][]string{
		"topik":      {"--topic"},
		"tpoic":      {"--topic"}, // neighbours swapped
		"num":        {"--num-headers", "--num-records"},
		"num-record": {"--num-records"},
		"zzzzzzzz":   nil,
	} {
		if got := nearest(word, names); !slices.Equal(got, want) {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestArgumentsOfATool(t *testing.T) {
	topic := &argument{names: []string{"--topic", "-t"}, required: true}
	count := &argument{names: []string{"--count"}, javaType: "Long", def: "-1"}
	rate := &argument{names: []string{"--rate"}, javaType: "Double"}
	props := &argument{names: []string{"--props"}, many: true}
	quiet := &argument{names: []string{"--quiet"}, flag: true}
	p := &argParser{prog: "tool", args: []*argument{topic, count, rate, props, quiet}}
	for _, c := range []struct{ line, want string }{
		{"--topic a --count -5 --rate=-1.5 --quiet", "topic=[a] count=-5 rate=-1.5 props=[] quiet=true"},
		{"-ta --props x=1 y=2 --q", "topic=[a] count=-1 rate= props=[x=1 y=2] quiet=true"},
		{"--props x=1 --topic a --props z=3", "topic=[a] count=-1 rate= props=[z=3] quiet=false"},
		{"--count x --topic a", "argument --count: could not convert 'x' to Long (For input string: \"x\")"},
		{"--rate fast --topic a", "argument --rate: could not convert 'fast' to Double (For input string: \"fast\")"},
		{"--count 99999999999999999999 --topic a", "argument --count: could not convert '99999999999999999999' to Long (For input string: \"99999999999999999999\")"},
		{"--count", "argument --count: expected one argument"},
		{"--props --topic a", "argument --props: expected 1 argument(s)"},
		{"--quiet=1", "argument --quiet: ignore implicit argument '1'"},
		{"--count 1", "argument --topic/-t is required"},
		{"--topic a b c", "unrecognized arguments: 'b c'"},
		{"--topic a -x", "unrecognized arguments: '-x'"},
	} {
		got := ""
		if r, err := p.parse(strings.Fields(c.line)); err != nil {
			got = err.Error()
		} else {
			got = "topic=[" + strings.Join(r.values[topic], " ") + "] count=" + r.value(count) + " rate=" + r.value(rate) +
				" props=[" + strings.Join(r.values[props], " ") + "] quiet=" + map[bool]string{true: "true", false: "false"}[r.has(quiet)]
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}
