package main

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestContestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range contests(clients{}) {
		if c.nodes == 0 || (c.on == nil) == (c.cold == nil) {
			t.Errorf("%s: %d nodes, on %t, cold %t", c.rows[0].name, c.nodes, c.on != nil, c.cold != nil)
		}
		for _, r := range c.rows {
			if seen[r.name] {
				t.Errorf("%s is there twice", r.name)
			}
			seen[r.name] = true
		}
	}
	for name := range timesKafka() {
		if !seen[name] {
			t.Errorf("there is a goal and no row %s", name)
		}
	}
}

func TestWanted(t *testing.T) {
	for _, test := range []struct {
		name, row string
		want      bool
	}{
		{"c1p50", "c1p50", true}, {"c1", "c1p50", true}, {"c", "c1p50", true}, {"c2", "c1p50", false},
		{"f1", "f10", false}, {"f", "f10", true}, {"i", "imany", false}, {"i", "idle", false}, {"i", "i", true},
		{"", "i", false}, {"h", "hstop", false}, {"a1", "a", false},
	} {
		if got := means(test.name, test.row); got != test.want {
			t.Errorf("%q means %q: %t", test.name, test.row, got)
		}
	}
	c := latencyContest()
	if !c.wanted(nil) || !c.wanted([]string{"zz", "c1echo"}) || c.wanted([]string{"zz"}) {
		t.Error("a contest is run for any of its rows, and for no names")
	}
}

func TestOutcomeValues(t *testing.T) {
	o := outcome{heats: []heat{
		{brolga: []float64{1, 10}, kafka: []float64{5, 50}, steady: true},
		{brolga: []float64{9, 90}, steady: false},
		{brolga: []float64{3, 30}, kafka: nil, steady: true},
	}}
	for _, test := range []struct {
		row    int
		of     func(heat) []float64
		want   []float64
		steady bool
	}{
		{0, brolgasOf, []float64{1, 3}, true},
		{1, brolgasOf, []float64{10, 30}, true},
		{1, kafkasOf, []float64{50}, true},
		{0, floorsOf, nil, false},
		{2, brolgasOf, nil, false},
	} {
		if got, steady := o.values(test.row, test.of); !slices.Equal(got, test.want) || steady != test.steady {
			t.Errorf("row %d: %v, steady %t", test.row, got, steady)
		}
	}
	o.heats = o.heats[1:2]
	if got, steady := o.values(0, brolgasOf); len(got) != 1 || steady {
		t.Errorf("without a steady heat: %v, %t", got, steady)
	}
}

func TestVerdict(t *testing.T) {
	nan := math.NaN()
	for name, test := range map[string]struct {
		r       against
		b, k, f float64
		want    string
	}{
		"both":                      {against{times: 3, most: 1.5}, 1, 4, 1, "meets"},
		"too near to Kafka":         {against{times: 3, most: 1.5}, 1, 2.9, 1, "**misses: Kafka**"},
		"above the floor":           {against{times: 3, most: 1.5}, 1.6, 9, 1, "**misses: floor**"},
		"neither":                   {against{times: 3, most: 1.5}, 1.6, 3, 1, "**misses: Kafka, floor**"},
		"absolute":                  {against{most: 60, absolute: true}, 61, nan, nan, "**misses: floor**"},
		"absolute, met":             {against{most: 60, absolute: true}, 59, nan, nan, "meets"},
		"no goal":                   {against{}, 1, 2, 3, ""},
		"Kafka was not measured":    {against{times: 3}, 1, nan, nan, "**misses: Kafka**"},
		"brolga was not measured":   {against{times: 3}, nan, 1, nan, "**not measured**"},
		"the floor cannot do it":    {against{times: 3, most: 1.5}, 1, 4, nan, "meets"},
		"a floor that is not asked": {against{times: 3}, 1, 4, 0.1, "meets"},
	} {
		if got := test.r.verdict(test.b, test.k, test.f); got != test.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		ratio, goal float64
		want        string
	}{
		{4, 2, "████|███"}, {2, 4, "████    |"}, {1, 0, ""}, {0.5, 3, "(less than 1×)"}, {16, 0, strings.Repeat("█", 16)},
	} {
		if got := bar(test.ratio, test.goal); got != test.want {
			t.Errorf("%v, goal %v: %q", test.ratio, test.goal, got)
		}
	}
}

func TestPerfLines(t *testing.T) {
	const produced = "120000 records sent, 24000.0 records/sec (2.29 MB/sec), 1.5 ms avg latency, 900.0 ms max latency.\n" +
		"1000000 records sent, 312500.0 records/sec (29.80 MB/sec), 55.17 ms avg latency, 417.00 ms max latency, 2 ms 50th, 371 ms 95th, 403 ms 99th, 416 ms 99.9th.\n"
	perSecond, p99, err := producerPerf(produced)
	if err != nil || perSecond != 312500 || p99 != 403 {
		t.Errorf("%v, %v, %v", perSecond, p99, err)
	}
	const consumed = "2026-11-23 08:00:00:000, 2026-11-23 08:00:02:000, 95.3674, 47.6837, 1000000, 500000.0000, 400, 1600, 59.6046, 625000.0000\n"
	if got, err := consumerPerf(consumed); err != nil || got != 625000 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "x", "1 records sent, y records/sec (1)", "a, b"} {
		if _, _, err := producerPerf(bad); err == nil {
			t.Errorf("%q is no line of the producer", bad)
		}
		if _, err := consumerPerf(bad); err == nil {
			t.Errorf("%q is no line of the consumer", bad)
		}
	}
}

// What a side cannot do is tried once and told.
func TestMeasureOnce(t *testing.T) {
	o := outcome{contest: contest{rows: []against{{name: "x"}}}, failed: map[string]error{}}
	tries := 0
	for range 3 {
		o.measure("kafka", func() ([]float64, error) { tries++; return nil, errors.New("it cannot") })
	}
	if tries != 1 || o.failed["kafka"] == nil {
		t.Errorf("%d tries, %v", tries, o.failed)
	}
}

func TestVersusTable(t *testing.T) {
	row := against{name: "a1", what: "produce", unit: "CPU s/GB", times: 3, most: 1.5}
	table := versusTable{version: "4.4.0", begun: time.Now(), repeats: 2, outcomes: []outcome{{
		contest: contest{rows: []against{row}},
		heats:   []heat{{brolga: []float64{1}, kafka: []float64{8}, floor: []float64{0.8}, steady: true}, {brolga: []float64{1.2}, kafka: []float64{8}, floor: []float64{0.8}}},
		failed:  map[string]error{"floor": errors.New("no more\nof it")},
	}}}
	table.noise.calibrations = []calibration{{EchoMicros: 10, CRCGBs: 30}, {EchoMicros: 12, CRCGBs: 29}}
	text := table.String()
	for _, want := range []string{
		"| a1 | produce | CPU s/GB | 1 | 8 | 0.8 | 8× | ≥ 3× | 1.25× | ≤ 1.5× | 0 % | 1 of 2 | meets |",
		"TCP echo 10.0 to 12.0 µs, CRC-32C 29.0 to 30.0 GB/s",
		"- a1: floor could not be measured: no more of it",
		"a1               8× ██████|█████",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
