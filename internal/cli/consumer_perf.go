package cli

import (
	"context"
	"errors"
	"os"
	"regexp"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// runConsumerPerf is kafka-consumer-perf-test.
func runConsumerPerf(env *Env, args []string) int {
	o := newConsumerPerfOptions(env)
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	if err := o.check(env, args); err != nil {
		return o.parser.stop(env, err)
	}
	if !o.set.has(o.hideHeader) {
		printConsumerPerfHeader(env, o.set.has(o.details))
	}
	c, err := openConsumerPerf(env, o)
	if err == nil {
		err = c.run()
	}
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	}
	return env.failCaused(err)
}

func printConsumerPerfHeader(env *Env, details bool) {
	first := "start.time, end.time"
	if details {
		first = "time, threadId"
	}
	env.outln(first + ", data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec")
}

// consumerPerf is one run of kafka-consumer-perf-test.
type consumerPerf struct {
	*consumerPerfPlan
	env          *Env
	conf         *consumerConfig
	client       *kafkaClient
	metrics      *clientMetrics
	clientID     string
	printMetrics bool
	positions    *positions
	joining      *joinClock
}

// openConsumerPerf looks at the properties before the plan, as the original,
// whose consumer is made first.
func openConsumerPerf(env *Env, o *consumerPerfOptions) (*consumerPerf, error) {
	props, err := o.props()
	if err != nil {
		return nil, err
	}
	c := &consumerPerf{env: env, clientID: clientLabel("Consumer", props), positions: newPositions(), joining: newJoinClock(env), printMetrics: o.set.has(o.printMetrics)}
	c.metrics = newClientMetrics("consumer", props["client.id"])
	opts, err := c.options(o, props)
	if err != nil {
		return nil, err
	}
	if c.client, err = newClient(env, "Consumer", props, opts...); err != nil {
		return nil, notConstructed("consumer", err)
	}
	if c.consumerPerfPlan, err = o.plan(); err != nil {
		c.client.Close()
		return nil, err
	}
	return c, nil
}

func (c *consumerPerf) options(o *consumerPerfOptions, props clientProps) ([]kgo.Opt, error) {
	var err error
	if c.conf, err = newConsumerConfig(c.env, props); err != nil {
		return nil, err
	}
	group, err := groupOptions(props)
	if err != nil {
		return nil, err
	}
	topics, err := o.topics()
	if err != nil {
		return nil, err
	}
	opts := append(append(c.conf.opts, group...), topics...)
	return append(opts, kgo.WithHooks(c.metrics), kgo.OnPartitionsAssigned(c.assigned),
		kgo.OnPartitionsRevoked(c.revoked), kgo.OnPartitionsLost(c.lost)), nil
}

func (o *consumerPerfOptions) topics() ([]kgo.Opt, error) {
	topic, err := o.set.value(o.topic)
	if err != nil {
		return nil, err
	}
	if o.set.has(o.topic) {
		return []kgo.Opt{kgo.ConsumeTopics(topic)}, nil
	}
	include, err := o.set.value(o.include)
	if err != nil {
		return nil, err
	}
	if _, err := regexp.Compile(include); err != nil {
		return nil, &exception{class: "java.util.regex.PatternSyntaxException", text: err.Error()}
	}
	return []kgo.Opt{kgo.ConsumeRegex(), kgo.ConsumeTopics("^(?:" + include + ")$")}, nil
}

func (c *consumerPerf) assigned(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.joining.assigned(partitions)
}

func (c *consumerPerf) revoked(ctx context.Context, cl *kgo.Client, partitions map[string][]int32) {
	if c.conf.autoCommit {
		c.positions.commit(ctx, cl, c.env, "[Consumer clientId="+c.clientID+"]")
	}
	c.lost(ctx, cl, partitions)
}

func (c *consumerPerf) lost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.positions.forget(partitions)
	c.joining.revoked(partitions)
}

func (c *consumerPerf) run() error {
	signals, stop := c.env.Interrupts()
	defer stop()
	report := newConsumerPerfReport(c.env, c.consumerPerfPlan, c.joining)
	err := c.consume(signals, report)
	end := c.env.Now()
	if err == nil && report.records < c.numRecords {
		report.warnOfTimeout()
	}
	c.close()
	if err != nil {
		return err
	}
	if !c.details {
		report.printTotal(end)
	}
	if c.printMetrics {
		c.metrics.print(c.env)
	}
	return nil
}

const perfPoll = 100 * time.Millisecond

// consume polls until there were enough records or none for too long.
func (c *consumerPerf) consume(signals <-chan os.Signal, report *consumerPerfReport) error {
	now := c.env.Now()
	idleSince, committed := now, now
	for report.records < c.numRecords && now.Sub(idleSince).Milliseconds() <= c.timeoutMs {
		select {
		case s := <-signals:
			return &exitError{signalExit(s)}
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), perfPoll)
		fetches := c.client.PollRecords(ctx, c.conf.pollRecords)
		cancel()
		now = c.env.Now()
		if c.take(fetches, report, now) {
			idleSince = now
		} else if err := pollError(fetches); err != nil {
			return err
		}
		if c.conf.autoCommit && now.Sub(committed) >= c.conf.interval {
			c.positions.commit(context.Background(), c.client.Client, c.env, c.client.name)
			committed = now
		}
		c.client.AllowRebalance()
	}
	return nil
}

// take counts what a poll returned and tells whether that was anything.
func (c *consumerPerf) take(fetches kgo.Fetches, report *consumerPerfReport, now time.Time) bool {
	any := false
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if len(p.Records) == 0 {
			return
		}
		any = true
		for _, r := range p.Records {
			report.record(len(r.Key)+len(r.Value), now)
		}
		c.positions.advance(p.Records[len(p.Records)-1])
	})
	return any
}

func (c *consumerPerf) close() {
	if c.conf.autoCommit {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		c.positions.commit(ctx, c.client.Client, c.env, c.client.name)
		cancel()
	}
	c.client.Close()
}
