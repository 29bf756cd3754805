package peer

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Record is a record as the tests see it. A nil key, value or header value is
// null, an empty one is empty.
type Record struct {
	Topic     string
	Partition int32 // -1 when sending: the client's choice
	Offset    int64
	Timestamp int64 // in milliseconds; -1 when sending: now
	Key       []byte
	Value     []byte
	Headers   []Header
}

// Header is a record's header.
type Header struct {
	Key   string
	Value []byte
}

// Text makes a record of key and value that the client may place as it likes.
func Text(key, value string) Record {
	return Record{Partition: -1, Timestamp: -1, Key: []byte(key), Value: []byte(value)}
}

// Lines makes one record without a key of each value.
func Lines(values ...string) []Record {
	records := make([]Record, len(values))
	for i, v := range values {
		records[i] = Record{Partition: -1, Timestamp: -1, Value: []byte(v)}
	}
	return records
}

// String shows what a consumer can compare: all but topic and offset.
func (r Record) String() string {
	return fmt.Sprintf("%d@%d %s=%s %s", r.Partition, r.Timestamp, encode(r.Key), encode(r.Value), headerText(r.Headers))
}

// input is the record as drivers read it: partition, timestamp, key, value,
// headers.
func (r Record) input() string {
	return strings.Join([]string{
		strconv.Itoa(int(r.Partition)), strconv.FormatInt(r.Timestamp, 10),
		encode(r.Key), encode(r.Value), headerText(r.Headers),
	}, "\t")
}

// parseRecord reads a record as drivers print it: topic, partition, offset,
// timestamp, key, value, headers.
func parseRecord(line string) (Record, error) {
	f := strings.Split(line, "\t")
	if len(f) != 7 {
		return Record{}, fmt.Errorf("not a record: %q", line)
	}
	partition, err1 := strconv.ParseInt(f[1], 10, 32)
	offset, err2 := strconv.ParseInt(f[2], 10, 64)
	timestamp, err3 := strconv.ParseInt(f[3], 10, 64)
	key, err4 := decode(f[4])
	value, err5 := decode(f[5])
	headers, err6 := parseHeaders(f[6])
	for _, err := range []error{err1, err2, err3, err4, err5, err6} {
		if err != nil {
			return Record{}, fmt.Errorf("not a record: %q: %w", line, err)
		}
	}
	return Record{f[0], int32(partition), offset, timestamp, key, value, headers}, nil
}

// headerText is key=value;key=value, values in base64.
func headerText(headers []Header) string {
	parts := make([]string, len(headers))
	for i, h := range headers {
		parts[i] = h.Key + "=" + encode(h.Value)
	}
	return strings.Join(parts, ";")
}

func parseHeaders(text string) ([]Header, error) {
	if text == "" {
		return nil, nil
	}
	var headers []Header
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(part, "=")
		b, err := decode(value)
		if err != nil {
			return nil, err
		}
		headers = append(headers, Header{key, b})
	}
	return headers, nil
}

// encode is base64, and a dash for null.
func encode(b []byte) string {
	if b == nil {
		return "-"
	}
	return base64.StdEncoding.EncodeToString(b)
}

func decode(s string) ([]byte, error) {
	if s == "-" {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if b == nil {
		b = []byte{}
	}
	return b, err
}
