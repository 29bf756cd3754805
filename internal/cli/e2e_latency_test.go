package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestCheckArrived(t *testing.T) {
	sent := &kgo.Record{Key: []byte("k"), Value: []byte("v"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}}
	same := func(change func(*kgo.Record)) *kgo.Record {
		r := *sent
		r.Headers = slices.Clone(sent.Headers)
		change(&r)
		return &r
	}
	for want, read := range map[string][]*kgo.Record{
		"": {sent},
		"The message value read [w] did not match the message value sent [v]":                 {same(func(r *kgo.Record) { r.Value = []byte("w") })},
		"Expected message key but received null":                                              {same(func(r *kgo.Record) { r.Key = nil })},
		"The message key read [l] did not match the message key sent [k]":                     {same(func(r *kgo.Record) { r.Key = []byte("l") })},
		"Expected message headers but received none":                                          {same(func(r *kgo.Record) { r.Headers = nil })},
		"Header count mismatch between sent and received messages":                            {same(func(r *kgo.Record) { r.Headers = append(r.Headers, r.Headers[0]) })},
		"The message header read [g:[120]] did not match the message header sent [h:[120]]":   {same(func(r *kgo.Record) { r.Headers[0].Key = "g" })},
		"The message header read [h:[120 1]] did not match the message header sent [h:[120]]": {same(func(r *kgo.Record) { r.Headers[0].Value = []byte("x\x01") })},
		"Only one result was expected during this test. We found [2]":                         {sent, sent},
	} {
		got := ""
		if err := checkArrived(sent, read); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNamedArgs(t *testing.T) {
	env, stdout, _ := testEnv("")
	for _, c := range []struct{ args, want string }{
		{"", ""},
		{"--help", "--help"},
		{"--version", "--version"},
		{"--topic t --record-size 5", "--topic t --record-size 5"},
		{"b:1 t 10 all 20", "--bootstrap-server b:1 --topic t --num-records 10 --producer-acks all --record-size 20"},
		{"b:1 t 10 1 20 f", "--bootstrap-server b:1 --topic t --num-records 10 --producer-acks 1 --record-size 20 --command-config f"},
	} {
		got, err := namedArgs(env, strings.Fields(c.args))
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, %v", c.args, got, err)
		}
	}
	if _, err := namedArgs(env, []string{"a"}); err == nil || !strings.Contains(err.Error(), "but got 1. Usage: ") {
		t.Errorf("one word: %v", err)
	}
	if n := strings.Count(stdout.String(), "WARNING: Positional argument usage is deprecated"); n != 2 {
		t.Errorf("%d warnings", n)
	}
}
