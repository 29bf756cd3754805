package console

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// resend writes messages that exist once more.
func (c *call) resend(in view.Resend) (view.Produced, error) {
	k, m, t, err := c.topicMeta()
	if err != nil {
		return view.Produced{}, err
	}
	const most = 1000
	if len(in.Messages) == 0 || len(in.Messages) > most {
		return view.Produced{}, invalid("messages", fmt.Sprintf("From 1 to %d messages.", most))
	}
	to := t
	if in.Topic != "" {
		if to, err = m.topic(in.Topic); err != nil {
			return view.Produced{}, err
		}
	}
	if in.Partition != nil && (*in.Partition < 0 || int(*in.Partition) >= len(to.partitions)) {
		return view.Produced{}, invalid("partition", fmt.Sprintf("%s has the partitions 0 to %d.", to.name, len(to.partitions)-1))
	}
	var records []*kgo.Record
	for _, ref := range in.Messages {
		r, err := c.record(k, t, ref.Partition, int64(ref.Offset))
		if err != nil {
			return view.Produced{}, err
		}
		if r.Attrs.IsControl() {
			return view.Produced{}, invalid("messages", "The marker of a transaction cannot be sent again.")
		}
		records = append(records, &kgo.Record{Topic: to.name, Key: r.Key, Value: r.Value, Headers: r.Headers,
			Timestamp: c.s.now(), Partition: k.choose(to, in.Partition, r.Key)})
	}
	result := view.Produced{Done: view.Done{DryRun: c.dryRun, Command: resendCommand(k, t.name, to.name, in.Messages[0])}}
	if c.dryRun {
		result.Message = fmt.Sprintf("%s can be written to %s.", count(len(records), "message"), to.name)
		for _, r := range records {
			noteProduced(&result, r, nil, false)
		}
		return result, nil
	}
	if err := c.write(k, records, writeWay{}, &result); err != nil {
		return view.Produced{}, err
	}
	k.ends.kick()
	return result, nil
}

func resendCommand(k *cluster, from, to string, ref view.RecordRef) string {
	return k.line("kafka-console-consumer", "--topic", from, "--partition", strconv.Itoa(int(ref.Partition)),
		"--offset", strconv.FormatInt(int64(ref.Offset), 10), "--max-messages", "1", "--property", "print.key=true").String() +
		" | " + k.line("kafka-console-producer", "--topic", to, "--property", "parse.key=true").String()
}

// copyMessages copies what a query finds to another topic, in order and at a
// pace, and tells how far it has come.
func (c *call) copyMessages(in view.CopyRange, write func(view.CopyEvent) error) error {
	p, err := c.planQuery(in.MessageQuery)
	if err != nil {
		return err
	}
	to, err := c.copyTarget(p, in)
	if err != nil {
		return err
	}
	j := &copyJob{c: c, p: p, to: to, in: in, tell: write}
	if in.PerSecond > 0 {
		j.pause = time.Second / time.Duration(in.PerSecond)
	}
	end := view.CopyEnd{Done: view.Done{DryRun: c.dryRun, Command: copyCommand(p.k, p.topic.name, to.name)}}
	s := p.scan(longBudget)
	if c.dryRun {
		end.Message = fmt.Sprintf("At most %d messages would be copied from %s to %s.", s.progress.Total, p.topic.name, to.name)
		end.Progress = s.progress
		return write(view.CopyEvent{End: &end})
	}
	if err := j.run(s); err != nil {
		return err
	}
	end.Progress, end.Written = s.progress, j.written
	end.Message = fmt.Sprintf("%s copied from %s to %s.", count(int(j.written), "message"), p.topic.name, to.name)
	c.changed(p.k, view.Event{Topic: to.name, Sentence: end.Message})
	p.k.ends.kick()
	return write(view.CopyEvent{End: &end})
}

