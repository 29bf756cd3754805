package cli

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// lineReader turns lines into records as Kafka's LineMessageReader does:
// "headers<delimiter>key<separator>value", each of the first two if asked for.
type lineReader struct {
	topic                           string
	parseKey, parseHeaders, lenient bool
	keySeparator, headersDelimiter  string
	headersSeparator                *regexp.Regexp
	headerKeySeparator              string
	nullMarker                      *string
	line                            int
}

func newLineReader(topic string, props clientProps) (*lineReader, error) {
	text := func(key, def string) string {
		if v, ok := props[key]; ok {
			return v
		}
		return def
	}
	r := &lineReader{
		topic:              topic,
		parseKey:           isTrue(props["parse.key"]),
		parseHeaders:       isTrue(props["parse.headers"]),
		lenient:            isTrue(props["ignore.error"]),
		keySeparator:       text("key.separator", "\t"),
		headersDelimiter:   text("headers.delimiter", "\t"),
		headerKeySeparator: text("headers.key.separator", ":"),
	}
	separator := text("headers.separator", ",")
	var err error
	if r.headersSeparator, err = regexp.Compile(separator); err != nil {
		return nil, &exception{class: "java.util.regex.PatternSyntaxException", text: err.Error()}
	}
	if marker, ok := props["null.marker"]; ok {
		r.nullMarker = &marker
	}
	return r, r.checkSeparators(separator)
}

func isTrue(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "true") }

func (r *lineReader) checkSeparators(headers string) error {
	equal := func(a, b string, x, y string) error {
		if x == y {
			return readerError(a + " and " + b + " may not be equal")
		}
		return nil
	}
	err := firstError(
		equal("headers.delimiter", "headers.separator", r.headersDelimiter, headers),
		equal("headers.delimiter", "headers.key.separator", r.headersDelimiter, r.headerKeySeparator),
		equal("headers.separator", "headers.key.separator", headers, r.headerKeySeparator))
	if err != nil || r.nullMarker == nil {
		return err
	}
	return firstError(
		equal("null.marker", "key.separator", *r.nullMarker, r.keySeparator),
		equal("null.marker", "headers.separator", *r.nullMarker, headers),
		equal("null.marker", "headers.delimiter", *r.nullMarker, r.headersDelimiter),
		equal("null.marker", "headers.key.separator", *r.nullMarker, r.headerKeySeparator))
}

func readerError(text string) error {
	return &exception{class: "org.apache.kafka.common.KafkaException", text: text}
}

// record parses the next line.
func (r *lineReader) record(line string) (*kgo.Record, error) {
	r.line++
	rest := line
	record := &kgo.Record{Topic: r.topic}
	if r.parseHeaders {
		headers, after, err := r.cut(line, rest, r.headersDelimiter, "headers delimiter")
		if err != nil {
			return nil, err
		}
		rest = after
		if headers != nil && !r.isNull(*headers) {
			if record.Headers, err = r.headers(*headers); err != nil {
				return nil, err
			}
		}
	}
	if r.parseKey {
		key, after, err := r.cut(line, rest, r.keySeparator, "key separator")
		if err != nil {
			return nil, err
		}
		rest = after
		if key != nil && !r.isNull(*key) {
			record.Key = []byte(*key)
		}
	}
	if !r.isNull(rest) {
		record.Value = []byte(rest)
	}
	return record, nil
}

// cut returns what stands before the separator, nil where there is none and
// errors are ignored.
func (r *lineReader) cut(line, rest, separator, name string) (*string, string, error) {
	before, after, found := strings.Cut(rest, separator)
	switch {
	case found:
		return &before, after, nil
	case r.lenient:
		return nil, rest, nil
	}
	return nil, "", readerError(fmt.Sprintf("No %s found on line number %d: '%s'", name, r.line, line))
}

func (r *lineReader) isNull(s string) bool { return r.nullMarker != nil && s == *r.nullMarker }

func (r *lineReader) headers(text string) ([]kgo.RecordHeader, error) {
	var headers []kgo.RecordHeader
	for _, pair := range javaSplit(r.headersSeparator, text) {
		key, value, found := strings.Cut(pair, r.headerKeySeparator)
		switch {
		case !found && r.lenient:
			headers = append(headers, kgo.RecordHeader{Key: pair})
			continue
		case !found:
			return nil, readerError(fmt.Sprintf("No header key separator found in pair '%s' on line number %d", pair, r.line))
		case r.isNull(key):
			return nil, readerError("Header keys should not be equal to the null marker '" + key + "' as they can't be null")
		}
		h := kgo.RecordHeader{Key: key}
		if !r.isNull(value) {
			h.Value = []byte(value)
		}
		headers = append(headers, h)
	}
	return headers, nil
}

// javaSplit splits as Java's Pattern.split: empty pieces at the end are dropped.
func javaSplit(re *regexp.Regexp, s string) []string {
	pieces := re.Split(s, -1)
	for len(pieces) > 1 && pieces[len(pieces)-1] == "" {
		pieces = pieces[:len(pieces)-1]
	}
	return pieces
}
