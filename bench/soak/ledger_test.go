package main

import (
	"strings"
	"testing"
)

func TestLedgerKept(t *testing.T) {
	l := newLedger()
	l.keep(place{0, 1}, "a")
	l.keep(place{1, 1}, "b")
	for name, test := range map[string]struct {
		found map[place]string
		want  string
	}{
		"all there":    {map[place]string{{0, 1}: "a", {1, 1}: "b", {0, 2}: "not acknowledged"}, ""},
		"one missing":  {map[place]string{{0, 1}: "a"}, "1 of 2 acknowledged records: 1@1 is missing"},
		"another one":  {map[place]string{{0, 1}: "a", {1, 1}: "c"}, `1@1 is "c", not "b"`},
		"nothing left": {nil, "2 of 2"},
	} {
		err := l.checkKept(test.found)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the audit saw need not be there in the end, but must have been right.
func TestLedgerAudit(t *testing.T) {
	l := newLedger()
	l.keep(place{0, 1}, "a")
	l.keep(place{0, 2}, "b")
	l.audit(place{0, 1}, "a")
	l.audit(place{0, 7}, "never acknowledged")
	if err := l.checkKept(map[place]string{{0, 2}: "b"}); err != nil {
		t.Error(err)
	}
	if kept, audited, _ := l.counts(); kept != 2 || audited != 1 {
		t.Errorf("%d kept, %d audited", kept, audited)
	}
	l.audit(place{0, 2}, "c")
	if err := l.checkKept(nil); err == nil || !strings.Contains(err.Error(), `0@2 is "c", not "b"`) {
		t.Errorf("an audit that found another value: %v", err)
	}
}

func TestLedgerKeys(t *testing.T) {
	l := newLedger()
	write := func(key, value string, acked bool) {
		l.send(key, value)
		if acked {
			l.answer(key, value)
		}
	}
	write("k", "1", true)
	write("k", "2", true)
	write("gone", "1", true)
	write("gone", "", true)
	write("open", "1", true)
	write("open", "2", false)
	good := map[string]string{"k": "2", "open": "1"}
	with := func(key, value string) map[string]string {
		m := map[string]string{}
		for k, v := range good {
			m[k] = v
		}
		m[key] = value
		return m
	}
	for name, test := range map[string]struct {
		found map[string]string
		want  string
	}{
		"all there":                   {good, ""},
		"the unanswered write":        {with("open", "2"), ""},
		"an older value":              {with("k", "1"), `k is "1", not "2"`},
		"a deleted key is there":      {with("gone", "1"), `gone is "1", not ""`},
		"a key that was never":        {with("other", "1"), "other was never written"},
		"a value that was never sent": {with("open", "3"), `open is "3"`},
		"a key is lost":               {map[string]string{"k": "2"}, `open is "", not "1"`},
	} {
		err := l.checkKeys(test.found)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
