package cli

import (
	"strings"
	"testing"
	"time"
)

// The expected texts are those of java.text.SimpleDateFormat with Locale.US.
func TestDateFormat(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 3, 0, 5, 9, 45e6, zone)
	for _, c := range []struct{ pattern, want string }{
		{"yyyy-MM-dd HH:mm:ss:SSS", "2026-11-03 00:05:09:045"},
		{"y yy yyy yyyyy", "2026 26 2026 02026"},
		{"M MM MMM MMMM", "11 11 Nov November"},
		{"E EEE EEEE u", "Tue Tue Tuesday 2"},
		{"h hh K k kk a", "12 12 0 24 24 AM"},
		{"D DDDD d F W w", "307 0307 3 1 1 45"},
		{"S SS SSSS", "45 45 0045"},
		{"Z X XX " + strings.Repeat("X", 3) + " z", "+0100 +01 +0100 +01:00 CET"},
		{"'year' yyyy, 'o''clock' ''", "year 2026, o'clock '"},
		{"G YYYY", "AD 2026"},
		{"HH'h'mm", "00h05"},
		{"", ""},
	} {
		f, err := parseDateFormat(c.pattern)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
		} else if got := f.format(at); got != c.want {
			t.Errorf("%q: %q, want %q", c.pattern, got, c.want)
		}
	}
	newYear := time.Date(2026, 12, 27, 13, 0, 0, 0, time.UTC)
	if f, _ := parseDateFormat("YYYY w h X"); f.format(newYear) != "2027 1 1 Z" {
		t.Errorf("the last week: %q", f.format(newYear))
	}
	for pattern, want := range map[string]string{"jjjj": "Illegal pattern character 'j'", "'open": "Unterminated quote"} {
		if _, err := parseDateFormat(pattern); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", pattern, err, want)
		}
	}
}
