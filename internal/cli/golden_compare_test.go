package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

func (r *replay) record(path string, s step, out output) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(r.render(s, out)), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replay) compare(t *testing.T, path string, s step, out output) {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, want := r.render(s, out), trimTrace(normalise(string(raw)))
	if s.has("terse") {
		got, want = untilFirstErrorLine(got), untilFirstErrorLine(want)
	}
	if s.has("unordered") {
		got, want = sortedLines(got), sortedLines(want)
	}
	if got == want {
		return
	}
	t.Errorf("%s differs:\n%s", path, lineDiff(want, got))
	if *showDiffers {
		t.Logf("printed:\n%s", got)
	}
}

// render is the golden file's form: command, exit code, both streams.
func (r *replay) render(s step, out output) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$ %s\n", quoteCommand(s.args))
	if s.stdin != "" {
		fmt.Fprintf(&b, "stdin %q\n", s.stdin)
	}
	fmt.Fprintf(&b, "exit %d\n--- stdout\n%s--- stderr\n%s", out.exit,
		r.anonymise(out.stdout), trimTrace(r.anonymise(out.stderr)))
	return b.String()
}

func quoteCommand(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		if a == "" || strings.ContainsAny(a, " |;[]()<>&*'") {
			a = `"` + a + `"`
		}
		words[i] = a
	}
	return strings.Join(words, " ")
}

// youngConfigs are patterns because the help breaks long names over two lines.
var youngConfigs = []string{
	`errors\.deadletterqueue\.group\.enable`, `max\.decompressed\.message\.bytes`, `(log\.)?remote\.copy\.lag\.(bytes|ms)`,
	`errors\.deadletterqueue\.auto\.create\. *\n +topics\.enable`, `errors\.deadletterqueue\.topic\.name(\. *\n +prefix)?`,
	`errors\.deadletterqueue\.copy\.record\. *\n +enable`, `(consumer|share|streams)\.assignor\.offload\.enable`, `streams\.assignor\.name`,
	`streams\.acceptable\.recovery\.lag`, `streams\.num\.warmup\.replicas`, `streams\.rack\.aware\.assignment\.tags`, `streams\.task\.offset\.interval\.ms`,
}

const (
	perfTime = `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}|year \d{4}`
	perfRate = `(?:-?[\d.]+|-?Infinity|NaN)`
)

