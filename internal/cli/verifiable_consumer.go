package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// runVerifiableConsumer is kafka-verifiable-consumer.
func runVerifiableConsumer(env *Env, args []string) int {
	p := newVerifiableConsumerArgs()
	if len(args) == 0 {
		p.printHelp(env.Stdout)
		return 0
	}
	given, err := p.parse(args)
	if err == nil {
		var plan *verifiableConsumerPlan
		if plan, err = p.plan(env, given); err == nil {
			err = consumeVerifiably(env, plan)
		}
	}
	return p.endTool(env, err)
}

// verifiableConsumer is one run of kafka-verifiable-consumer.
type verifiableConsumer struct {
	*verifiableConsumerPlan
	env       *Env
	events    *eventWriter
	conf      *consumerConfig
	client    *kafkaClient
	positions *positions
	consumed  int64
}

func consumeVerifiably(env *Env, plan *verifiableConsumerPlan) error {
	c := &verifiableConsumer{verifiableConsumerPlan: plan, env: env, events: &eventWriter{env: env}, positions: newPositions()}
	var err error
	if c.conf, err = newConsumerConfig(env, plan.props); err != nil {
		return err
	}
	group, err := groupOptions(plan.props)
	if err != nil {
		return notConstructed("consumer", err)
	}
	// The group is joined when the client is made.
	c.events.write("startup_complete", nil)
	opts := append(append(c.conf.opts, group...), kgo.ConsumeTopics(plan.topic),
		kgo.OnPartitionsAssigned(c.assigned), kgo.OnPartitionsRevoked(c.revoked), kgo.OnPartitionsLost(c.lost))
	if c.client, err = newClient(env, "Consumer", plan.props, opts...); err != nil {
		return notConstructed("consumer", err)
	}
	return c.run()
}

// run reads until there was enough, a signal or an error. As in the original an
// error is logged and the tool succeeds.
func (c *verifiableConsumer) run() error {
	err := c.consume()
	var stopped *signalError
	interrupted := errors.As(err, &stopped)
	switch {
	case interrupted:
		c.events.write("shutdown_requested", nil)
	case err != nil:
		c.env.logException("ERROR", "Error during processing, terminating consumer process: ", "org.apache.kafka.tools.VerifiableConsumer", err)
	}
	if c.autocommit {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		c.positions.commit(ctx, c.client.Client, c.env, c.client.name)
		cancel()
	}
	c.client.Close()
	c.events.write("shutdown_complete", nil)
	if interrupted {
		return &exitError{signalExit(stopped.signal)}
	}
	c.events.write("shutdown_requested", nil)
	return nil
}

func (c *verifiableConsumer) consume() error {
	signals, stop := c.env.Interrupts()
	defer stop()
	committed := c.env.Now()
	for c.maxMessages < 0 || c.consumed < c.maxMessages {
		select {
		case s := <-signals:
			return &signalError{s}
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), perfPoll)
		fetches := c.client.PollRecords(ctx, c.conf.pollRecords)
		cancel()
		if fetches.NumRecords() == 0 {
			if err := pollError(fetches); err != nil {
				return err
			}
		} else if err := c.received(fetches); err != nil {
			return err
		}
		if now := c.env.Now(); c.autocommit && now.Sub(committed) >= c.conf.interval {
			c.positions.commit(context.Background(), c.client.Client, c.env, c.client.name)
			committed = now
		}
		c.client.AllowRebalance()
	}
	return nil
}

type partitionEvent struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

type recordsEvent struct {
	partitionEvent
	Count     int   `json:"count"`
	MinOffset int64 `json:"minOffset"`
	MaxOffset int64 `json:"maxOffset"`
}

