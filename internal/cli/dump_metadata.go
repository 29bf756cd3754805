package cli

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// parseMetadataRecord prints a record of the metadata log.
func parseMetadataRecord(r *batch.Record) (recordText, error) {
	var text string
	if record, version, err := wire.DecodeMetadataRecord(r.Value); err != nil {
		text = fmt.Sprintf("Error at %d, skipping. %s", r.Offset, frameProblem(r.Value, err))
	} else {
		text = fmt.Sprintf(`{"type":"%s","version":%d,"data":%s}`, recordTypeName(record), version, record.AppendJSON(nil, version))
	}
	return recordText{value: &text}, nil
}

// recordTypeName is the name of a metadata record in Java's enumeration:
// TopicRecord is TOPIC_RECORD.
func recordTypeName(record wire.Record) string {
	name := fmt.Sprintf("%T", record)
	return snakeUpper(name[strings.LastIndexByte(name, '.')+1:])
}

func snakeUpper(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// frameProblem says in Kafka's words why a framed record cannot be read.
func frameProblem(b []byte, err error) string {
	r := wire.NewReader(b)
	switch frame := r.UVarint(); {
	case r.Err() != nil:
		return "Error while reading frame version"
	case frame == 0:
		return "Could not deserialize metadata record with frame version 0. " +
			"Note that upgrades from the preview release of KRaft in 2.8 to newer versions are not supported."
	case frame != 1:
		return fmt.Sprintf("Could not deserialize metadata record due to unknown frame version %d(only frame version 1 is supported)", frame)
	}
	return err.Error()
}
