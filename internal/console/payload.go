package console

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/filter"
	"github.com/brolga-io/brolga/internal/console/view"
)

// payload shows at most n bytes.
func payload(b []byte, n int) view.Payload {
	p := view.Payload{Null: b == nil, Size: len(b), Encoding: view.EncodingText, Format: view.KindEmpty}
	if len(b) == 0 {
		return p
	}
	shown := b
	if len(b) > n {
		p.Truncated = true
		shown = cutRune(b[:n])
	}
	p.Format = kindOf(b)
	if p.Format == view.KindBinary {
		p.Encoding, p.Data = view.EncodingBase64, base64.StdEncoding.EncodeToString(shown)
	} else {
		p.Data = string(shown)
	}
	p.Number = bigEndian(b)
	return p
}

// cutRune takes a character off the end that was cut in two.
func cutRune(b []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// kindOf guesses what bytes are. More than the first megabyte of them is not
// looked at.
func kindOf(b []byte) view.PayloadKind {
	const enough = 1 << 20
	long := len(b) > enough
	if long {
		b = cutRune(b[:enough])
	}
	if !utf8.Valid(b) {
		return view.KindBinary
	}
	controls := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			controls++
		}
	}
	switch {
	case controls > 0:
		return view.KindBinary
	case long && (b[0] == '{' || b[0] == '['), filter.LooksLikeJSON(b):
		return view.KindJSON
	}
	return view.KindText
}

// bigEndian is the number that 4 or 8 bytes are as Java's serializers write it.
// Bytes that can be read as text are none.
func bigEndian(b []byte) string {
	printable := true
	for _, c := range b {
		printable = printable && c >= 0x20 && c < 0x7f
	}
	switch {
	case printable:
	case len(b) == 4:
		return strconv.FormatInt(int64(int32(binary.BigEndian.Uint32(b))), 10)
	case len(b) == 8:
		return strconv.FormatInt(int64(binary.BigEndian.Uint64(b)), 10)
	}
	return ""
}

// message shows a record with at most n bytes of key, value and each header.
func message(r *kgo.Record, n int) view.Message {
	m := view.Message{
		Partition: r.Partition, Offset: view.Int64(r.Offset), Timestamp: view.Int64(r.Timestamp.UnixMilli()),
		LogAppendTime: r.Attrs.TimestampType() == 1, Key: payload(r.Key, n), Value: payload(r.Value, n),
		Compression: codecName(r.Attrs.CompressionType()), LeaderEpoch: r.LeaderEpoch,
		ProducerID: view.Int64(r.ProducerID), ProducerEpoch: int32(r.ProducerEpoch), Transactional: r.Attrs.IsTransactional(),
	}
	for _, h := range r.Headers {
		m.Headers = append(m.Headers, view.Header{Name: text8(h.Key), Value: payload(h.Value, n)})
	}
	if r.Attrs.IsControl() {
		m.Control = markerName(r.Key)
	}
	m.Note = note(r)
	return m
}

// text8 is a name as valid UTF-8.
func text8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strconv.Quote(s)
}

func codecName(codec uint8) string {
	names := []string{"none", "gzip", "snappy", "lz4", "zstd"}
	if int(codec) < len(names) {
		return names[codec]
	}
	return "unknown"
}

// markerName reads the key of a control record: version, type.
func markerName(key []byte) string {
	if len(key) < 4 {
		return "unknown"
	}
	switch binary.BigEndian.Uint16(key[2:]) {
	case 0:
		return "abort"
	case 1:
		return "commit"
	}
	return "other"
}

// record is a record as the filter sees it.
func filterRecord(r *kgo.Record, into *filter.Record) {
	into.Topic, into.Partition, into.Offset = r.Topic, r.Partition, r.Offset
	into.Timestamp, into.Key, into.Value = r.Timestamp.UnixMilli(), r.Key, r.Value
	into.Headers = into.Headers[:0]
	for _, h := range r.Headers {
		into.Headers = append(into.Headers, filter.Header{Name: h.Key, Value: h.Value})
	}
}

// isText tells whether every part of a record is UTF-8.
func isText(r *kgo.Record) bool {
	if !utf8.Valid(r.Key) || !utf8.Valid(r.Value) {
		return false
	}
	for _, h := range r.Headers {
		if !utf8.Valid(h.Value) {
			return false
		}
	}
	return true
}
