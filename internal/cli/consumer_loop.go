package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// consoleConsumer reads for kafka-console-consumer.
type consoleConsumer struct {
	env       *Env
	plan      *consumerPlan
	conf      *consumerConfig
	client    *kafkaClient
	opened    chan struct{} // closed when client is set: its callbacks may run before that
	positions *positions

	signals     <-chan os.Signal
	stopSignals func()
	stop        context.CancelFunc // ends everything that runs beside the loop
	beside      sync.WaitGroup
}

func openConsoleConsumer(env *Env, plan *consumerPlan) (*consoleConsumer, error) {
	c := &consoleConsumer{env: env, plan: plan, opened: make(chan struct{}), positions: newPositions()}
	var err error
	if c.conf, err = newConsumerConfig(env, plan.props); err != nil {
		return nil, err
	}
	opts, err := c.subscription()
	if err != nil {
		return nil, err
	}
	c.client, err = newClient(env, "Consumer", plan.props, append(c.conf.opts, opts...)...)
	if err != nil {
		return nil, &exception{class: "org.apache.kafka.common.KafkaException", text: "Failed to construct kafka consumer\n" + err.Error(), cause: err}
	}
	close(c.opened)
	c.signals, c.stopSignals = env.Interrupts()
	var ctx context.Context
	ctx, c.stop = context.WithCancel(context.Background())
	if plan.topic != "" && plan.partition == nil {
		c.beside.Add(1)
		go c.runTopicWatch(ctx)
	}
	return c, nil
}

// runTopicWatch says that the topic does not exist for as long as it does not;
// asking for it creates it where the cluster does that.
func (c *consoleConsumer) runTopicWatch(ctx context.Context) {
	defer c.beside.Done()
	w := &topicWaiter{kafkaClient: c.client, create: c.conf.autoCreate}
	_ = w.wait(ctx, c.plan.topic)
}

// subscription is one partition without a group, or topics within one.
func (c *consoleConsumer) subscription() ([]kgo.Opt, error) {
	if c.plan.partition != nil {
		at := kgo.NewOffset().At(c.plan.startOffset)
		switch c.plan.startOffset {
		case earliestOffset:
			at = kgo.NewOffset().AtStart()
		case latestOffset:
			at = kgo.NewOffset().AtEnd()
		}
		return []kgo.Opt{kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{c.plan.topic: {*c.plan.partition: at}})}, nil
	}
	opts, err := groupOptions(c.plan.props)
	if err != nil {
		return nil, err
	}
	if c.conf.autoCommit {
		opts = append(opts, kgo.AdjustFetchOffsetsFn(c.startPositions),
			kgo.OnPartitionsRevoked(c.revoked), kgo.OnPartitionsLost(c.lost))
	}
	if c.plan.topic != "" {
		return append(opts, kgo.ConsumeTopics(c.plan.topic)), nil
	}
	if _, err := regexp.Compile(c.plan.include); err != nil {
		return nil, &exception{class: "java.util.regex.PatternSyntaxException", text: err.Error()}
	}
	return append(opts, kgo.ConsumeRegex(), kgo.ConsumeTopics("^(?:"+c.plan.include+")$"),
		kgo.ConsumeExcludeTopics("^__consumer_offsets$", "^__transaction_state$", "^__share_group_state$")), nil
}

// startPositions resolves where partitions without a commit begin, so that the
// place can be committed before the first record comes.
func (c *consoleConsumer) startPositions(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	<-c.opened
	var unknown []topicPartition
	for topic, partitions := range offsets {
		for id, at := range partitions {
			if o := at.EpochOffset(); o.Offset >= 0 {
				c.positions.set(topic, id, o)
			} else {
				unknown = append(unknown, topicPartition{topic, id})
			}
		}
	}
	timestamp := c.conf.reset.EpochOffset().Offset
	if len(unknown) == 0 || timestamp != latestOffset && timestamp != earliestOffset {
		return offsets, nil
	}
	a := &admin{kafkaClient: c.client, timeout: defaultAPITimeout}
	listed, err := a.listOffsetsAt(unknown, timestamp, c.conf.isolation)
	if err != nil {
		// The library resolves them itself, only a little later.
		return offsets, nil
	}
	for _, tp := range unknown {
		if o := listed[tp]; o.err == nil && o.offset >= 0 {
			offsets[tp.topic][tp.partition] = kgo.NewOffset().At(o.offset)
			c.positions.set(tp.topic, tp.partition, kgo.EpochOffset{Epoch: -1, Offset: o.offset})
		}
	}
	return offsets, nil
}

func (c *consoleConsumer) revoked(ctx context.Context, cl *kgo.Client, partitions map[string][]int32) {
	<-c.opened
	c.positions.commit(ctx, cl, c.env, c.client.name)
	c.positions.forget(partitions)
}

func (c *consoleConsumer) lost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	<-c.opened
	c.positions.forget(partitions)
}