// copyTarget finds the topic to write to. A topic cannot be copied onto itself:
// that would not end.
func (c *call) copyTarget(p *plan, in view.CopyRange) (*topicMeta, error) {
	m, err := p.k.metadata(c)
	if err != nil {
		return nil, err
	}
	to, err := m.topic(in.To)
	switch {
	case err != nil:
		return nil, err
	case to.name == p.topic.name:
		return nil, invalid("to", "A topic cannot be copied onto itself.")
	case in.KeepPartition && len(to.partitions) < len(p.topic.partitions):
		return nil, invalid("keepPartition", fmt.Sprintf("%s has only %s.", to.name, count(len(to.partitions), "partition")))
	case in.PerSecond < 0:
		return nil, invalid("perSecond", "At least 0.")
	}
	return to, nil
}

// copyJob is a copy under way.
type copyJob struct {
	c       *call
	p       *plan
	to      *topicMeta
	in      view.CopyRange
	tell    func(view.CopyEvent) error
	pause   time.Duration
	batch   []*kgo.Record
	written view.Int64
	taken   int
}

// copyBatch is how many messages are written at a time.
const copyBatch = 500

func (j *copyJob) run(s *scan) error {
	client, giveBack, err := j.p.k.producers.take(writeWay{})
	if err != nil {
		return err
	}
	defer giveBack()
	s.report = func(p view.Progress) error {
		return j.tell(view.CopyEvent{Progress: &view.CopyProgress{Progress: p, Written: j.written}})
	}
	err = s.run(j.c, func(r *kgo.Record) error {
		if j.in.Limit > 0 && j.taken == j.in.Limit {
			return errEnough
		}
		if r.Attrs.IsControl() {
			return nil
		}
		j.taken++
		j.batch = append(j.batch, j.record(r))
		if len(j.batch) < copyBatch && j.pause == 0 || len(j.batch) < 1 {
			return nil
		}
		return j.flush(client, s)
	})
	if err != nil {
		return err
	}
	return j.flush(client, s)
}

func (j *copyJob) record(r *kgo.Record) *kgo.Record {
	n := &kgo.Record{Topic: j.to.name, Key: r.Key, Value: r.Value, Headers: r.Headers, Timestamp: j.c.s.now()}
	if j.in.KeepTimestamp {
		n.Timestamp = r.Timestamp
	}
	var asked *int32
	if j.in.KeepPartition {
		asked = &r.Partition
	}
	n.Partition = j.p.k.choose(j.to, asked, r.Key)
	if j.in.AddOriginHeads {
		n.Headers = append(append([]kgo.RecordHeader{}, r.Headers...),
			kgo.RecordHeader{Key: "brolga-origin-topic", Value: []byte(r.Topic)},
			kgo.RecordHeader{Key: "brolga-origin-partition", Value: []byte(strconv.Itoa(int(r.Partition)))},
			kgo.RecordHeader{Key: "brolga-origin-offset", Value: []byte(strconv.FormatInt(r.Offset, 10))})
	}
	return n
}

func (j *copyJob) flush(client *kgo.Client, s *scan) error {
	if len(j.batch) == 0 {
		return nil
	}
	if err := client.ProduceSync(j.c, j.batch...).FirstErr(); err != nil {
		return writeFailure(err)
	}
	j.written += view.Int64(len(j.batch))
	wait := j.pause * time.Duration(len(j.batch))
	j.batch = j.batch[:0]
	if err := s.spend(); err != nil {
		return err
	}
	return rest(j.c, wait)
}

// rest waits unless the context ends first.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func copyCommand(k *cluster, from, to string) string {
	show := []string{"--property", "print.key=true", "--property", "print.headers=true", "--property", "null.literal=NULL"}
	parse := []string{"--property", "parse.key=true", "--property", "parse.headers=true", "--property", "null.marker=NULL"}
	return k.line("kafka-console-consumer", "--topic", from, "--from-beginning", "--timeout-ms", "5000").add(show...).String() +
		" | " + k.line("kafka-console-producer", "--topic", to).add(parse...).String()
}
