package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestTopicFilter(t *testing.T) {
	for _, c := range []struct{ pattern, matches, not string }{
		{"mail", "mail", "mailbox amail"},
		{"mail.*", "mail mailbox", "amail"},
		{"a,b", "a b", "ab a,b"},
		{" a , b ", "a b", "c"},
		{`"quoted"`, "quoted", `"quoted"`},
		{"a|bc", "a bc", "ac abc"},
		{"", "", "a"},
	} {
		f, err := newTopicFilter(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(c.matches) {
			if !f.matches(name) {
				t.Errorf("%q does not match %s", c.pattern, name)
			}
		}
		for _, name := range strings.Fields(c.not) {
			if f.matches(name) {
				t.Errorf("%q matches %s", c.pattern, name)
			}
		}
	}
	if _, err := newTopicFilter("a["); err == nil || err.Error() != "a[ is an invalid regex." {
		t.Errorf("bad pattern: %v", err)
	}
}

func TestPartitionRules(t *testing.T) {
	for rules, want := range map[string]string{
		"mail":         "mail-0 mail-1 mail-2",
		"mail:1":       "mail-1",
		"mail:1-":      "mail-1 mail-2",
		"mail:-2":      "mail-0 mail-1",
		"mail:0-2":     "mail-0 mail-1",
		"mail:1-1":     "",
		":2":           "mail-2 post-2",
		"post:0,mail:": "mail-0 mail-1 mail-2 post-0",
		".*:1":         "mail-1 post-1",
	} {
		f, err := parsePartitionRules(rules)
		if err != nil {
			t.Fatalf("%s: %v", rules, err)
		}
		var got []string
		for _, topic := range []string{"mail", "post"} {
			for p := range int32(3) {
				if f(topic, p) {
					got = append(got, fmt.Sprintf("%s-%d", topic, p))
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", rules, got, want)
		}
	}
	for _, rules := range []string{"mail:x", "a:1:2", "mail:99999999999", "mail:1-2-3"} {
		if _, err := parsePartitionRules(rules); err == nil {
			t.Errorf("%q is accepted", rules)
		}
	}
}

func TestParseTopicPartitions(t *testing.T) {
	for arg, want := range map[string]string{
		"t:0":    "[t-0]",
		"t:0,2":  "[t-0 t-2]",
		"t:":     "Invalid topic arg 't:', expected topic name and partitions",
		"t:0:1":  "Invalid topic arg 't:0:1', expected topic name and partitions",
		"t:a":    "Invalid partition 'a' specified in topic arg 't:a''",
		"t:0,,1": "Invalid partition '' specified in topic arg 't:0,,1''",
	} {
		got, err := parseTopicPartitions(arg)
		text := fmt.Sprint(got)
		if err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("%s: %s, want %s", arg, text, want)
		}
	}
}
