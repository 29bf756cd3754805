package history

import "strings"

// Suspicious tells of a line of a node's log that no fault from outside explains.
func Suspicious(line string) bool {
	for _, word := range []string{"panic:", "BUG", "DATA RACE", "fatal error:", "all goroutines are asleep"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}

// What a process may use more at the end than in the beginning: five in a hundred, and a
// few for connections that come and go.
const (
	growthPercent   = 5
	spareGoroutines = 40
	spareFiles      = 40
)

// Hygiene is I25: nobody panics, races or finds a fault of its own, and a node that has
// been left alone again uses no more than it did before, in whichever of its processes.
func Hygiene(h *History) []string {
	var f found
	for _, l := range h.Lines {
		if Suspicious(l.Text) {
			f.add("node %d wrote: %s", l.Node, l.Text)
		}
	}
	baseline := map[int32]Sample{}
	for _, s := range h.Samples {
		if h.MemoryCap > 0 && s.MemoryBytes > h.MemoryCap {
			f.add("node %d used %d bytes of memory at %v, the cap is %d", s.Node, s.MemoryBytes, s.At, h.MemoryCap)
		}
		if !s.Quiet {
			continue
		}
		before, ok := baseline[s.Node]
		if !ok {
			baseline[s.Node] = s
			continue
		}
		if grown(before.Goroutines, s.Goroutines, spareGoroutines) {
			f.add("node %d had %d goroutines at %v and %d at %v", s.Node, before.Goroutines, before.At, s.Goroutines, s.At)
		}
		if grown(before.Files, s.Files, spareFiles) {
			f.add("node %d had %d descriptors open at %v and %d at %v", s.Node, before.Files, before.At, s.Files, s.At)
		}
	}
	return f
}

func grown(before, now, spare int) bool { return now > before+before*growthPercent/100+spare }
