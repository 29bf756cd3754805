package cli

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestLineInput(t *testing.T) {
	for text, want := range map[string]string{
		"":                "",
		"a":               "a|",
		"a\n":             "a|",
		"a\nb":            "a|b|",
		"a\r\nb\r\n":      "a|b|",
		"a\rb\r\rc":       "a|b||c|",
		"\n\n":            "||",
		"\r\n\n":          "||",
		"ünï\xffcode\n":   "ünï\xffcode|",
		"trailing \t \nx": "trailing \t |x|",
	} {
		in := newLineInput(strings.NewReader(text))
		got := ""
		for {
			line, err := in.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got += line + "|"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// oneByte hands out a byte a time and counts, as a terminal does.
type oneByte struct {
	text string
	read int
}

func (o *oneByte) Read(p []byte) (int, error) {
	if o.read == len(o.text) {
		return 0, io.EOF
	}
	p[0] = o.text[o.read]
	o.read++
	return 1, nil
}

// A line that ends in \r must not wait for the byte after it.
func TestLineInputDoesNotReadAhead(t *testing.T) {
	src := &oneByte{text: "a\r\nb"}
	in := newLineInput(src)
	if line, err := in.next(); line != "a" || err != nil {
		t.Fatal(line, err)
	}
	if src.read != 2 {
		t.Errorf("read %d bytes for the first line, want 2", src.read)
	}
}

func TestLineReader(t *testing.T) {
	for _, c := range []struct {
		props string
		line  string
		want  string // headers / key / value, - for null
	}{
		{"", "a\tb", "[]/-/a\tb"},
		{"", "", "[]/-/"},
		{"parse.key=true", "k\tv", "[]/k/v"},
		{"parse.key=TRUE ", "\tv", "[]//v"},
		{"parse.key=true", "k\tv\tw", "[]/k/v\tw"},
		{"parse.key=true key.separator=::", "k::v", "[]/k/v"},
		{"parse.key=true", "v", "No key separator found on line number 1: 'v'"},
		{"parse.key=true ignore.error=true", "v", "[]/-/v"},
		{"parse.headers=true", "a:1,b:2\tv", "[a=1 b=2]/-/v"},
		{"parse.headers=true", "a:1:2\tv", "[a=1:2]/-/v"},
		{"parse.headers=true parse.key=true", "a:1\tk\tv", "[a=1]/k/v"},
		{"parse.headers=true headers.separator=[;|]", "a:1;b:2|c:3\tv", "[a=1 b=2 c=3]/-/v"},
		{"parse.headers=true", "a:1,\tv", "[a=1]/-/v"},
		{"parse.headers=true", "a\tv", "No header key separator found in pair 'a' on line number 1"},
		{"parse.headers=true ignore.error=true", "a\tv", "[a=-]/-/v"},
		{"parse.headers=true", "v", "No headers delimiter found on line number 1: 'v'"},
		{"parse.headers=true parse.key=true ignore.error=true", "v", "[]/-/v"},
		{"null.marker=N", "N", "[]/-/-"},
		{"parse.key=true null.marker=N", "N\tv", "[]/-/v"},
		{"parse.headers=true null.marker=N", "N\tv", "[]/-/v"},
		{"parse.headers=true null.marker=N", "a:N\tv", "[a=-]/-/v"},
		{"parse.headers=true null.marker=N", "N:1\tv", "Header keys should not be equal to the null marker 'N' as they can't be null"},
	} {
		r, err := newLineReader("t", parseKeyValues(propArgs(c.props)))
		if err != nil {
			t.Fatalf("%s: %v", c.props, err)
		}
		record, err := r.record(c.line)
		got := fmt.Sprint(err)
		if err == nil {
			var headers []string
			for _, h := range record.Headers {
				headers = append(headers, h.Key+"="+orNull(h.Value))
			}
			got = fmt.Sprintf("%v/%s/%s", headers, orNull(record.Key), orNull(record.Value))
		}
		if got != c.want {
			t.Errorf("%s, line %q: %s, want %s", c.props, c.line, got, c.want)
		}
	}
}

func propArgs(s string) []string {
	if strings.HasSuffix(s, " ") {
		return []string{s}
	}
	return strings.Fields(s)
}

func orNull(b []byte) string {
	if b == nil {
		return "-"
	}
	return string(b)
}

func TestLineReaderSeparators(t *testing.T) {
	for props, want := range map[string]string{
		"headers.delimiter=,":               "headers.delimiter and headers.separator may not be equal",
		"headers.delimiter=:":               "headers.delimiter and headers.key.separator may not be equal",
		"headers.separator=:":               "headers.separator and headers.key.separator may not be equal",
		"null.marker=| key.separator=|":     "null.marker and key.separator may not be equal",
		"null.marker=,":                     "null.marker and headers.separator may not be equal",
		"null.marker=x headers.delimiter=x": "null.marker and headers.delimiter may not be equal",
		"null.marker=:":                     "null.marker and headers.key.separator may not be equal",
		"null.marker=N key.separator=,":     "<nil>",
	} {
		_, err := newLineReader("t", parseKeyValues(strings.Fields(props)))
		if fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", props, err, want)
		}
	}
	if _, err := newLineReader("t", clientProps{"headers.separator": "["}); exceptionClass(err) != "java.util.regex.PatternSyntaxException" {
		t.Errorf("bad pattern: %v", err)
	}
}

// Without headers, key and marker every line comes through as it is.
func FuzzLineReader(f *testing.F) {
	f.Add("a:1,b\tk\tv", true)
	f.Fuzz(func(t *testing.T, line string, parse bool) {
		props := clientProps{"ignore.error": "true"}
		if parse {
			props["parse.key"], props["parse.headers"] = "true", "true"
		}
		r, err := newLineReader("t", props)
		if err != nil {
			t.Fatal(err)
		}
		record, err := r.record(line)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if !parse && string(record.Value) != line {
			t.Fatalf("%q became %q", line, record.Value)
		}
	})
}
