package peer

import (
	"strings"
	"testing"
	"time"
)

// Member is a client that is in a consumer group.
type Member struct {
	Name string
	p    *Process
}

// Join makes a driver's client a member of a group.
func Join(t testing.TB, c Client, address, group string, topics []string, props ...string) *Member {
	t.Helper()
	d, ok := c.(driver)
	if !ok {
		t.Fatalf("%s has no driver to join with", c.Name())
	}
	return &Member{d.name, d.start(t, "join", address, props, append([]string{group}, topics...)...)}
}

// Assigned returns the partitions the member has, as topic-partition; ok is
// false before the first assignment.
func (m *Member) Assigned() (partitions []string, ok bool) {
	for line := range strings.Lines(m.p.Stdout.String()) {
		kind, names, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		switch kind {
		case "assigned":
			partitions, ok = nil, true
			if names != "" {
				partitions = strings.Split(names, ",")
			}
		case "revoked":
			partitions = nil
		}
	}
	return partitions, ok
}

// Records returns what the member has read.
func (m *Member) Records(t testing.TB) []Record {
	t.Helper()
	var records []Record
	text := m.p.Stdout.String()
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "record\t")
		if !ok || !strings.HasSuffix(rest, "\n") {
			continue
		}
		r, err := parseRecord(strings.TrimSuffix(rest, "\n"))
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		records = append(records, r)
	}
	return records
}

// Leave closes the client as a well-behaved program does.
func (m *Member) Leave(t testing.TB) {
	t.Helper()
	m.p.Stdin.Close()
	if code := m.p.Wait(t, 20*time.Second); code != 0 {
		t.Fatalf("%s ended with %d:\n%s", m.Name, code, tail(m.p.Stderr.String(), 4000))
	}
}

// Events returns how often the member was told of a new or lost assignment.
func (m *Member) Events() int {
	n := 0
	for line := range strings.Lines(m.p.Stdout.String()) {
		if !strings.HasPrefix(line, "record\t") {
			n++
		}
	}
	return n
}

// Ended waits until the client gave up by itself and returns what it said.
func (m *Member) Ended(t testing.TB, limit time.Duration) string {
	t.Helper()
	if code := m.p.Wait(t, limit); code == 0 {
		t.Fatalf("%s ended without complaint", m.Name)
	}
	return m.p.Stderr.String()
}

// Crash ends the client without a word to the broker.
func (m *Member) Crash() { m.p.Kill() }
