package cli

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/brolga-io/brolga/internal/batch"
)

// textDecoder prints a key or a value.
type textDecoder func([]byte) (string, error)

// decoderOf returns one of the decoders that come with Kafka, by any name that
// it ever had.
func decoderOf(class string) (textDecoder, error) {
	name := class[strings.LastIndexByte(class, '.')+1:]
	switch strings.TrimSuffix(class, name) {
	case "org.apache.kafka.tools.api.", "kafka.serializer.":
	default:
		name = ""
	}
	switch name {
	case "StringDecoder":
		return func(b []byte) (string, error) { return javaText(b), nil }, nil
	case "IntegerDecoder":
		return numberDecoder(4, func(b []byte) int64 { return int64(int32(binary.BigEndian.Uint32(b))) }), nil
	case "LongDecoder":
		return numberDecoder(8, func(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) }), nil
	case "DefaultDecoder":
		// Java prints the address of the array, which helps nobody.
		return func(b []byte) (string, error) { return escapedBytes(b), nil }, nil
	}
	return nil, &exception{class: "java.lang.RuntimeException", text: "Failed to load decoder class"}
}

func numberDecoder(size int, number func([]byte) int64) textDecoder {
	return func(b []byte) (string, error) {
		if len(b) < size {
			return "", bareException("java.nio.BufferUnderflowException", fmt.Sprintf("A value of %d bytes is no number of %d", len(b), size))
		}
		return strconv.FormatInt(number(b), 10), nil
	}
}

// javaText reads UTF-8 as Java's String does: what is no character becomes the
// replacement character.
func javaText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		s.WriteRune(r)
		b = b[n:]
	}
	return s.String()
}

// plainRecord prints keys and values with a decoder each.
func plainRecord(key, value textDecoder) recordParser {
	return func(r *batch.Record) (recordText, error) {
		var text recordText
		var err error
		if r.Key != nil {
			if text.key, err = decodeText(key, r.Key); err != nil {
				return text, err
			}
		}
		if r.Value != nil {
			text.value, err = decodeText(value, r.Value)
		}
		return text, err
	}
}

func decodeText(decode textDecoder, b []byte) (*string, error) {
	s, err := decode(b)
	return &s, err
}
