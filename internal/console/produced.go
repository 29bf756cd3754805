package console

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// maxListedRecords is how many records an answer lists one by one.
const maxListedRecords = 1000

// noteProduced adds what came of one record.
func noteProduced(p *view.Produced, r *kgo.Record, err error, written bool) {
	at := view.RecordAt{Partition: r.Partition, Offset: -1, Timestamp: view.Int64(r.Timestamp.UnixMilli())}
	if err != nil {
		f, _ := explain(writeFailure(err))
		at.Problem = f.message
		p.Failed++
	} else {
		if written {
			at.Offset = view.Int64(r.Offset)
			p.Written++
		}
		noteRange(p, at)
	}
	if len(p.Records) < maxListedRecords {
		p.Records = append(p.Records, at)
	}
}

func noteRange(p *view.Produced, at view.RecordAt) {
	i, found := slices.BinarySearchFunc(p.Partitions, at.Partition, func(w view.WrittenRange, n int32) int { return int(w.Partition - n) })
	if !found {
		p.Partitions = slices.Insert(p.Partitions, i, view.WrittenRange{Partition: at.Partition, First: at.Offset, Last: at.Offset})
	}
	w := &p.Partitions[i]
	w.Count++
	w.First, w.Last = min(w.First, at.Offset), max(w.Last, at.Offset)
}

// writeFailure words what most often goes wrong with writing.
func writeFailure(err error) error {
	switch {
	case errors.Is(err, kerr.MessageTooLarge):
		return &failure{status: 413, code: kerr.MessageTooLarge.Message,
			message: "The message is larger than the topic takes.", hint: "max.message.bytes of the topic sets the limit, message.max.bytes of the brokers its default."}
	case errors.Is(err, kgo.ErrRecordTimeout), errors.Is(err, kgo.ErrRecordRetries), errors.Is(err, context.DeadlineExceeded):
		return &failure{status: 504, code: codeTimedOut, message: "No leader took the message in time.",
			hint: "Look at the topic's partitions: is one without a leader, or with too few in-sync replicas?"}
	}
	return err
}

// produceCommand writes the same messages with kafka-console-producer, as far as
// that tool can: it knows no partition and no timestamp.
func produceCommand(k *cluster, topic string, in view.Produce) string {
	m := in.Messages[0]
	line := k.line("kafka-console-producer", "--topic", topic)
	if in.Compression != "" && in.Compression != "none" {
		line.add("--compression-codec", string(in.Compression))
	}
	prefix := ""
	if len(m.Headers) > 0 {
		line.add("--property", "parse.headers=true")
		for i, h := range m.Headers {
			if i > 0 {
				prefix += ","
			}
			prefix += h.Name + ":" + orNull(h.Value)
		}
		prefix += "\t"
	}
	if m.Key != nil || m.Value == nil {
		line.add("--property", "parse.key=true")
		prefix += orNull(m.Key) + "\t"
	}
	if m.Value == nil || m.Key == nil && len(prefix) > 0 {
		line.add("--property", "null.marker=NULL")
	}
	text := prefix + orNull(m.Value)
	if len(text) > 2000 {
		text = clip(text, 2000)
	}
	source := "printf '%s\\n' " + shellQuote(text)
	if in.Copies > 1 {
		source = fmt.Sprintf("for i in $(seq %d); do %s; done", in.Copies, source)
	}
	return source + " | " + line.String()
}

func orNull(s *string) string {
	if s == nil {
		return "NULL"
	}
	return *s
}
