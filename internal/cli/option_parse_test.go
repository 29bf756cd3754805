package cli

import (
	"slices"
	"strings"
	"testing"
)

func testParser() (*optionParser, map[string]*option) {
	p := newOptionParser()
	o := map[string]*option{
		"topic":    p.accepts("topic", "").withRequired(""),
		"codec":    p.accepts("codec", "").withOptional(""),
		"list":     p.accepts("list", ""),
		"describe": p.accepts("describe", ""),
		"count":    p.accepts("count", "").withRequired("").ofType("Integer").defaultsTo("7"),
		"n":        p.accepts("n", ""),
		"m":        p.accepts("m", ""),
	}
	o["state"] = p.accepts("state", "").availableIf(o["describe"])
	return p, o
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		line string
		want string // option=values of what was seen
		err  string
	}{
		{"--topic a", "topic=a", ""},
		{"--topic=a", "topic=a", ""},
		{"--topic=", "topic=", ""},
		{"--topic a=b=c", "topic=a=b=c", ""},
		{"-topic a", "topic=a", ""},
		{"-topic=a", "topic=a", ""},
		{"--topic --list", "topic=--list", ""},
		{"--topic a --topic b", "topic=a|b", ""},
		{"--list stray --topic a", "list=,topic=a", ""},
		{"--list -- --topic a", "list=", ""},
		{"- --list", "list=", ""},
		{"--list=x", "list=", ""},
		{"--codec", "codec=", ""},
		{"--codec zstd", "codec=zstd", ""},
		{"--codec --list", "codec=,list=", ""},
		{"-nm", "m=,n=", ""},
		{"-nx", "", "x is not a recognized option"},
		{"--top a", "", "top is not a recognized option"},
		{"--nope=1", "", "nope is not a recognized option"},
		{"--topic", "", "Option topic requires an argument"},
		{"--state", "", "Option(s) [state] are unavailable given other options on the command line"},
		{"--state --describe", "describe=,state=", ""},
		{"--state --help", "help=,state=", ""},
	} {
		p, _ := testParser()
		set, err := p.parse(strings.Fields(c.line))
		if err != nil || c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%q: error %v, want %q", c.line, err, c.err)
			}
			continue
		}
		var seen []string
		for _, o := range p.options {
			if set.has(o) {
				seen = append(seen, o.name+"="+strings.Join(set.all(o), "|"))
			}
		}
		slices.Sort(seen)
		if got := strings.Join(seen, ","); got != c.want {
			t.Errorf("%q: %s, want %s", c.line, got, c.want)
		}
	}
}

func TestOptionValues(t *testing.T) {
	p, o := testParser()
	set, err := p.parse(strings.Fields("--topic a --topic b"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.value(o["topic"]); err == nil || err.Error() != "Found multiple arguments for option topic, but you asked for only one" {
		t.Errorf("two values: %v", err)
	}
	if n, err := set.number(o["count"]); n != 7 || err != nil {
		t.Errorf("default is %d, %v", n, err)
	}
	for text, want := range map[string]string{
		"abc":        "Cannot parse argument 'abc' of option count",
		"2147483648": "Cannot parse argument '2147483648' of option count",
		"":           "Cannot parse argument '' of option count",
	} {
		set, _ := p.parse([]string{"--count", text})
		if _, err := set.number(o["count"]); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("--topic\x00a\x00-nm\x00--")
	f.Fuzz(func(t *testing.T, line string) {
		p, _ := testParser()
		set, err := p.parse(strings.Split(line, "\x00"))
		if (set == nil) == (err == nil) {
			t.Fatalf("set %v, error %v", set, err)
		}
	})
}

// An optional number may be negative, and a word is not one.
func TestOptionalNumber(t *testing.T) {
	p := newOptionParser()
	n := p.accepts("n", "").withOptional("count").ofType("Long").defaultsTo("5")
	s := p.accepts("s", "").withOptional("text")
	for args, want := range map[string]int64{"--n -1": -1, "--n 7": 7, "--n soon": 5, "--n --s": 5, "--n": 5, "--n=-2": -2} {
		set, err := p.parse(strings.Fields(args))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := set.number(n); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", args, got, err, want)
		}
	}
	set, err := p.parse([]string{"--s", "-1"})
	if err == nil {
		t.Errorf("-1 was taken as a text: %v", set.all(s))
	}
}