var normalisers = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]`), "[<time>]"},
	{regexp.MustCompile(`TopicId: [A-Za-z0-9_-]{22}`), "TopicId: <id>"},
	{regexp.MustCompile(`(console-consumer|till-1|consumer-Pizza-1)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "$1-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"},
	{regexp.MustCompile(`console-consumer-\d{1,5}\b`), "console-consumer-<n>"},
	{regexp.MustCompile(`(?m)^(console-consumer-<n>) +(\w+) *$`), "$1 $2"},
	{regexp.MustCompile(`([\d.]+|Infinity) records/sec \(([\d.]+|Infinity) MB/sec\), [\d.]+ ms avg latency, [\d.]+ ms max latency(, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99.9th)?\.`),
		"<n> records/sec (<n> MB/sec), <n> ms avg latency, <n> ms max latency$3."},
	{regexp.MustCompile(`, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99.9th`), ", <n> ms 50th, <n> ms 95th, <n> ms 99th, <n> ms 99.9th"},
	// Rows of kafka-consumer-perf-test: the sums stay, times and rates go.
	{regexp.MustCompile(`(?m)^(` + perfTime + `), (` + perfTime + `|0), ([\d.]+), [\d.]+, (\d+), [\d.]+, -?\d+, -?\d+, ` + perfRate + `, ` + perfRate + `$`),
		"$1, $2, $3, <rate>, $4, <rate>, <ms>, <ms>, <rate>, <rate>"},
	{regexp.MustCompile(perfTime), "<time>"},
	{regexp.MustCompile(`perf-consumer-\d+\) *`), "perf-consumer-<n>)"},
	{regexp.MustCompile(`(?m)^(\d+)\t[\d.E-]+$`), "$1\t<ms>"},
	{regexp.MustCompile(`Avg latency: [\d.]+ ms`), "Avg latency: <ms> ms"},
	{regexp.MustCompile(`Percentiles: 50th = \d+, 99th = \d+, 99.9th = \d+`), "Percentiles: 50th = <ms>, 99th = <ms>, 99.9th = <ms>"},
	{regexp.MustCompile(`"avg_throughput":(?:[\d.E-]+|"NaN"|"Infinity")`), `"avg_throughput":<n>`},
	// kafka-features and kafka-metadata-quorum: offsets of the metadata log, and
	// levels that are younger than the recorded tool.
	{regexp.MustCompile(`Epoch: \d+`), "Epoch: <n>"},
	{regexp.MustCompile(`(?:UNKNOWN 33|4\.4-IV2) +`), "<latest> "},
	{regexp.MustCompile(`(Supported metadata\.version are: .*4\.3-IV0)(?:, 4\.\d-IV\d)+`), "$1<newer>"},
	{regexp.MustCompile(`(default +is +)4\.\d-IV\d`), "$1<latest>"},
	{regexp.MustCompile(`(ClusterId|LeaderId|LeaderEpoch|HighWatermark): +\S+`), "$1: <any>"},
	{regexp.MustCompile(`(?m)^(\d+) *\t(\S{22}) *\t\d+ *\t(\d+) *\t[^\t]+\t[^\t]+\t(Leader|Follower|Observer) *\t$`), "<node>\t<id>\t<n>\t<n>\t<ms>\t<ms>\t$4"},
	// Every brolga voter has a directory id, a Kafka one from kraft.version 1 on.
	{regexp.MustCompile(`"directoryId": "\S{22}", `), ""},
	{regexp.MustCompile(`"/[^",]*/data"`), `"<dir>"`},
	{regexp.MustCompile(`127\.0\.0\.1 \d{4,5} +`), "127.0.0.1 <port> "},
	{regexp.MustCompile(`CONTROLLER://127\.0\.0\.1:\d+`), "CONTROLLER://<address>"},
	{regexp.MustCompile(`(?m)(MaxFollowerLag|MaxFollowerLagTimeMs): +-?\d+`), "$1: <n>"},
	{regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}: `), "<time>: "},
	{regexp.MustCompile(`"logDir":"[^"]*"`), `"logDir":"<dir>"`},
	{regexp.MustCompile(`CreateTime:\d{13}`), "CreateTime:<ms>"},
	{regexp.MustCompile(`imestamp":\d{13}`), `imestamp":<ms>`},
	{regexp.MustCompile(`deadlineMs=\d+, tries=\d+, nextAllowedTryMs=-?\d+\) timed out at \d+ after \d+ attempt`), "deadlineMs=<ms>, tries=<n>, nextAllowedTryMs=<ms>) timed out at <ms> after <n> attempt"},
	{regexp.MustCompile(`(?m)^\d\.\d\.\d$`), "<version>"},
	{regexp.MustCompile(`correlation id \d+`), "correlation id <n>"},
	{regexp.MustCompile(`(?m)^\s+at [\w.$/]+.*\n`), ""},
	{regexp.MustCompile(`(?m)^\s+\.\.\. \d+ more\n`), ""},
	{regexp.MustCompile(`(?m)^Caused by: .*\n`), ""},
	// What the original's CSV reader prints when it guesses the format wrong.
	{regexp.MustCompile(`(?m)^com\.fasterxml\.jackson.*\n at .*\n`), ""},
	{regexp.MustCompile(`directory id [A-Za-z0-9_-]{22}`), "directory id <id>"},
	{regexp.MustCompile(`directory\.id=[A-Za-z0-9_-]{22}`), "directory.id=<id>"},
	{regexp.MustCompile(`Exception in thread "main" [\w.$]+: `), ""},
	{regexp.MustCompile(`(?m)^Exception in thread "main" ([\w.$]+)$`), "$1"},
	{regexp.MustCompile(`(?m)^Bootstrap metadata: .*\n`), ""},
	{regexp.MustCompile(`(?m)^[A-Za-z0-9_-]{22}$`), "<uuid>"},
	{regexp.MustCompile(`Cluster ID: [A-Za-z0-9_-]{22}`), "Cluster ID: <uuid>"},
	// Configurations of 4.4.0, younger than the recorded help text.
	{regexp.MustCompile(`(?m)^ +\t(` + strings.Join(youngConfigs, "|") + `) *\n`), ""},
	// Printed only where one of them is not empty: see docs/decisions.
	{regexp.MustCompile(`(?m)\tElr: \tLastKnownElr: $`), ""},
	// What the Java consumer warns itself of.
	{regexp.MustCompile(`(?m)^.*Not updating high watermark for partition .*\n`), ""},
	// An advertisement for the new protocol, not a result.
	{regexp.MustCompile(`(?m)^The consumer rebalance protocol \(KIP-848\) is production-ready!.*\n`), ""},
}

