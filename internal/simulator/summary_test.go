package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// summary is what many runs did.
type summary struct {
	runs, failed, events            int
	planned, sent, acked, read, led int
	simulated                       time.Duration
	bitten                          map[string]int
	cpu                             time.Duration // that had been used before
}

func newSummary() *summary { return &summary{bitten: map[string]int{}, cpu: processorTime()} }

// processorTime is what this process has used of all processors.
func processorTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (s *summary) add(r Result) {
	s.runs++
	s.events += r.Events
	s.planned += r.Planned
	s.sent += r.Sent
	s.acked += r.Acked
	s.read += r.Read
	s.led += r.Elections
	s.simulated += r.Simulated
	for name, n := range r.Bitten {
		s.bitten[name] += n
	}
}

func (s *summary) line(took time.Duration) string {
	cpu := processorTime() - s.cpu
	return fmt.Sprintf("%d failed; %.1f simulated hours in %v (%v of processors), %.0f times real time (%.0f per processor), %d events; %d records sent, %d acknowledged, %d read, %d elections, %d faults planned: %s",
		s.failed, s.simulated.Hours(), took.Round(time.Millisecond), cpu.Round(time.Millisecond), s.simulated.Seconds()/took.Seconds(), s.simulated.Seconds()/cpu.Seconds(), s.events, s.sent, s.acked, s.read, s.led, s.planned, s.faults())
}

func (s *summary) faults() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s.bitten)) {
		all = append(all, fmt.Sprintf("%s %d", name, s.bitten[name]))
	}
	return strings.Join(all, ", ")
}

// bite fails when the faults did not: then the runs say nothing.
func (s *summary) bite(t *testing.T) {
	if s.runs < 50 {
		return
	}
	for _, f := range faults() {
		if s.bitten[f.name] == 0 {
			t.Errorf("the fault %q never took effect", f.name)
		}
	}
	if s.acked*2 < s.sent {
		t.Errorf("only %d of %d records were acknowledged", s.acked, s.sent)
	}
	if s.led < s.runs {
		t.Errorf("%d elections in %d runs", s.led, s.runs)
	}
}

func list(lines []string) string { return "\t" + strings.Join(lines, "\n\t") }