// consume returns how many records were taken, and why it ended if that was not
// in order.
func (c *consoleConsumer) consume(o *consumerOptions) (int, error) {
	limit := int64(-1)
	if o.set.has(o.maxMessages) {
		n, err := o.set.number(o.maxMessages)
		if err != nil {
			return 0, err
		}
		limit = n
	}
	committed := c.env.Now()
	idleSince := committed
	for count := 0; ; {
		if limit != -1 && int64(count) >= limit {
			return count, nil
		}
		records, err := c.poll(committed.Add(c.conf.interval), idleSince.Add(c.plan.timeout))
		if err != nil {
			return count, c.loopError(err)
		}
		if len(records) > 0 {
			idleSince = c.env.Now()
		}
		for _, r := range records {
			count++
			c.positions.advance(r)
			if err := c.print(r); err != nil {
				return count, err
			}
			if int64(count) == limit {
				break
			}
		}
		if c.outputGone() {
			return count, nil
		}
		if now := c.env.Now(); c.commits() && now.Sub(committed) >= c.conf.interval {
			c.positions.commit(context.Background(), c.client.Client, c.env, c.client.name)
			committed = now
		}
		if c.plan.partition == nil {
			c.client.AllowRebalance()
		}
	}
}

func (c *consoleConsumer) commits() bool { return c.conf.autoCommit && c.plan.partition == nil }

// loopError logs what ends the loop but not the tool's success.
func (c *consoleConsumer) loopError(err error) error {
	var stopped *signalError
	if errors.As(err, &stopped) {
		return err
	}
	c.env.logException("ERROR", "Error processing message, terminating consumer process: ", consoleConsumerLogger, err)
	return nil
}

// errPollPause means that it is time to commit, not that anything is wrong.
var errPollPause = errors.New("time to commit")

// poll waits for records, a signal, the timeout or the next commit.
func (c *consoleConsumer) poll(nextCommit, giveUp time.Time) ([]*kgo.Record, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		c.runPollWatch(ctx, cancel, nextCommit, giveUp)
	}()
	fetches := c.client.PollRecords(ctx, c.conf.pollRecords)
	cause := context.Cause(ctx)
	cancel(nil)
	<-watched
	if records := fetches.Records(); len(records) > 0 {
		return records, nil
	}
	if cause == nil || errors.Is(cause, errPollPause) {
		return nil, pollError(fetches)
	}
	return nil, cause
}

// pollError returns the first error that no retry will cure.
func pollError(fetches kgo.Fetches) error {
	for _, e := range fetches.Errors() {
		var k *kerr.Error
		var session *kgo.ErrGroupSession
		var lost *kgo.ErrDataLoss
		switch {
		case errors.Is(e.Err, context.Canceled), errors.Is(e.Err, context.DeadlineExceeded), errors.As(e.Err, &lost):
		case errors.As(e.Err, &k):
			if !k.Retriable && (!errors.As(e.Err, &session) || endsMembership(k)) {
				return brokerError(k.Code, nil)
			}
		case errors.As(e.Err, &session):
		default:
			return &exception{class: "org.apache.kafka.common.KafkaException", text: fmt.Sprintf("%s-%d: %v", e.Topic, e.Partition, e.Err), cause: e.Err}
		}
	}
	return nil
}

// endsMembership tells the errors after which joining again is useless; after
// all others the library joins again by itself.
func endsMembership(k *kerr.Error) bool {
	for _, end := range []*kerr.Error{kerr.GroupAuthorizationFailed, kerr.TopicAuthorizationFailed, kerr.InvalidGroupID,
		kerr.FencedInstanceID, kerr.GroupMaxSizeReached, kerr.InconsistentGroupProtocol, kerr.UnsupportedVersion,
		kerr.InvalidSessionTimeout, kerr.UnsupportedAssignor, kerr.SaslAuthenticationFailed} {
		if k == end {
			return true
		}
	}
	return false
}

func (c *consoleConsumer) runPollWatch(ctx context.Context, cancel context.CancelCauseFunc, nextCommit, giveUp time.Time) {
	var idle, commit <-chan time.Time
	if c.plan.timeout > 0 {
		timer := time.NewTimer(max(giveUp.Sub(c.env.Now()), 0))
		defer timer.Stop()
		idle = timer.C
	}
	if c.commits() {
		timer := time.NewTimer(max(nextCommit.Sub(c.env.Now()), 0))
		defer timer.Stop()
		commit = timer.C
	}
	select {
	case <-ctx.Done():
	case s := <-c.signals:
		cancel(&signalError{s})
	case <-idle:
		cancel(timedOut(""))
	case <-commit:
		cancel(errPollPause)
	}
}

// close commits, leaves the group, and ends what runs beside the loop.
func (c *consoleConsumer) close() {
	c.stop()
	if c.commits() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		c.positions.commit(ctx, c.client.Client, c.env, c.client.name)
		cancel()
	}
	c.client.Close()
	c.beside.Wait()
	c.stopSignals()
}
