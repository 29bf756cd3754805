package config

import (
	"math"
	"strconv"
	"strings"
)

// Parse checks a value and returns it in canonical form: trimmed, numbers
// without a plus sign, booleans in lower case, lists without spaces and
// repetitions, as DescribeConfigs shows it. The error is an *InvalidError.
//
// A class is not looked up: whoever uses the key decides which Java names it
// understands.
func (d Def) Parse(value string) (string, error) {
	switch d.Type {
	case Boolean:
		return d.parseBoolean(value)
	case Int, Short, Long:
		return d.parseInteger(value)
	case Double:
		return d.parseDouble(value)
	case List:
		items := SplitList(value)
		if d.Rule.Kind != ThrottledReplicas {
			items = withoutRepetitions(items)
		}
		return strings.Join(items, ","), d.Rule.checkList(d.Name, items)
	case Password:
		return value, nil
	}
	value = strings.TrimSpace(value)
	return value, d.Rule.checkString(d.Name, value)
}

func (d Def) parseBoolean(value string) (string, error) {
	switch s := strings.TrimSpace(value); {
	case strings.EqualFold(s, "true"):
		return "true", nil
	case strings.EqualFold(s, "false"):
		return "false", nil
	default:
		return "", invalidValue(d.Name, s, "Expected value to be either true or false")
	}
}

func (d Def) parseInteger(value string) (string, error) {
	bits := 64
	switch d.Type {
	case Int:
		bits = 32
	case Short:
		bits = 16
	}
	s := strings.TrimSpace(value)
	n, err := strconv.ParseInt(s, 10, bits)
	if err != nil {
		return "", invalidValue(d.Name, s, "Not a number of type "+d.Type.String())
	}
	text := strconv.FormatInt(n, 10)
	return text, d.Rule.checkNumber(d.Name, text, float64(n))
}

func (d Def) parseDouble(value string) (string, error) {
	s := strings.TrimSpace(value)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || strings.ContainsAny(s, "_xXpP") {
		return "", invalidValue(d.Name, s, "Not a number of type DOUBLE")
	}
	text := formatDouble(f)
	return text, d.Rule.checkNumber(d.Name, text, f)
}

// formatDouble prints as Java's Double.toString: plain between 10⁻³ and 10⁷,
// otherwise one digit, the fraction and E with the exponent.
func formatDouble(f float64) string {
	abs := math.Abs(f)
	if f == 0 || abs >= 1e-3 && abs < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, ok := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	if !ok { // infinite
		return mantissa
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "E" + sign + strings.TrimLeft(exponent, "+-0")
}

// SplitList splits a LIST value at commas, elements trimmed. An empty value is
// an empty list.
func SplitList(value string) []string {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil
	}
	items := strings.Split(value, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

// withoutRepetitions keeps the first of equal elements; Kafka 4.2 and later
// drop the others silently.
func withoutRepetitions(items []string) []string {
	kept := items[:0]
	for _, s := range items {
		if !contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}
