package cli

import (
	"io"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordFormatter writes one consumed record.
type recordFormatter interface {
	write(w io.Writer, r *kgo.Record) error
}

// newFormatter returns the formatter of a class name, with its package of any
// Kafka version or without.
func newFormatter(env *Env, class string, props clientProps) (recordFormatter, error) {
	name := class[strings.LastIndexAny(class, ".$")+1:]
	switch name {
	case "DefaultMessageFormatter":
		return newDefaultFormatter(env, props), nil
	case "LoggingMessageFormatter":
		// Its second copy goes to the log at INFO, which the tools do not show.
		return newDefaultFormatter(env, props), nil
	case "NoOpMessageFormatter":
		return noFormatter{}, nil
	case "OffsetsMessageFormatter":
		return coordinatorFormatter{offsetRecordJSON}, nil
	case "GroupMetadataMessageFormatter":
		return coordinatorFormatter{groupRecordJSON}, nil
	case "TransactionLogMessageFormatter":
		return coordinatorFormatter{transactionRecordJSON}, nil
	}
	return nil, &exception{class: "java.lang.ClassNotFoundException", text: class}
}

type noFormatter struct{}

func (noFormatter) write(io.Writer, *kgo.Record) error { return nil }

// defaultFormatter prints the parts that were asked for, in this order.
type defaultFormatter struct {
	timestamp, partition, offset, delivery, epoch, headers, key, value bool

	keySeparator, lineSeparator, headersSeparator, nullLiteral string
	keyDeserializer, valueDeserializer, headersDeserializer    deserializer
}

func newDefaultFormatter(env *Env, props clientProps) *defaultFormatter {
	text := func(key, def string) string {
		if v, ok := props[key]; ok {
			return v
		}
		return def
	}
	return &defaultFormatter{
		timestamp: isTrue(props["print.timestamp"]), partition: isTrue(props["print.partition"]),
		offset: isTrue(props["print.offset"]), delivery: isTrue(props["print.delivery"]), epoch: isTrue(props["print.epoch"]),
		headers: isTrue(props["print.headers"]), key: isTrue(props["print.key"]), value: isTrue(text("print.value", "true")),
		keySeparator: text("key.separator", "\t"), lineSeparator: text("line.separator", "\n"),
		headersSeparator: text("headers.separator", ","), nullLiteral: text("null.literal", "null"),
		keyDeserializer:     findDeserializer(env, props["key.deserializer"]),
		valueDeserializer:   findDeserializer(env, props["value.deserializer"]),
		headersDeserializer: findDeserializer(env, props["headers.deserializer"]),
	}
}

// write stops at the first part that cannot be deserialized, with what stands
// before it printed, as the original does.
func (f *defaultFormatter) write(w io.Writer, r *kgo.Record) error {
	parts := []struct {
		wanted bool
		text   func() (string, error)
	}{
		{f.timestamp, func() (string, error) { return timestampText(r), nil }},
		{f.partition, func() (string, error) { return "Partition:" + strconv.Itoa(int(r.Partition)), nil }},
		{f.offset, func() (string, error) { return "Offset:" + strconv.FormatInt(r.Offset, 10), nil }},
		// The console consumer of Kafka hands neither on to its formatters.
		{f.delivery, func() (string, error) { return "Delivery:NOT_PRESENT", nil }},
		{f.epoch, func() (string, error) { return "Epoch:NOT_PRESENT", nil }},
		{f.headers, func() (string, error) { return f.headersText(r) }},
		{f.key, func() (string, error) { return f.deserialize(f.keyDeserializer, r.Key) }},
		{f.value, func() (string, error) { return f.deserialize(f.valueDeserializer, r.Value) }},
	}
	last := -1
	for i, p := range parts {
		if p.wanted {
			last = i
		}
	}
	for i, p := range parts {
		if !p.wanted {
			continue
		}
		text, err := p.text()
		if err != nil {
			return err
		}
		end := f.keySeparator
		if i == last {
			end = f.lineSeparator
		}
		if _, err := io.WriteString(w, text+end); err != nil {
			return nil // seen where the output is flushed
		}
	}
	return nil
}

func timestampText(r *kgo.Record) string {
	ms := strconv.FormatInt(r.Timestamp.UnixMilli(), 10)
	switch r.Attrs.TimestampType() {
	case 0:
		return "CreateTime:" + ms
	case 1:
		return "LogAppendTime:" + ms
	}
	return "NO_TIMESTAMP"
}

func (f *defaultFormatter) headersText(r *kgo.Record) (string, error) {
	if len(r.Headers) == 0 {
		return "NO_HEADERS", nil
	}
	texts := make([]string, len(r.Headers))
	for i, h := range r.Headers {
		value, err := f.deserialize(f.headersDeserializer, h.Value)
		if err != nil {
			return "", err
		}
		texts[i] = h.Key + ":" + value
	}
	return strings.Join(texts, f.headersSeparator), nil
}

// deserialize gives a missing value to the deserializer as the null literal.
func (f *defaultFormatter) deserialize(d deserializer, b []byte) (string, error) {
	if b == nil {
		b = []byte(f.nullLiteral)
	}
	if d == nil {
		return string(b), nil
	}
	return d(b)
}
