package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error says what is wrong with an expression, and where.
type Error struct {
	Pos, Len int // in characters
	Text     string
}

func (e *Error) Error() string { return fmt.Sprintf("at %d: %s", e.Pos+1, e.Text) }

type tokenKind int

const (
	tokEnd tokenKind = iota
	tokName
	tokNumber
	tokText
	tokSign
)

type token struct {
	kind     tokenKind
	text     string // of a tokText without its quotes
	pos, len int    // in characters
}

// lex cuts an expression into tokens.
func lex(src string) ([]token, error) {
	if !utf8.ValidString(src) {
		return nil, &Error{0, 1, "The expression is not UTF-8."}
	}
	r := []rune(src)
	var all []token
	for i := 0; i < len(r); {
		switch c := r[i]; {
		case unicode.IsSpace(c):
			i++
		case c == '"' || c == '\'':
			t, err := lexText(r, i)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
			i += t.len
		case c >= '0' && c <= '9' || c == '-' && i+1 < len(r) && r[i+1] >= '0' && r[i+1] <= '9':
			t, err := lexNumber(r, i)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
			i += t.len
		case nameBegins(c):
			n := i + 1
			for n < len(r) && (nameBegins(r[n]) || unicode.IsDigit(r[n])) {
				n++
			}
			all = append(all, token{tokName, string(r[i:n]), i, n - i})
			i = n
		default:
			t, err := lexSign(r, i)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
			i += t.len
		}
	}
	return append(all, token{tokEnd, "", len(r), 0}), nil
}

func nameBegins(c rune) bool { return c == '_' || c == '$' || unicode.IsLetter(c) }

func lexText(r []rune, from int) (token, error) {
	quote := r[from]
	var b strings.Builder
	for i := from + 1; i < len(r); i++ {
		switch {
		case r[i] == quote:
			return token{tokText, b.String(), from, i + 1 - from}, nil
		case r[i] != '\\':
			b.WriteRune(r[i])
			continue
		}
		i++
		if i == len(r) {
			break
		}
		switch r[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '\\', '"', '\'':
			b.WriteRune(r[i])
		default: // regular expressions are full of these
			b.WriteByte('\\')
			b.WriteRune(r[i])
		}
	}
	return token{}, &Error{from, len(r) - from, "This text has no closing quote."}
}

func lexNumber(r []rune, from int) (token, error) {
	i := from + 1
	for i < len(r) && (unicode.IsDigit(r[i]) || strings.ContainsRune(".eE_", r[i]) || strings.ContainsRune("+-", r[i]) && strings.ContainsRune("eE", r[i-1])) {
		i++
	}
	text := strings.ReplaceAll(string(r[from:i]), "_", "")
	if _, ok := parseNumber([]byte(text)); !ok {
		return token{}, &Error{from, i - from, "This is not a number."}
	}
	return token{tokNumber, text, from, i - from}, nil
}

func lexSign(r []rune, from int) (token, error) {
	for _, sign := range []string{"==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".", "*"} {
		if strings.HasPrefix(string(r[from:min(len(r), from+2)]), sign) {
			return token{tokSign, sign, from, len(sign)}, nil
		}
	}
	switch r[from] {
	case '=':
		return token{}, &Error{from, 1, "To compare, write == instead of =."}
	case '&', '|':
		return token{}, &Error{from, 1, fmt.Sprintf("Write %c twice, or the word.", r[from])}
	}
	return token{}, &Error{from, 1, fmt.Sprintf("%q means nothing here.", r[from])}
}
