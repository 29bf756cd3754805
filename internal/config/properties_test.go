package config_test

import (
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/brolga-io/brolga/internal/config"
)

func TestParseProperties(t *testing.T) {
	tests := []struct {
		name, in string
		want     config.Properties
	}{
		{"equals sign", "a=b", config.Properties{"a": "b"}},
		{"colon", "a:b", config.Properties{"a": "b"}},
		{"blank between", "a b", config.Properties{"a": "b"}},
		{"spaces around the separator", "  a \t = \f b ", config.Properties{"a": "b "}},
		{"only the first separator counts", "a==b:c", config.Properties{"a": "=b:c"}},
		{"no value", "a\nb=\nc:", config.Properties{"a": "", "b": "", "c": ""}},
		{"no key", "=x", config.Properties{"": "x"}},
		{"comments and blank lines", "# a=1\n  ! b=2\n\n \t\nc=3", config.Properties{"c": "3"}},
		{"a comment is not continued", "# a \\\nb=2", config.Properties{"b": "2"}},
		{"a comment sign later in the line is text", "a=1 # 2", config.Properties{"a": "1 # 2"}},
		{"continued line", "a=1,\\\n   2,\\\n\t3", config.Properties{"a": "1,2,3"}},
		{"a continuation may begin with a comment sign", "a=1\\\n#2", config.Properties{"a": "1#2"}},
		{"two backslashes do not continue", "a=1\\\\\nb=2", config.Properties{"a": `1\`, "b": "2"}},
		{"backslash at the end of the file", `a=1\`, config.Properties{"a": "1"}},
		{"escapes", `a\=\:\ b=\t\n\r\f\\\q`, config.Properties{"a=: b": "\t\n\r\f\\q"}},
		{"unicode escapes", "a=\\u00e9\\u4E2D \\uD83D\\uDE00", config.Properties{"a": "é中 😀"}},
		{"half a pair", `a=\uD83Dx`, config.Properties{"a": "\uFFFDx"}},
		{"UTF-8 as it is", "a=é", config.Properties{"a": "é"}},
		{"line ends", "a=1\r\nb=2\rc=3\n\rd=4", config.Properties{"a": "1", "b": "2", "c": "3", "d": "4"}},
		{"the last one wins", "a=1\na=2", config.Properties{"a": "2"}},
		{"empty", "", config.Properties{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := config.Parse(strings.NewReader(tt.in))
			if err != nil || !maps.Equal(got, tt.want) {
				t.Errorf("Parse(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestParsePropertiesRefuses(t *testing.T) {
	broken := errors.New("broken disk")
	tests := []struct {
		name string
		in   io.Reader
		want string
	}{
		{"short unicode escape", strings.NewReader(`a=\u12`), `Malformed \uxxxx encoding.`},
		{"unicode escape without hex", strings.NewReader(`a=\u12x4`), `Malformed \uxxxx encoding.`},
		{"unicode escape with a sign", strings.NewReader(`\u+123=1`), `Malformed \uxxxx encoding.`},
		{"too large", strings.NewReader(strings.Repeat("a=1\n", 1<<20) + "\n"), "larger than 4194304 bytes"},
		{"failing reader", iotest.ErrReader(broken), "broken disk"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := config.Parse(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// FuzzParse looks for panics, and for keys and values that do not survive being
// written with every special character escaped.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a=b", "a b\\\n c", `k\u0041=\\`, "# c\n!d\r\n", "a:\\u", "\\", "=", "a=\\\r\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		props, err := config.Parse(strings.NewReader(in))
		if err != nil {
			return
		}
		var out strings.Builder
		for k, v := range props {
			out.WriteString(escaped(k) + "=" + escaped(v) + "\n")
		}
		again, err := config.Parse(strings.NewReader(out.String()))
		if err != nil || !maps.Equal(again, props) {
			t.Fatalf("%q became %q, then %q (%v)", in, props, again, err)
		}
	})
}

// escaped writes a backslash before every byte, and the letters of escapes for
// the bytes that a backslash would not keep.
func escaped(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; c {
		case '\n':
			out.WriteString(`\n`)
		case '\r':
			out.WriteString(`\r`)
		case 't', 'n', 'r', 'f', 'u':
			out.WriteByte(c)
		default:
			out.WriteByte('\\')
			out.WriteByte(c)
		}
	}
	return out.String()
}
