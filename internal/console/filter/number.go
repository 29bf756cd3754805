package filter

import (
	"bytes"
	"math/big"
	"strconv"
)

// number is a number of JSON: exact, unless its exponent is beyond reason.
type number struct {
	whole int64 // where rat is nil
	rat   *big.Rat
}

// Longest digits and largest exponent that are kept exactly.
const (
	maxDigits   = 400
	maxExponent = 400
)

// parseNumber reads a number as JSON writes them.
func parseNumber(b []byte) (number, bool) {
	b = bytes.TrimSpace(b)
	if !isNumber(b) || len(b) > maxDigits {
		return number{}, false
	}
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return number{whole: n}, true
	}
	if i := bytes.IndexAny(b, "eE"); i >= 0 {
		if e, err := strconv.Atoi(string(b[i+1:])); err != nil || e > maxExponent || e < -maxExponent {
			return number{}, false
		}
	}
	rat, ok := new(big.Rat).SetString(string(b))
	return number{rat: rat}, ok
}

func (n number) ratio() *big.Rat {
	if n.rat != nil {
		return n.rat
	}
	return new(big.Rat).SetInt64(n.whole)
}

// compare is negative where n is less than m.
func (n number) compare(m number) int {
	if n.rat == nil && m.rat == nil {
		switch {
		case n.whole < m.whole:
			return -1
		case n.whole > m.whole:
			return 1
		}
		return 0
	}
	return n.ratio().Cmp(m.ratio())
}

// isNumber tells whether b is a number as JSON writes them.
func isNumber(b []byte) bool {
	n, ok := scanNumber(b, 0)
	return ok && n == len(b)
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}

// scanNumber returns the position after the number at i.
func scanNumber(b []byte, i int) (int, bool) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	n := digits(b, i)
	if n == i || b[i] == '0' && n > i+1 {
		return i, false
	}
	i = n
	if i < len(b) && b[i] == '.' {
		if n = digits(b, i+1); n == i+1 {
			return i, false
		}
		i = n
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if n = digits(b, i); n == i {
			return i, false
		}
		i = n
	}
	return i, true
}
