package cli

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// The logs of the three coordinators differ in their records only.
func groupLog(r *batch.Record) (recordText, error) {
	return coordinatorRecord(r, wire.DecodeGroupRecordKey, wire.DecodeGroupRecordValue)
}

func transactionLog(r *batch.Record) (recordText, error) {
	return coordinatorRecord(r, wire.DecodeTransactionRecordKey, wire.DecodeTransactionRecordValue)
}

func shareLog(r *batch.Record) (recordText, error) {
	return coordinatorRecord(r, wire.DecodeShareRecordKey, wire.DecodeShareRecordValue)
}

func coordinatorRecord(r *batch.Record, decodeKey func([]byte) (wire.Record, error),
	decodeValue func(int16, []byte) (wire.Record, int16, error)) (recordText, error) {
	if r.Key == nil {
		return recordText{}, &exception{class: "java.lang.RuntimeException",
			text: fmt.Sprintf("Failed to decode message at offset %d using the specified decoder (message had a missing key)", r.Offset)}
	}
	key, err := decodeKey(r.Key)
	if errors.Is(err, wire.ErrUnknownRecordType) {
		return keyText(fmt.Sprintf("Unknown record type %d at offset %d, skipping.", int16(binary.BigEndian.Uint16(r.Key)), r.Offset)), nil
	}
	if err != nil {
		return keyText(fmt.Sprintf("Error at offset %d, skipping. %v", r.Offset, err)), nil
	}
	text := keyText(fmt.Sprintf(`{"type":"%d","data":%s}`, key.RecordType(), key.AppendJSON(nil, 0)))
	value := "<DELETE>"
	if r.Value != nil {
		v, version, err := decodeValue(key.RecordType(), r.Value)
		if err != nil {
			return keyText(fmt.Sprintf("Error at offset %d, skipping. %v", r.Offset, err)), nil
		}
		value = fmt.Sprintf(`{"version":"%d","data":%s}`, version, valueJSON(v, version))
	}
	text.value = &value
	return text, nil
}

func keyText(s string) recordText { return recordText{key: &s} }

// valueJSON prints a value. What a classic group's members told each other is
// bytes to the coordinator; where they are consumers it is taken apart.
func valueJSON(value wire.Record, version int16) string {
	text := string(value.AppendJSON(nil, version))
	group, ok := value.(*wire.GroupMetadataValue)
	if !ok || group.ProtocolType != "consumer" {
		return text
	}
	var b strings.Builder
	for _, m := range group.Members {
		text = replaceBytes(&b, text, "subscription", m.Subscription, &wire.ConsumerProtocolSubscription{})
		text = replaceBytes(&b, text, "assignment", m.Assignment, &wire.ConsumerProtocolAssignment{})
	}
	b.WriteString(text)
	return b.String()
}

// replaceBytes copies text up to and with the next field of that name, whose
// bytes it replaces by the message in them, and returns the rest. A quote in
// front of a colon is never part of a JSON string, so the field is found by its
// text.
func replaceBytes(b *strings.Builder, text, field string, content []byte, m jsonMessage) string {
	marker := `,"` + field + `":"`
	at := strings.Index(text, marker)
	if at < 0 || len(content) < 2 {
		return text
	}
	end := at + len(marker) + base64.StdEncoding.EncodedLen(len(content)) + 1
	version := int16(binary.BigEndian.Uint16(content))
	in := wire.NewReader(content[2:])
	if version >= 0 {
		m.Decode(in, version)
	}
	if version < 0 || in.Err() != nil {
		b.WriteString(text[:end])
		return text[end:]
	}
	b.WriteString(text[:at+len(marker)-1])
	b.Write(m.AppendJSON(nil, version))
	return text[end:]
}
