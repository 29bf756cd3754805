package config

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Properties are the keys and values of a .properties file, as written.
type Properties map[string]string

// maxPropertiesBytes bounds a properties file; Kafka's own examples have 7 KB.
const maxPropertiesBytes = 4 << 20

// errMalformedUnicode is Java's sentence for a broken \u escape.
var errMalformedUnicode = errors.New(`Malformed \uxxxx encoding.`)

// Parse reads Java's .properties syntax (java.util.Properties): `key=value`,
// `key:value` or `key value`, comments after # or !, continuation of a line
// that ends in a backslash, escapes \t \n \r \f \uXXXX. A later value of the
// same key wins. Unlike Java, bytes above 127 are read as UTF-8.
//
// It fails on a broken \u escape, on more than 4 MiB, and when r fails.
func Parse(r io.Reader) (Properties, error) {
	props := Properties{}
	in := bufio.NewReader(io.LimitReader(r, maxPropertiesBytes+1))
	for read := 0; ; {
		line, n, err := logicalLine(in)
		if read += n; read > maxPropertiesBytes {
			return nil, fmt.Errorf("properties file larger than %d bytes", maxPropertiesBytes)
		}
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("read properties: %w", err)
		}
		if line != "" {
			key, value, uerr := splitProperty(line)
			if uerr != nil {
				return nil, uerr
			}
			props[key] = value
		}
		if err == io.EOF {
			return props, nil
		}
	}
}

// logicalLine returns the next property with its continuation lines joined, or
// an empty string for a comment or blank line, and the number of bytes read.
func logicalLine(in *bufio.Reader) (string, int, error) {
	var joined strings.Builder
	total := 0
	for first := true; ; first = false {
		line, n, err := naturalLine(in)
		total += n
		line = strings.TrimLeft(line, " \t\f")
		if first && line != "" && (line[0] == '#' || line[0] == '!') {
			return "", total, err
		}
		if !continues(line) {
			joined.WriteString(line)
			return joined.String(), total, err
		}
		joined.WriteString(line[:len(line)-1])
		if err != nil {
			return joined.String(), total, err
		}
	}
}

// naturalLine returns the bytes up to \n, \r, \r\n or the end.
func naturalLine(in *bufio.Reader) (string, int, error) {
	var line []byte
	for n := 0; ; {
		c, err := in.ReadByte()
		if err != nil {
			return string(line), n, err
		}
		n++
		switch c {
		case '\n':
			return string(line), n, nil
		case '\r':
			if next, err := in.ReadByte(); err == nil {
				if next == '\n' {
					return string(line), n + 1, nil
				}
				in.UnreadByte() // cannot fail: the byte was just read
			}
			return string(line), n, nil
		}
		line = append(line, c)
	}
}

// continues tells whether a line ends in an odd number of backslashes.
func continues(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}

// splitProperty cuts a line at the first separator that is not escaped.
func splitProperty(line string) (key, value string, err error) {
	end := len(line)
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if strings.IndexByte("=: \t\f", line[i]) >= 0 {
			end = i
			break
		}
	}
	rest := strings.TrimLeft(line[end:], " \t\f")
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = strings.TrimLeft(rest[1:], " \t\f")
	}
	if key, err = unescape(line[:end]); err != nil {
		return "", "", err
	}
	value, err = unescape(rest)
	return key, value, err
}

// unescape resolves backslash escapes.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			if s[i] != '\\' {
				out.WriteByte(s[i])
			}
			continue
		}
		i++
		switch s[i] {
		case 't':
			out.WriteByte('\t')
		case 'n':
			out.WriteByte('\n')
		case 'r':
			out.WriteByte('\r')
		case 'f':
			out.WriteByte('\f')
		case 'u':
			r, used, err := unicodeEscape(s[i+1:])
			if err != nil {
				return "", err
			}
			out.WriteRune(r)
			i += used
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String(), nil
}

// unicodeEscape reads the digits after \u, and a second \uXXXX when both make
// one character outside the basic plane.
func unicodeEscape(s string) (r rune, used int, err error) {
	first, err := hex4(s)
	if err != nil {
		return 0, 0, err
	}
	if utf16.IsSurrogate(first) && strings.HasPrefix(s[4:], `\u`) {
		if second, err := hex4(s[6:]); err == nil {
			if pair := utf16.DecodeRune(first, second); pair != '\uFFFD' {
				return pair, 10, nil
			}
		}
	}
	return first, 4, nil
}

func hex4(s string) (rune, error) {
	if len(s) < 4 || strings.IndexByte("+-", s[0]) >= 0 {
		return 0, errMalformedUnicode
	}
	n, err := strconv.ParseUint(s[:4], 16, 16)
	if err != nil {
		return 0, errMalformedUnicode
	}
	return rune(n), nil
}
