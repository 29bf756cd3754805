package cli

import (
	"testing"
	"time"
)

func TestParseDatetime(t *testing.T) {
	for text, want := range map[string]int64{
		"2020-01-01T00:00:00.000":       1577836800000,
		"2020-01-01T00:00:00.000Z":      1577836800000,
		"2020-01-01T02:00:00.000+02:00": 1577836800000,
		"2020-01-01T02:00:00.000+02":    1577836800000,
		"2019-12-31T19:30:00.000-0430":  1577836800000,
		"2020-02-29T23:59:59.999Z":      1583020799999,
		"2020-1-1T0:0:0.5Z":             1577836800005,
	} {
		got, err := parseDatetime(text)
		if err != nil || got.UnixMilli() != want {
			t.Errorf("%s is %d, %v, want %d", text, got.UnixMilli(), err, want)
		}
	}
	for text, want := range map[string]string{
		"yesterday":                   "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format",
		"2020-01-01T":                 "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format",
		"2020-01-01T00:00:00":         `Unparseable date: "2020-01-01T00:00:00Z"`,
		"2020-13-01T00:00:00.000":     `Unparseable date: "2020-13-01T00:00:00.000Z"`,
		"2021-02-29T00:00:00.000":     `Unparseable date: "2021-02-29T00:00:00.000Z"`,
		"2020-01-01T24:00:00.000":     `Unparseable date: "2020-01-01T24:00:00.000Z"`,
		"2020-01-01T00:00:00.1000":    `Unparseable date: "2020-01-01T00:00:00.1000Z"`,
		"2020-01-01T00:00:00.000Zulu": `Unparseable date: "2020-01-01T00:00:00.000Zulu"`,
	} {
		if _, err := parseDatetime(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT0S": 0, "PT15M": 15 * time.Minute, "P1DT2H3M4S": 26*time.Hour + 3*time.Minute + 4*time.Second,
		"P2D": 48 * time.Hour, "pt1.5s": 1500 * time.Millisecond, "-PT1H": -time.Hour, "PT-6H": -6 * time.Hour,
		"PT-1.5S": -1500 * time.Millisecond, "+P1D": 24 * time.Hour,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "5m", "P1Y", "PT1S1M", "PT1.5M", "P999999999999D", "PTS"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func FuzzParseTimes(f *testing.F) {
	f.Add("2020-01-01T00:00:00.000+02:00")
	f.Add("P1DT2H3M4.5S")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = parseDatetime(text)
		_, _ = parseDuration(text)
	})
}
