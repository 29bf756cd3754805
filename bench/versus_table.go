package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// versusTable is what `bench kafka` found.
type versusTable struct {
	version  string
	begun    time.Time
	repeats  int
	warm     time.Duration
	noise    noise
	outcomes []outcome
	report   string // a file, or none
}

// String is the table in Markdown, with a picture of the ratios.
func (t *versusTable) String() string {
	if len(t.outcomes) == 0 {
		return ""
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s, brolga beside Apache Kafka %s (Java's default of its scripts: 1 GB heap, G1; warmed for %v) on %s; %s, in %v.",
		t.begun.UTC().Format("2006-01-02 15:04 UTC"), t.version, t.warm, machine(), runtime.Version(), time.Since(t.begun).Round(time.Minute))
	line("Command: `%s`. Medians of up to %d interleaved repeats. %s.", strings.Join(os.Args, " "), t.repeats, &t.noise)
	line("")
	line("| row | what | unit | brolga | Kafka | floor | Kafka ÷ brolga | goal | brolga ÷ floor | goal | ± | steady | |")
	line("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, o := range t.outcomes {
		for i, r := range o.rows {
			line("%s", o.line(i, r))
		}
	}
	line("")
	for _, o := range t.outcomes {
		for _, name := range []string{"brolga", "kafka", "floor"} {
			if err := o.failed[name]; err != nil {
				line("- %s: %s could not be measured: %s", o.rows[0].name, name, strings.ReplaceAll(err.Error(), "\n", " "))
			}
		}
	}
	t.picture(line)
	return b.String()
}

// line is a row of the table.
func (o *outcome) line(i int, r against) string {
	brolgas, steady := o.values(i, brolgasOf)
	kafkas, _ := o.values(i, kafkasOf)
	floors, _ := o.values(i, floorsOf)
	b, k, f := middle(brolgas), middle(kafkas), middle(floors)
	times, most := "–", "–"
	if r.times > 0 {
		times = fmt.Sprintf("≥ %.3g×", r.times)
	}
	floorRatio := "–"
	switch {
	case r.most == 0:
	case r.absolute:
		most = fmt.Sprintf("≤ %.3g %s", r.most, r.unit)
	default:
		most = fmt.Sprintf("≤ %.3g×", r.most)
	}
	if !math.IsNaN(f) {
		floorRatio = short(b/f) + "×"
	}
	machine := fmt.Sprintf("%d of %d", o.steadyHeats(), len(o.heats))
	if !steady {
		machine = "**none**"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %.0f %% | %s | %s |", r.name, r.what, r.unit,
		short(b), short(k), short(f), short(k/b)+"×", times, floorRatio, most, 100*spreadOf(brolgas), machine, r.verdict(b, k, f))
}

// verdict says which of the goals are met.
func (r against) verdict(b, k, f float64) string {
	var missed []string
	if r.times > 0 && !(k/b >= r.times) {
		missed = append(missed, "Kafka")
	}
	if limit := r.most; limit > 0 {
		if !r.absolute {
			limit *= f
		}
		if !math.IsNaN(limit) && !(b <= limit) {
			missed = append(missed, "floor")
		}
	}
	switch {
	case math.IsNaN(b):
		return "**not measured**"
	case len(missed) > 0:
		return "**misses: " + strings.Join(missed, ", ") + "**"
	case r.times == 0 && r.most == 0:
		return ""
	}
	return "meets"
}

// spreadOf is half the distance between the extremes, relative to the median.
func spreadOf(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return (slices.Max(values) - slices.Min(values)) / 2 / median(values)
}

// picture shows for each row how many times brolga's figure Kafka's is, a character
// for each quarter of a doubling.
func (t *versusTable) picture(line func(string, ...any)) {
	line("How many times brolga's figure Kafka's is, on a scale of doublings (`|` is the goal):")
	line("")
	line("```")
	group := byte(0)
	for _, o := range t.outcomes {
		for i, r := range o.rows {
			b, _ := o.values(i, brolgasOf)
			k, _ := o.values(i, kafkasOf)
			ratio := middle(k) / middle(b)
			if math.IsNaN(ratio) || math.IsInf(ratio, 0) || ratio <= 0 {
				continue
			}
			if group != 0 && r.name[0] != group {
				line("")
			}
			group = r.name[0]
			line("%-9s %8s× %s", r.name, short(ratio), bar(ratio, r.times))
		}
	}
	line("```")
}

// bar draws a ratio above one to the right, with a mark at the goal.
func bar(ratio, goal float64) string {
	const perDoubling = 4
	cells := []rune(strings.Repeat("█", max(0, int(math.Round(perDoubling*math.Log2(ratio))))))
	if ratio < 1 {
		return "(less than 1×)"
	}
	if goal > 1 {
		at := int(math.Round(perDoubling * math.Log2(goal)))
		for len(cells) <= at {
			cells = append(cells, ' ')
		}
		cells[at] = '|'
	}
	return string(cells)
}

// machine says what the figures were measured on: system, processors, memory.
func machine() string {
	var u unix.Utsname
	var m unix.Sysinfo_t
	if unix.Uname(&u) != nil || unix.Sysinfo(&m) != nil {
		return "an unknown machine"
	}
	release := strings.SplitN(unix.ByteSliceToString(u.Release[:]), ".", 3)
	return fmt.Sprintf("%s %s %s, %d processors (%s), %d GiB", unix.ByteSliceToString(u.Sysname[:]), strings.Join(release[:min(2, len(release))], "."),
		unix.ByteSliceToString(u.Machine[:]), runtime.NumCPU(), processor(), (m.Totalram*uint64(m.Unit)+1<<29)>>30)
}

// processor is the model that the kernel names.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "of an unknown model"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "of an unnamed model"
}
