package filter_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/console/filter"
)

const document = `{"user":{"id":9007199254740993,"name":"Ada \"L\"","tags":["a","b"]},"items":[{"price":5},{"price":12.50}],
 "ok":true,"none":null,"amount":"42","big":123456789012345678901234567890,"exp":1e3,"a b":1,"error":"Disk FULL"}`

func record() *filter.Record {
	return &filter.Record{Topic: "t", Partition: 3, Offset: 100, Timestamp: 1_795_392_000_000, // 2026-11-23T00:00:00Z
		Key: []byte("my key"), Value: []byte(document),
		Headers: []filter.Header{{Name: "trace", Value: []byte("x")}, {Name: "trace", Value: []byte("abc")}, {Name: "h-2", Value: []byte(`{"n":1}`)}, {Name: "nil"}}}
}

func TestMatch(t *testing.T) {
	for expression, want := range map[string]bool{
		`key == "my key"`:                             true,
		`key == 'my key'`:                             true,
		`key != "my key"`:                             false,
		`value.user.id == 9007199254740993`:           true,
		`value.user.id == 9007199254740992`:           false,
		`value.user.id > 9007199254740992`:            true,
		`value.big == 123456789012345678901234567890`: true,
		`value.big == 123456789012345678901234567891`: false,
		`value.exp == 1000`:                           true,
		`value.exp == 1_000.0`:                        true,
		`value.user.name == "Ada \"L\""`:              true,
		`value.amount == 42`:                          true,
		`value.amount == "42"`:                        true,
		`value["a b"] == 1`:                           true,
		`value.items[1].price > 12`:                   true,
		`value.items[7].price > 12`:                   false,
		`value.items[*].price > 12`:                   true,
		`value.items[*].price < 5`:                    false,
		`value.user.tags[*] == "b"`:                   true,
		`size(value.user.tags) == 2`:                  true,
		`size(key) == 6`:                              true,
		`value.ok`:                                    true,
		`!value.ok`:                                   false,
		`value.none == null`:                          true,
		`value.missing == null`:                       true,
		`value.missing != 1`:                          true,
		`value.missing < 1`:                           false,
		`has(value.none)`:                             true,
		`has(value.missing)`:                          false,
		`headers.trace == "abc"`:                      true,
		`headers["h-2"].n == 1`:                       true,
		`has(headers.nil)`:                            true,
		`headers.nil == null`:                         true,
		`has(headers.nothing)`:                        false,
		`partition in [1, 2, 3]`:                      true,
		`partition in [1, 2] || offset >= 100`:        true,
		`offset > 99 and partition == 3`:              true,
		`not (offset > 99 and partition == 3)`:        false,
		`timestamp >= "2026-11-23"`:                   true,
		`timestamp < "2026-11-23T00:00:00.001Z"`:      true,
		`"2026-11-24" <= timestamp`:                   false,
		`value.error contains "disk"`:                 false,
		`lower(value.error) contains "disk"`:          true,
		`"disk full"`:                                 true,
		`"MY KEY"`:                                    true,
		`"nowhere"`:                                   false,
		`value.user.name startsWith "Ada"`:            true,
		`value.user.name endsWith "x"`:                false,
		`value.error matches "^D.*L$"`:                true,
		`value.error matches "\d"`:                    false,
		`topic == "t"`:                                true,
		`key < "n"`:                                   true,
		`value.user == "{}"`:                          false,
		`a == 1 or key == "my key"`[10:]:              true,
	} {
		p, err := filter.Compile(expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		got, err := p.Match(record())
		if err != nil || got != want {
			t.Errorf("%s (%s): %v, %v", expression, p, got, err)
		}
		again, err := filter.Compile(strings.ReplaceAll(p.String(), "anywhere contains ", ""))
		if err != nil {
			t.Errorf("%s is understood as %s, which is wrong: %v", expression, p, err)
			continue
		}
		if got, err := again.Match(record()); err != nil || got != want {
			t.Errorf("%s and its meaning %s differ", expression, p)
		}
	}
}

func TestMistakes(t *testing.T) {
	for expression, want := range map[string]struct {
		pos  int
		text string
	}{
		``:                          {0, "empty"},
		`key = "x"`:                 {4, "write =="},
		`key == `:                   {7, "ends too early"},
		`key == "x`:                 {7, "no closing quote"},
		`foo == 1`:                  {0, `"foo" is not known`},
		`value.`:                    {6, "stands a name"},
		`value["x"`:                 {9, "] is missing"},
		`headers == 1`:              {0, "Name the header"},
		`key`:                       {0, "alone is no condition"},
		`5`:                         {0, "alone is no condition"},
		`key == 1 key == 2`:         {9, "missing"},
		`key matches "("`:           {12, "regular expression is wrong"},
		`key matches 1`:             {12, "in quotes"},
		`timestamp > "tomorrow"`:    {12, "no time"},
		`partition in 1`:            {13, "[ is missing"},
		`partition in []`:           {14, "cannot stand here"},
		`(key == 1`:                 {9, ") is missing"},
		`key == 1 & key == 2`:       {9, "twice"},
		`key == 01`:                 {7, "not a number"},
		`value[-1] == 1`:            {6, "whole number"},
		`ключ == 1`:                 {0, "not known"},
		`"é" && foo`:                {7, "not known"},
		`key == 1 ; drop table`:     {9, "means nothing"},
		`value.a[*] == value.b[*]`:  {14, "Only one side"},
		`key in [value.a]`:          {8, "texts and numbers"},
		strings.Repeat("(", 100):    {50, "nested too deeply"},
		strings.Repeat("a", 5000):   {0, "longer than"},
		strings.Repeat("!", 3) + ``: {3, "ends too early"},
	} {
		_, err := filter.Compile(expression)
		var e *filter.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", expression, err)
			continue
		}
		if e.Pos != want.pos || !strings.Contains(e.Text, want.text) {
			t.Errorf("%.30q: %d %q, want %d %q", expression, e.Pos, e.Text, want.pos, want.text)
		}
	}
}

