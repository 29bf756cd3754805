package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dateFormat writes times as java.text.SimpleDateFormat does for English.
type dateFormat []datePart

// datePart is a run of one pattern letter, or literal text.
type datePart struct {
	letter byte // 0 for text
	count  int
	text   string
}

const dateLetters = "GyYMLwWDdFEuaHkKhmsSzZX"

// parseDateFormat cuts a pattern: letters are fields, text in quotes and all
// other characters stand for themselves, two quotes are one.
func parseDateFormat(pattern string) (dateFormat, error) {
	var f dateFormat
	quoted := false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\'' && i+1 < len(pattern) && pattern[i+1] == '\'':
			f = f.literal("'")
			i++
		case c == '\'':
			quoted = !quoted
		case quoted || !isASCIILetter(c):
			f = f.literal(string(c))
		case !strings.Contains(dateLetters, string(c)):
			return nil, illegalArgument("Illegal pattern character '" + string(c) + "'")
		case len(f) > 0 && f[len(f)-1].letter == c:
			f[len(f)-1].count++
		default:
			f = append(f, datePart{letter: c, count: 1})
		}
	}
	if quoted {
		return nil, illegalArgument("Unterminated quote")
	}
	return f, nil
}

func isASCIILetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func (f dateFormat) literal(text string) dateFormat {
	if len(f) > 0 && f[len(f)-1].letter == 0 {
		f[len(f)-1].text += text
		return f
	}
	return append(f, datePart{text: text})
}

func (f dateFormat) format(t time.Time) string {
	var b strings.Builder
	for _, part := range f {
		b.WriteString(part.format(t))
	}
	return b.String()
}

func (p datePart) format(t time.Time) string {
	switch p.letter {
	case 0:
		return p.text
	case 'G':
		return "AD"
	case 'y', 'Y':
		return p.year(t)
	case 'M', 'L':
		if p.count >= 3 {
			return p.name(t.Month().String())
		}
	case 'E':
		return p.name(t.Weekday().String())
	case 'a':
		return t.Format("PM")
	case 'z':
		return t.Format("MST")
	case 'Z':
		return t.Format("-0700")
	case 'X':
		return t.Format([]string{"Z07", "Z0700", "Z07:00"}[min(p.count, 3)-1])
	}
	return fmt.Sprintf("%0*d", p.count, p.number(t))
}

// year is that of the week for Y; two digits only where two are asked for.
func (p datePart) year(t time.Time) string {
	year := t.Year()
	if p.letter == 'Y' {
		// The week belongs to the year in which its Saturday lies.
		year = t.AddDate(0, 0, 6-int(t.Weekday())).Year()
	}
	if p.count == 2 {
		return fmt.Sprintf("%02d", year%100)
	}
	return fmt.Sprintf("%0*d", p.count, year)
}

// name is the full one from four letters on.
func (p datePart) name(full string) string {
	if p.count >= 4 {
		return full
	}
	return full[:3]
}

func (p datePart) number(t time.Time) int {
	hour12 := t.Hour() % 12
	switch p.letter {
	case 'M', 'L':
		return int(t.Month())
	case 'w':
		return weekOfYear(t)
	case 'W':
		return (t.Day()+int(t.AddDate(0, 0, 1-t.Day()).Weekday())-1)/7 + 1
	case 'D':
		return t.YearDay()
	case 'd':
		return t.Day()
	case 'F':
		return (t.Day()-1)/7 + 1
	case 'u':
		return (int(t.Weekday())+6)%7 + 1
	case 'H':
		return t.Hour()
	case 'k':
		return (t.Hour()+23)%24 + 1
	case 'K':
		return hour12
	case 'h':
		return (hour12+11)%12 + 1
	case 'm':
		return t.Minute()
	case 's':
		return t.Second()
	case 'S':
		return t.Nanosecond() / int(time.Millisecond)
	}
	panic("BUG: date letter " + strconv.Quote(string(p.letter)))
}

// weekOfYear counts weeks from Sunday, the first being that of 1 January.
func weekOfYear(t time.Time) int {
	saturday := t.AddDate(0, 0, 6-int(t.Weekday()))
	return (saturday.YearDay()-1)/7 + 1
}
