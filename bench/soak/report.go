package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"time"
)

// samplesFile is the samples as they come, for whoever wants to draw them.
type samplesFile struct {
	file *os.File
	csv  *csv.Writer
}

func newSamplesFile(path string) (*samplesFile, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	s := &samplesFile{file, csv.NewWriter(file)}
	head := []string{"seconds", "load", "produce50us", "produce99us", "endToEnd50us", "endToEnd99us", "echo50us", "echo99us"}
	for id := 1; id <= nodeCount; id++ {
		for _, what := range []string{"life", "rssMB", "heapMB", "goroutines", "fds", "diskMB", "cpuSeconds"} {
			head = append(head, fmt.Sprint(what, id))
		}
	}
	return s, s.csv.Write(head)
}

func (f *samplesFile) write(s sample) error {
	values := []float64{s.at.Seconds(), s.load1, s.produce50, s.produce99, s.endToEnd50, s.endToEnd99, s.echo50, s.echo99}
	for _, n := range s.nodes {
		values = append(values, float64(n.life), n.rssMB, n.heapMB, n.goroutines, n.fds, n.diskMB, n.cpuSeconds)
	}
	var fields []string
	for _, v := range values {
		fields = append(fields, fmt.Sprintf("%.6g", v))
	}
	if err := f.csv.Write(fields); err != nil {
		return err
	}
	f.csv.Flush()
	return f.csv.Error()
}

func (f *samplesFile) close() { _ = f.file.Close() }

// report is the verdict in words, and whether all is well.
func (r *run) report(whole time.Duration) (text string, ok bool) {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	findings := judgeAll(r.samples, whole)
	ok = len(r.problems) == 0
	for _, f := range findings {
		ok = ok && !f.exceeded && !f.tooShort
	}
	verdict := "The cluster stayed as it was."
	if !ok {
		verdict = "**The cluster did not stay as it was.**"
	}
	line("%s %s, %v from %s, %d processors, %s.", verdict, r.version, whole, r.begun.UTC().Format("2006-01-02 15:04 UTC"), runtime.NumCPU(), r.loads())
	line("")
	for _, p := range r.problems {
		line("- **%s**", p)
	}
	r.counts(line)
	line("")
	line("| series after %v of warm-up | first quarter | last quarter | slope per hour | grew by | may grow by | |", warmUp(whole))
	line("|---|---|---|---|---|---|---|")
	for _, f := range findings {
		word := "ok"
		switch {
		case f.tooShort:
			word = fmt.Sprintf("**only %d points**", f.points)
		case f.exceeded:
			word = "**grew**"
		}
		line("| %s | %s | %s | %+.3g | %+.3g | %.3g | %s |", f.name, with(f.begin, f.unit), with(f.end, f.unit), f.slope, f.growth, f.allowed, word)
	}
	line("")
	r.course(line, whole)
	return b.String(), ok
}

func with(v float64, unit string) string { return strings.TrimSpace(fmt.Sprintf("%.3g %s", v, unit)) }

// counts tells how much load there was.
func (r *run) counts(line func(string, ...any)) {
	l := &r.load
	kept, audited, keys := r.ledger.counts()
	line("- %d records acknowledged, %d refused to their producers", l.produced.Load(), l.refused.Load())
	line("- %d acknowledged records of the kept topic looked for, %d of them %v after they were written, the others at the end; the last values of %d keys compared", kept, audited, auditAge, keys)
	line("- %d records read by groups; %d groups came and went; %d topics created and deleted, %d admin requests refused", l.consumed.Load(), l.groups.Load(), l.topics.Load(), l.adminFailures.Load())
	line("- %d pages read, %d of them not answered; %d events of live streams", l.pages.Load(), l.pageFailures.Load(), l.events.Load())
	line("- %d orderly restarts, %d by kill -9", l.restarts.Load(), l.kills.Load())
	for _, n := range r.fleet.nodes {
		line("- node %d: %d lines of its log are errors", n.id, len(n.errors))
		for _, e := range n.errors[:min(3, len(n.errors))] {
			line("  - `%s`", e)
		}
	}
}

// loads tells how busy the machine was.
func (r *run) loads() string {
	var loads, cpu []float64
	for i, s := range r.samples {
		loads = append(loads, s.load1)
		if i > 0 {
			cpu = append(cpu, 100*(s.nodes[0].cpuSeconds-r.samples[i-1].nodes[0].cpuSeconds)/(s.at-r.samples[i-1].at).Seconds())
		}
	}
	if len(cpu) == 0 {
		return "no samples"
	}
	highest := 0.0
	for _, l := range loads {
		highest = max(highest, l)
	}
	return fmt.Sprintf("load average %.1f, at most %.1f; node 1 takes %.0f %% of a processor", median(loads), highest, median(cpu))
}

// course shows node 1 and the latencies over time.
func (r *run) course(line func(string, ...any), whole time.Duration) {
	const rows = 12
	line("| minutes | node 1: memory, MB | heap, MB | goroutines | descriptors | disk, MB | produce p50, µs | p99 | end to end p50 | p99 | echo p50 | p99 |")
	line("|---|---|---|---|---|---|---|---|---|---|---|---|")
	for i := range rows {
		from, to := whole*time.Duration(i)/rows, whole*time.Duration(i+1)/rows
		of := func(value func(sample) float64) float64 {
			var values []float64
			for _, s := range r.samples {
				if v := value(s); s.at >= from && s.at < to && !math.IsNaN(v) {
					values = append(values, v)
				}
			}
			return median(values)
		}
		line("| %.0f–%.0f | %.1f | %.1f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |", from.Minutes(), to.Minutes(),
			of(func(s sample) float64 { return s.nodes[0].rssMB }), of(func(s sample) float64 { return s.nodes[0].heapMB }),
			of(func(s sample) float64 { return s.nodes[0].goroutines }), of(func(s sample) float64 { return s.nodes[0].fds }),
			of(func(s sample) float64 { return s.nodes[0].diskMB }),
			of(func(s sample) float64 { return s.produce50 }), of(func(s sample) float64 { return s.produce99 }),
			of(func(s sample) float64 { return s.endToEnd50 }), of(func(s sample) float64 { return s.endToEnd99 }),
			of(func(s sample) float64 { return s.echo50 }), of(func(s sample) float64 { return s.echo99 }))
	}
}

// loadAverage is that of the last minute.
func loadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return math.NaN()
	}
	var one float64
	if _, err := fmt.Sscan(string(text), &one); err != nil {
		return math.NaN()
	}
	return one
}
