package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// awaitBrokers waits until all are in the metadata.
func (r *run) awaitBrokers(ctx context.Context) error {
	for {
		brokers, err := kadm.NewClient(r.client).ListBrokers(ctx)
		if err == nil && len(brokers) == nodeCount {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("%d of %d brokers", len(brokers), nodeCount)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// runAudit reads the kept topic from its start, each record when it is auditAge old.
func (r *run) runAudit(ctx context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.ConsumeTopics(keptTopic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxPartitionBytes(64<<10))
	if err != nil {
		return err
	}
	defer client.Close()
	for ctx.Err() == nil {
		client.PollRecords(ctx, 100).EachRecord(func(record *kgo.Record) {
			select {
			case <-ctx.Done():
			case <-time.After(time.Until(record.Timestamp.Add(auditAge))):
				r.ledger.audit(place{record.Partition, record.Offset}, unpadded(record.Value))
			}
		})
	}
	return nil
}

// readKept returns every record of the kept topic.
func (r *run) readKept(ctx context.Context) (map[place]string, error) {
	found := map[place]string{}
	err := r.readAll(ctx, keptTopic, func(record *kgo.Record) {
		found[place{record.Partition, record.Offset}] = unpadded(record.Value)
	})
	return found, err
}

// readKeys returns the last value of each key of the compacted topic.
func (r *run) readKeys(ctx context.Context) (map[string]string, error) {
	found := map[string]string{}
	err := r.readAll(ctx, keyedTopic, func(record *kgo.Record) {
		if record.Value == nil {
			delete(found, string(record.Key))
			return
		}
		found[string(record.Key)] = unpadded(record.Value)
	})
	return found, err
}

// readAll reads a topic from its start to its end.
func (r *run) readAll(ctx context.Context, topic string, each func(*kgo.Record)) error {
	ends, err := kadm.NewClient(r.client).ListEndOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return err
	}
	open := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			open[o.Partition] = o.Offset
		}
	})
	client, err := kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.ConsumeTopics(topic), kgo.KeepControlRecords(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.KeepRetryableFetchErrors())
	if err != nil {
		return err
	}
	defer client.Close()
	for len(open) > 0 {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("%w: the ends %v were not reached", ctx.Err(), open)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			if !record.Attrs.IsControl() {
				each(record)
			}
			if end, ok := open[record.Partition]; ok && record.Offset >= end-1 {
				delete(open, record.Partition)
			}
		})
	}
	return nil
}

// alarming are the words of a log that a soak must not have.
func alarming() []string {
	return []string{"BUG:", "panic:", "fatal error:", "DATA RACE", "FATAL"}
}

// readLog tells of the lines of the node's log that say that something is broken.
func (n *node) readLog(problem func(string, ...any)) error {
	file, err := os.Open(n.log())
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	found := 0
	for lines.Scan() {
		for _, word := range alarming() {
			if strings.Contains(lines.Text(), word) {
				if found++; found <= 3 {
					problem("node %d said: %s", n.id, lines.Text())
				}
				break
			}
		}
		if strings.Contains(lines.Text(), "] ERROR ") {
			n.errors = append(n.errors, lines.Text())
		}
	}
	return lines.Err()
}
