package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// ledger is what was acknowledged, and must be there.
type ledger struct {
	mu sync.Mutex
	// kept has the value by place, of the topic that loses nothing, until the audit
	// has seen it.
	kept map[place]string
	// count is how many were acknowledged, audited how many of them the audit saw.
	count, audited int
	wrong          []string        // what the audit found instead
	keys           map[string]last // of the compacted topic
}

// place is where a record was acknowledged to be.
type place struct {
	partition int32
	offset    int64
}

// last is the newest write to a key.
type last struct {
	acked string // "" is a tombstone, or nothing yet
	// sent are writes after the acknowledged one whose fate is not known; one of
	// them may be what is there.
	sent []string
}

func newLedger() *ledger {
	return &ledger{kept: map[place]string{}, keys: map[string]last{}}
}

// keep notes an acknowledged record of the kept topic.
func (l *ledger) keep(at place, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept[at] = value
	l.count++
}

// audit notes a record that the kept topic has, some time after it was written. It
// need not be one that was acknowledged.
func (l *ledger) audit(at place, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	want, ok := l.kept[at]
	if !ok {
		return
	}
	if want != value {
		l.wrong = append(l.wrong, fmt.Sprintf("%d@%d is %q, not %q", at.partition, at.offset, value, want))
	}
	delete(l.kept, at)
	l.audited++
}

// send notes that a value is on its way to a key; each key has one writer, which
// waits for the answer.
func (l *ledger) send(key, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys[key]
	k.sent = append(k.sent, value)
	l.keys[key] = k
}

// answer notes that the newest write to a key was acknowledged.
func (l *ledger) answer(key, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys[key] = last{acked: value}
}

// counts are for the report.
func (l *ledger) counts() (kept, audited, keys int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count, l.audited, len(l.keys)
}

// checkKept compares what was acknowledged and not audited with what the topic holds
// in the end, and tells what the audit found.
func (l *ledger) checkKept(found map[place]string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	bad := slices.Clone(l.wrong)
	for at, want := range l.kept {
		if got, ok := found[at]; !ok {
			bad = append(bad, fmt.Sprintf("%d@%d is missing", at.partition, at.offset))
		} else if got != want {
			bad = append(bad, fmt.Sprintf("%d@%d is %q, not %q", at.partition, at.offset, got, want))
		}
	}
	return complaint("acknowledged records", l.count, bad)
}

// checkKeys compares the last acknowledged value of each key with the last one that
// the compacted topic holds; a key that is not found has been deleted.
func (l *ledger) checkKeys(found map[string]string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var bad []string
	for key, want := range l.keys {
		got := found[key]
		ok := got == want.acked
		for _, s := range want.sent {
			ok = ok || got == s
		}
		if !ok {
			bad = append(bad, fmt.Sprintf("%s is %q, not %q", key, got, want.acked))
		}
	}
	for key := range found {
		if _, known := l.keys[key]; !known {
			bad = append(bad, key+" was never written")
		}
	}
	return complaint("keys", len(l.keys), bad)
}

// complaint shows the first of what is wrong.
func complaint(what string, of int, bad []string) error {
	const shown = 5
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d %s: %s", len(bad), of, what, strings.Join(bad[:min(shown, len(bad))], "; "))
}
