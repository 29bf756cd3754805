package main

import (
	"encoding/json"
	"testing"
)

func parseVersions(t *testing.T, s string) versions {
	t.Helper()
	var v versions
	if err := json.Unmarshal([]byte(`"`+s+`"`), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseVersions(t *testing.T) {
	for text, want := range map[string]versions{
		"none": {},
		"":     {},
		"0":    versionRange(0, 0),
		"3":    versionRange(3, 3),
		"3+":   versionRange(3, maxVersion),
		"3-5":  versionRange(3, 5),
	} {
		got := parseVersions(t, text)
		if got != want {
			t.Errorf("%q is %s", text, got)
		}
		if text != "" && got.String() != text {
			t.Errorf("%q prints as %q", text, got)
		}
	}
	for _, text := range []string{`"x"`, `"-3"`, `"5-3"`, `"3-"`, `"+"`, `3`} {
		var v versions
		if json.Unmarshal([]byte(text), &v) == nil {
			t.Errorf("%s is %s", text, v)
		}
	}
}

func TestCondition(t *testing.T) {
	valid := versionRange(3, 13)
	for text, want := range map[string]string{
		"0+":   "true",
		"3-13": "true",
		"none": "false",
		"0-2":  "false",
		"14+":  "false",
		"5+":   "version >= 5",
		"13+":  "version == 13",
		"0-7":  "version <= 7",
		"3":    "version == 3",
		"5-7":  "version >= 5 && version <= 7",
	} {
		if got := parseVersions(t, text).condition(valid); got != want {
			t.Errorf("%s in %s: %s, want %s", text, valid, got, want)
		}
	}
}

func TestVersionSets(t *testing.T) {
	if got := versionRange(1, 5).and(versionRange(3, 9)); got != versionRange(3, 5) {
		t.Errorf("and: %s", got)
	}
	if got := versionRange(1, 2).and(versionRange(3, 9)); !got.empty() {
		t.Errorf("and of disjoint ranges: %s", got)
	}
	if got := versionRange(1, 9).before(versionRange(4, 9)); got != versionRange(1, 3) {
		t.Errorf("before: %s", got)
	}
	if got := versionRange(4, 9).before(versionRange(4, 9)); !got.empty() {
		t.Errorf("before itself: %s", got)
	}
	if versionRange(1, 3).has(0) || !versionRange(1, 3).has(3) || (versions{}).has(0) {
		t.Error("has")
	}
}