// received reports what a poll returned, as far as it was asked for, and
// commits that unless commits are automatic.
func (c *verifiableConsumer) received(fetches kgo.Fetches) error {
	summaries := []recordsEvent{}
	offsets := map[string]map[int32]kgo.EpochOffset{}
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		records := p.Records
		if c.maxMessages >= 0 {
			records = records[:min(int64(len(records)), c.maxMessages-c.consumed)]
		}
		if len(records) == 0 {
			return
		}
		last := records[len(records)-1]
		summaries = append(summaries, recordsEvent{partitionEvent{p.Topic, p.Partition}, len(records), records[0].Offset, last.Offset})
		if offsets[p.Topic] == nil {
			offsets[p.Topic] = map[int32]kgo.EpochOffset{}
		}
		offsets[p.Topic][p.Partition] = kgo.EpochOffset{Epoch: -1, Offset: last.Offset + 1}
		c.positions.advance(last)
		if c.verbose {
			c.printRecords(records)
		}
		c.consumed += int64(len(records))
	})
	c.events.write("records_consumed", struct {
		Count      int            `json:"count"`
		Partitions []recordsEvent `json:"partitions"`
	}{fetches.NumRecords(), summaries})
	if c.autocommit {
		return nil
	}
	return c.commit(offsets)
}

func (c *verifiableConsumer) printRecords(records []*kgo.Record) {
	for _, r := range records {
		c.events.write("record_data", struct {
			Key   jsonText `json:"key"`
			Value jsonText `json:"value"`
			partitionEvent
			Offset int64 `json:"offset"`
		}{jsonText{r.Key}, jsonText{r.Value}, partitionEvent{r.Topic, r.Partition}, r.Offset})
	}
}

type commitEvent struct {
	partitionEvent
	Offset int64 `json:"offset"`
}

// commit reports how it went; only a fenced member gives up.
func (c *verifiableConsumer) commit(offsets map[string]map[int32]kgo.EpochOffset) error {
	var failed error
	ctx := kgo.PreCommitFnContext(context.Background(), withoutMetadata)
	c.client.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
		failed = commitFailure(resp, err)
	})
	var e *exception
	if errors.As(failed, &e) && e.class == errorsPackage+"FencedInstanceIdException" {
		return failed
	}
	event := struct {
		Offsets []commitEvent `json:"offsets"`
		Error   string        `json:"error,omitempty"`
		Success bool          `json:"success"`
	}{Offsets: []commitEvent{}, Success: failed == nil}
	if failed != nil {
		event.Error = failed.Error()
	}
	for topic, partitions := range offsets {
		for id, at := range partitions {
			event.Offsets = append(event.Offsets, commitEvent{partitionEvent{topic, id}, at.Offset})
		}
	}
	slices.SortFunc(event.Offsets, func(a, b commitEvent) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	c.events.write("offsets_committed", event)
	return nil
}

// commitFailure is the first error of a commit.
func commitFailure(resp *kmsg.OffsetCommitResponse, err error) error {
	if known, ok := asBrokerError(err); ok {
		return known
	}
	if err != nil || resp == nil {
		return err
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			err = firstError(err, brokerError(p.ErrorCode, nil))
		}
	}
	return err
}

func (c *verifiableConsumer) assigned(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.partitionsEvent("partitions_assigned", partitions)
}

func (c *verifiableConsumer) revoked(ctx context.Context, cl *kgo.Client, partitions map[string][]int32) {
	if c.autocommit {
		c.positions.commit(ctx, cl, c.env, "[Consumer clientId="+clientLabel("Consumer", c.props)+"]")
	}
	c.lost(ctx, cl, partitions)
}

// lost reports the same as revoked, which is what a Java listener without a
// method of its own for it does.
func (c *verifiableConsumer) lost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.positions.forget(partitions)
	c.partitionsEvent("partitions_revoked", partitions)
}

func (c *verifiableConsumer) partitionsEvent(name string, partitions map[string][]int32) {
	list := []partitionEvent{}
	for topic, ids := range partitions {
		for _, id := range ids {
			list = append(list, partitionEvent{topic, id})
		}
	}
	slices.SortFunc(list, func(a, b partitionEvent) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	c.events.write(name, struct {
		Partitions []partitionEvent `json:"partitions"`
	}{list})
}
