package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// limit is how long the lab waits for what a tool is to print; a JVM on a busy
// machine takes its time.
const limit = 60 * time.Second

// desk is where a person sits: a broker, one set of tools, and a record of what
// was printed.
type desk struct {
	*testing.T
	broker *peer.Broker
	tools  peer.Tools
	steps  []step

	unordered bool // lines come in any order: sort them before they are noted
}

// step is one command and what came of it.
type step struct{ command, printed string }

// run runs a command to its end, notes what it printed and returns it.
func (d *desk) run(stdin, tool string, args ...string) peer.Result {
	d.Helper()
	r := d.tools.Run(d, stdin, tool, append(args, "--bootstrap-server", d.broker.Address)...)
	d.note(tool+" "+strings.Join(args, " "), fmt.Sprintf("%s%sexit %d\n", r.Stdout, r.Stderr, r.Code))
	return r
}

// start starts a command that runs until it is interrupted.
func (d *desk) start(tool string, args ...string) *peer.Process {
	d.Helper()
	return d.tools.Start(d, tool, append(args, "--bootstrap-server", d.broker.Address)...)
}

// note adds a step to the record.
func (d *desk) note(command, printed string) {
	printed = d.plain(printed)
	if d.unordered {
		sorted := strings.SplitAfter(printed, "\n")
		slices.Sort(sorted)
		printed = strings.Join(sorted, "")
	}
	d.steps = append(d.steps, step{command, printed})
}

// expect fails unless the text matches a pattern; it may have several lines.
func (d *desk) expect(what, text, pattern string) {
	d.Helper()
	if !regexp.MustCompile(`(?m)` + pattern).MatchString(text) {
		d.Errorf("%s: no match for %s in\n%s", what, pattern, text)
	}
}

// plain replaces what differs from run to run, and leaves out what only Java
// prints: the stack of an exception, praise of a new protocol, and the columns for eligible leaders that
// brolga shows only when there are any.
func (d *desk) plain(text string) string {
	text = strings.ReplaceAll(text, d.broker.Address, "BROKER")
	for _, r := range []struct{ pattern, with string }{
		{`TopicId: [A-Za-z0-9_-]{22}`, "TopicId: ID"},
		{`console-consumer-[0-9a-f-]{36}`, "MEMBER"},
		{`console-consumer-\d+ *`, "GROUP "},
		{`\tElr: [^\t\n]*\tLastKnownElr: [^\t\n]*`, ""},
		{`(?m)^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] `, "[TIME] "},
		{`(?m)^The consumer rebalance protocol \(KIP-848\) is production-ready! .*\n`, ""},
		{`(?m)^(\tat |\t\.\.\. |Caused by: ).*\n`, ""},
		{`(?m)^(Caused by: )?org\.apache\.kafka\.\S+Exception.*\n`, ""},
		{`\(\d+\) milliseconds`, "(N) milliseconds"},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return text
}

// compare fails for each step at which two records differ.
func compare(t *testing.T, got, want []step) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d steps and %d", len(got), len(want))
	}
	for i := range got {
		if got[i].command != want[i].command {
			t.Fatalf("step %d: %s and %s", i, got[i].command, want[i].command)
		}
		if d := difference(got[i].printed, want[i].printed); d != "" {
			t.Errorf("step %d: %s (- Kafka's tool, + brolga's)\n%s", i, got[i].command, d)
		}
	}
}

// difference returns the lines from the first to the last that differ.
func difference(got, want string) string {
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	for len(g) > 0 && len(w) > 0 && g[0] == w[0] {
		g, w = g[1:], w[1:]
	}
	for len(g) > 0 && len(w) > 0 && g[len(g)-1] == w[len(w)-1] {
		g, w = g[:len(g)-1], w[:len(w)-1]
	}
	var out strings.Builder
	for _, l := range w {
		out.WriteString("- " + l)
	}
	for _, l := range g {
		out.WriteString("+ " + l)
	}
	return out.String()
}
