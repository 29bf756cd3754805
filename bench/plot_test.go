package main

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlots(t *testing.T) {
	rows := func(b, k, f float64, rows ...against) outcome {
		o := outcome{contest: contest{rows: rows}}
		h := heat{steady: true}
		for range rows {
			h.brolga, h.kafka, h.floor = append(h.brolga, b), append(h.kafka, k), append(h.floor, f)
		}
		o.heats = []heat{h}
		return o
	}
	nan := math.NaN()
	table := versusTable{outcomes: []outcome{
		rows(1, 8, 0.5, against{name: "a1", what: "many & small <records>", unit: "s", times: 3}),
		rows(2, nan, 1, against{name: "a2"}),
		rows(nan, 5, 1, against{name: "b1"}), // brolga has no figure
		rows(3, nan, nan, against{name: "b2"}),
		rows(1, 0.5, nan, against{name: "c1"}, against{name: "c2"}),
		rows(1, 7, 1, against{name: "a6", times: 2.5}),
	}}
	report := filepath.Join(t.TempDir(), "table.md")
	table.report = report
	if err := table.write(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for group, bars := range map[string]int{"a": 3 + 8, "c": 3 + 4} { // three are the legend
		name := "table/" + group + ".svg"
		if !strings.Contains(string(text), "("+name+")") {
			t.Errorf("the report does not show %s", name)
		}
		drawing, err := os.ReadFile(filepath.Join(filepath.Dir(report), name))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(drawing), "<rect"); got != bars {
			t.Errorf("%s has %d bars, want %d", name, got, bars)
		}
		if strings.Contains(string(drawing), "NaN") || strings.Contains(string(drawing), "width=\"-") {
			t.Errorf("%s draws what is not a length: %s", name, drawing)
		}
		for d := xml.NewDecoder(strings.NewReader(string(drawing))); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	if strings.Contains(string(text), "table/b.svg") {
		t.Error("a group without anything to compare is drawn")
	}
}