// anonymise takes out what differs from run to run.
func (r *replay) anonymise(s string) string {
	if host, port, ok := strings.Cut(r.controller, ":"); ok {
		s = strings.ReplaceAll(s, r.controller, "{{controller}}")
		s = strings.ReplaceAll(s, host+" "+port, "{{controller}}")
	}
	if r.bootstrap != "" {
		host, port, _ := strings.Cut(r.bootstrap, ":")
		s = strings.ReplaceAll(s, r.bootstrap, "{{bootstrap}}")
		s = strings.ReplaceAll(s, host+" "+port, "{{bootstrap}}")
		s = strings.ReplaceAll(s, ":"+port, ":{{port}}")
	}
	s = strings.ReplaceAll(s, r.dir, "{{dir}}")
	s = strings.ReplaceAll(s, ":"+r.deadPort, ":{{deadport}}")
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "<no newline>\n"
	}
	return normalise(s)
}

// normalise is applied to recordings too, so that a new rule needs no new
// recording.
func normalise(s string) string {
	for _, n := range normalisers {
		s = n.pattern.ReplaceAllString(s, n.with)
	}
	return collapseRepeats(hashOrder.ReplaceAllStringFunc(s, sortList))
}

// trimTrace removes the empty line in which a printed Java stack trace ends.
func trimTrace(s string) string {
	if rest, ok := strings.CutSuffix(s, "\n\n"); ok {
		return rest + "\n"
	}
	return s
}

// hashOrder finds the lists that the original prints in an order that changes
// from run to run.
var hashOrder = regexp.MustCompile(`(?m)(Valid (states|types) are: |requires one of the following scenarios: \[|takes (one of these|the following) options: |Detected group ids: )(.*)$|(Option combination \"\[)(.*?)(\]\" can't be used.*)$`)

func sortList(line string) string {
	m := hashOrder.FindStringSubmatch(line)
	if m[5] != "" {
		words := strings.Split(m[6], ", ")
		sort.Strings(words)
		return m[5] + strings.Join(words, ", ") + m[7]
	}
	list := strings.TrimSuffix(m[4], "]]")
	if list != m[4] {
		list += "]"
	}
	words := strings.Split(list, ", ")
	sort.Strings(words)
	return m[1] + strings.Join(words, ", ")
}

// collapseRepeats keeps one of several equal log lines: how often a client
// retries is a matter of time.
func collapseRepeats(s string) string {
	seen := map[string]bool{}
	var b strings.Builder
	for _, l := range strings.SplitAfter(s, "\n") {
		if strings.HasPrefix(l, "[<time>]") {
			if seen[l] {
				continue
			}
			seen[l] = true
		}
		b.WriteString(l)
	}
	return b.String()
}

// untilFirstErrorLine drops what follows the first line on stderr.
func untilFirstErrorLine(s string) string {
	out, errs, _ := strings.Cut(s, "--- stderr\n")
	first, _, _ := strings.Cut(errs, "\n")
	return out + "--- stderr\n" + first
}

func sortedLines(s string) string {
	lines := strings.Split(s, "\n")
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// lineDiff shows the lines of one text that the other lacks, in order.
func lineDiff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for i, j := 0, 0; i < len(w) || j < len(g); {
		switch {
		case i < len(w) && j < len(g) && w[i] == g[j]:
			i, j = i+1, j+1
		case i < len(w) && (j >= len(g) || !contains(g[j:], w[i])):
			fmt.Fprintf(&b, "-%q\n", w[i])
			i++
		default:
			fmt.Fprintf(&b, "+%q\n", g[j])
			j++
		}
	}
	return b.String()
}

func contains(lines []string, line string) bool {
	for _, l := range lines {
		if l == line {
			return true
		}
	}
	return false
}
