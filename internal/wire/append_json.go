package wire

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
)

// The pieces of which the generated AppendJSON methods are made. The text is
// what Jackson writes, on which Kafka's tools rely.

// jsonKey appends the key of a field, behind a comma where it is not the first.
func jsonKey(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

const hexDigits = "0123456789ABCDEF"

func jsonString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"', c == '\\':
			dst = append(dst, '\\', c)
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

func jsonNullableString(dst []byte, s *string) []byte {
	if s == nil {
		return append(dst, "null"...)
	}
	return jsonString(dst, *s)
}

func jsonBytes(dst, b []byte, null bool) []byte {
	if null {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"')
}

// jsonArray appends an array of n elements, or null.
func jsonArray(dst []byte, null bool, n int, element func([]byte, int) []byte) []byte {
	if null {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = element(dst, i)
	}
	return append(dst, ']')
}

func jsonStrings(dst []byte, v []string, null bool) []byte {
	return jsonArray(dst, null, len(v), func(dst []byte, i int) []byte { return jsonString(dst, v[i]) })
}

func jsonUUIDs(dst []byte, v []UUID, null bool) []byte {
	return jsonArray(dst, null, len(v), func(dst []byte, i int) []byte { return jsonString(dst, v[i].String()) })
}

func jsonNumbers[T int8 | int16 | int32 | int64](dst []byte, v []T, null bool) []byte {
	return jsonArray(dst, null, len(v), func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(v[i]), 10) })
}

// jsonFloat appends a number as Java's Double.toString does: plain between 0.001
// and 10 million, else with an exponent, always with a digit after the point;
// what is no number is a string.
func jsonFloat(dst []byte, v float64) []byte {
	switch abs := math.Abs(v); {
	case math.IsNaN(v):
		return append(dst, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(dst, `"-Infinity"`...)
	case abs == 0 || abs >= 1e-3 && abs < 1e7:
		return append(dst, withPoint(strconv.FormatFloat(v, 'f', -1, 64))...)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	n, _ := strconv.Atoi(exponent)
	dst = append(dst, withPoint(mantissa)...)
	return strconv.AppendInt(append(dst, 'E'), int64(n), 10)
}

func withPoint(number string) string {
	if strings.Contains(number, ".") {
		return number
	}
	return number + ".0"
}