// A path into something that is no JSON is an error, not a no.
func TestNotJSON(t *testing.T) {
	p, err := filter.Compile(`value.a == 1`)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"hello", `{"a":`, `{"a" 1}`, `{a:1}`, `{"b":1,}`, "", strings.Repeat("[", 10_000)} {
		r := record()
		r.Value = []byte(broken)
		if hit, err := p.Match(r); hit || err == nil {
			t.Errorf("%.20q: %v, %v", broken, hit, err)
		}
	}
	or, err := filter.Compile(`value.a == 1 || key == "my key"`)
	if err != nil {
		t.Fatal(err)
	}
	r := record()
	r.Value = []byte("hello")
	if hit, err := or.Match(r); !hit || err != nil {
		t.Errorf("the other side of or does not count: %v, %v", hit, err)
	}
}

// Whatever is thrown at it, the language answers, and its meaning means the same.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{`key == "x" && value.a[0]["b"] > 1e5 or not has(headers.h)`, `"text"`, `timestamp in ["2026-01-01", 5]`, `size(lower(value.x[*])) <= 3`, `!!(value.ok)`} {
		f.Add(s, document)
	}
	f.Fuzz(func(t *testing.T, expression, value string) {
		p, err := filter.Compile(expression)
		if err != nil {
			var e *filter.Error
			if !errors.As(err, &e) || e.Pos < 0 || e.Text == "" {
				t.Fatalf("%q: %v", expression, err)
			}
			return
		}
		r := record()
		r.Value = []byte(value)
		begun := time.Now()
		_, _ = p.Match(r)
		_ = p.String()
		if took := time.Since(begun); took > 2*time.Second && len(value) < 10_000 {
			t.Fatalf("%q took %v on %q", expression, took, value)
		}
	})
}

// What encoding/json takes for JSON, ours does too; ours is laxer only inside of
// texts.
func FuzzLooksLikeJSON(f *testing.F) {
	for _, s := range []string{document, `[]`, `{"a":[1,2,{"b":null}]}`, `{"a":1e}`, `[1,]`, `{"a":"\u00"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ours := filter.LooksLikeJSON([]byte(s))
		trimmed := strings.TrimLeft(s, " \t\r\n")
		theirs := json.Valid([]byte(s)) && trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[')
		if theirs && !ours && strings.Count(s, "[")+strings.Count(s, "{") < 400 && json.Valid([]byte(s)) && strings.ToValidUTF8(s, "") == s {
			t.Fatalf("%q is JSON", s)
		}
		if ours && !theirs && !strings.Contains(s, `\`) {
			t.Fatalf("%q is no JSON", s)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	p, err := filter.Compile(`value.items[*].price > 100 && headers.trace == "abc"`)
	if err != nil {
		b.Fatal(err)
	}
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Match(r); err != nil {
			b.Fatal(err)
		}
	}
}
