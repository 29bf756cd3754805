package cli

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// datetime is yyyy-MM-dd'T'HH:mm:ss.SSS and a zone, as SimpleDateFormat reads
// it: any number of digits, milliseconds as a number.
var datetime = regexp.MustCompile(`^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)(Z|[+-]\d\d(?::?\d\d)?)$`)

// parseDatetime reads the value of --to-datetime; without a zone it is UTC.
func parseDatetime(text string) (time.Time, error) {
	_, clock, ok := strings.Cut(text, "T")
	if !ok || clock == "" {
		return time.Time{}, parseException("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format")
	}
	if !strings.ContainsAny(clock, "+-Z") {
		text += "Z"
	}
	m := datetime.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, parseException("Unparseable date: \"" + text + "\"")
	}
	var n [8]int
	for i := 1; i <= 7; i++ {
		n[i], _ = strconv.Atoi(m[i])
	}
	t := time.Date(n[1], time.Month(n[2]), n[3], n[4], n[5], n[6], n[7]*int(time.Millisecond), zone(m[8]))
	if t.Month() != time.Month(n[2]) || t.Day() != n[3] || t.Hour() != n[4] || t.Minute() != n[5] || t.Second() != n[6] || n[7] > 999 {
		return time.Time{}, parseException("Unparseable date: \"" + text + "\"")
	}
	return t, nil
}

func parseException(text string) error {
	return &exception{class: "java.text.ParseException", text: text}
}

func zone(text string) *time.Location {
	if text == "Z" {
		return time.UTC
	}
	digits := strings.ReplaceAll(text[1:], ":", "")
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi("0" + digits[2:])
	seconds := hours*3600 + minutes*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(text, seconds)
}

// isoDuration is ISO 8601 as java.time.Duration reads it: days to seconds, each
// with its own sign.
var isoDuration = regexp.MustCompile(`(?i)^([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$`)

// parseDuration reads the value of --by-duration. Durations beyond Go's range
// of 292 years are refused too.
func parseDuration(text string) (time.Duration, error) {
	m := isoDuration.FindStringSubmatch(text)
	if m == nil || strings.EqualFold(m[3], "T") || m[2]+m[4]+m[5]+m[6] == "" {
		return 0, durationException()
	}
	var total time.Duration
	for i, unit := range map[int]time.Duration{2: 24 * time.Hour, 4: time.Hour, 5: time.Minute, 6: time.Second} {
		if m[i] == "" {
			continue
		}
		n, err := strconv.ParseInt(m[i], 10, 64)
		part := time.Duration(n) * unit
		if err != nil || part/unit != time.Duration(n) {
			return 0, durationException()
		}
		total += part
	}
	if m[7] != "" {
		nanos, _ := strconv.Atoi((m[7] + "000000000")[:9])
		if strings.HasPrefix(m[6], "-") {
			nanos = -nanos
		}
		total += time.Duration(nanos)
	}
	if m[1] == "-" {
		total = -total
	}
	return total, nil
}

func durationException() error {
	return &exception{class: "java.time.format.DateTimeParseException", text: "Text cannot be parsed to a Duration"}
}
