package console

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// produce writes messages where Java's producer would: with a key where murmur2
// says, without one over all partitions in turn. (Java's producer changes the
// partition batch by batch; by hand one writes no batches.)
func (c *call) produce(in view.Produce) (view.Produced, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.Produced{}, err
	}
	records, err := c.newRecords(k, t, in)
	if err != nil {
		return view.Produced{}, err
	}
	result := view.Produced{Done: view.Done{DryRun: c.dryRun, Command: produceCommand(k, t.name, in)}}
	if c.dryRun {
		result.Message = fmt.Sprintf("%s can be written.", count(len(records), "message"))
		for _, r := range records {
			noteProduced(&result, r, nil, false)
		}
		return result, nil
	}
	if err := c.write(k, records, writeWay{string(in.Compression), string(in.Acks)}, &result); err != nil {
		return view.Produced{}, err
	}
	k.ends.kick()
	return result, nil
}

// newRecords checks messages and chooses their partitions.
func (c *call) newRecords(k *cluster, t *topicMeta, in view.Produce) ([]*kgo.Record, error) {
	copies := max(1, in.Copies)
	switch {
	case len(in.Messages) == 0:
		return nil, invalid("messages", "There is no message.")
	case len(in.Messages)*copies > maxProduceMessages || copies > maxProduceMessages:
		return nil, invalid("copies", fmt.Sprintf("At most %d messages at once.", maxProduceMessages))
	case in.Compression != "" && !slices.Contains(in.Compression.Values(), string(in.Compression)):
		return nil, invalid("compression", "It is none of "+strings.Join(in.Compression.Values(), ", ")+".")
	case in.Acks != "" && !slices.Contains(in.Acks.Values(), string(in.Acks)):
		return nil, invalid("acks", "It is none of "+strings.Join(in.Acks.Values(), ", ")+".")
	case len(t.partitions) == 0:
		return nil, invalid("", "The topic has no partitions yet. Try again in a moment.")
	}
	records := make([]*kgo.Record, 0, len(in.Messages)*copies)
	for i, m := range in.Messages {
		r, err := newRecord(t, m)
		if err != nil {
			f := err.(*failure)
			f.field = fmt.Sprintf("messages.%d.%s", i, f.field)
			return nil, f
		}
		if r.Timestamp.IsZero() {
			r.Timestamp = c.s.now()
		}
		for range copies {
			one := *r
			one.Partition = k.choose(t, m.Partition, r.Key)
			records = append(records, &one)
		}
	}
	return records, nil
}

// choose picks a partition: the one asked for, the key's, or the next in turn.
func (k *cluster) choose(t *topicMeta, asked *int32, key []byte) int32 {
	switch {
	case asked != nil:
		return *asked
	case key != nil:
		return partitionOf(key, len(t.partitions))
	}
	return int32((k.turn.Add(1) - 1) % uint64(len(t.partitions)))
}

func newRecord(t *topicMeta, m view.NewMessage) (*kgo.Record, error) {
	r := &kgo.Record{Topic: t.name}
	var err error
	if m.Partition != nil && (*m.Partition < 0 || int(*m.Partition) >= len(t.partitions)) {
		return nil, invalid("partition", fmt.Sprintf("%s has the partitions 0 to %d.", t.name, len(t.partitions)-1))
	}
	if r.Key, err = bytesOf(m.Key, m.Encoding); err != nil {
		return nil, invalid("key", err.Error())
	}
	if r.Value, err = bytesOf(m.Value, m.Encoding); err != nil {
		return nil, invalid("value", err.Error())
	}
	for i, h := range m.Headers {
		value, err := bytesOf(h.Value, m.Encoding)
		if err != nil {
			return nil, invalid(fmt.Sprintf("headers.%d", i), err.Error())
		}
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: h.Name, Value: value})
	}
	if m.Timestamp != nil {
		if *m.Timestamp < 0 {
			return nil, invalid("timestamp", "The time is before 1970.")
		}
		r.Timestamp = time.UnixMilli(int64(*m.Timestamp))
	}
	return r, nil
}

// bytesOf reads text or base64; nil stays Kafka's null.
func bytesOf(s *string, e view.Encoding) ([]byte, error) {
	if s == nil {
		return nil, nil
	}
	if e != view.EncodingBase64 {
		return []byte(*s), nil
	}
	b, err := base64.StdEncoding.DecodeString(*s)
	if err != nil {
		return nil, fmt.Errorf("This is not base64.")
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

// writePatience is how long writing may take.
const writePatience = 20 * time.Second

// write sends records in order and notes what came of each. It fails only where
// nothing was written.
func (c *call) write(k *cluster, records []*kgo.Record, way writeWay, result *view.Produced) error {
	client, giveBack, err := k.producers.take(way)
	if err != nil {
		return err
	}
	defer giveBack()
	writing, cancel := context.WithTimeout(c, writePatience)
	defer cancel()
	answers := client.ProduceSync(writing, records...)
	var first error
	// Answers come as brokers give them; the page wants the order of the request.
	failed := make(map[*kgo.Record]error, len(answers))
	for _, a := range answers {
		failed[a.Record] = a.Err
	}
	for _, r := range records {
		err := failed[r]
		if err != nil && first == nil {
			first = err
		}
		noteProduced(result, r, err, true)
	}
	if result.Written == 0 && first != nil {
		return writeFailure(first)
	}
	result.Message = fmt.Sprintf("%s written.", count(result.Written, "message"))
	if result.Failed > 0 {
		f, _ := explain(first)
		result.Problem = f.message
		result.Message += fmt.Sprintf(" %s failed.", count(result.Failed, "message"))
	}
	return nil
}
