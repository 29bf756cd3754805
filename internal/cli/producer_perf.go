package cli

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// runProducerPerf is kafka-producer-perf-test.
func runProducerPerf(env *Env, args []string) int {
	p := newProducerPerfArgs()
	if len(args) == 0 {
		p.printHelp(env.Stdout)
		return 0
	}
	given, err := p.parse(args)
	if err == nil {
		var plan *producerPerfPlan
		if plan, err = p.plan(env, given); err == nil {
			err = runPlan(env, plan)
		}
	}
	return p.endTool(env, err)
}

// endTool prints what a tool of argparse4j that does not catch other failures
// ends with.
func (p *argParser) endTool(env *Env, err error) int {
	var wrong *argError
	var help *helpWanted
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &wrong), errors.As(err, &help):
		p.stop(env, err)
	default:
		env.errln(err.Error())
		env.errf("%s", causeLine(err))
	}
	return 1
}

func runPlan(env *Env, plan *producerPerfPlan) error {
	conf, err := newProducerConfig(plan.props)
	if err != nil {
		return err
	}
	metrics := newClientMetrics("producer", plan.props["client.id"])
	opts := append(conf.opts, kgo.WithHooks(metrics), kgo.MaxBufferedRecords(1<<20))
	if plan.transactionalID != "" {
		opts = append(opts, kgo.TransactionalID(plan.transactionalID))
	}
	client, err := newClient(env, "Producer", plan.props, opts...)
	if err != nil {
		return err
	}
	defer client.Close()
	maxRequest, err := plan.props.number("max.request.size", 1<<20)
	if err != nil {
		return err
	}
	run := &producerPerf{env: env, producerPerfPlan: plan, client: client, maxBlock: conf.maxBlock, maxRequestBytes: maxRequest}
	if err := run.send(); err != nil {
		return err
	}
	if err := client.Flush(context.Background()); err != nil {
		return err
	}
	run.stats.printTotal()
	if run.steadyStats != nil {
		run.steadyStats.printTotal()
	}
	if plan.printMetrics {
		metrics.print(env)
	}
	return nil
}

// producerPerf is one run of kafka-producer-perf-test.
type producerPerf struct {
	*producerPerfPlan
	env             *Env
	client          *kafkaClient
	maxBlock        time.Duration
	maxRequestBytes int64
	stats           *perfStats
	steadyStats     *perfStats // after the warmup
}

func (p *producerPerf) send() error {
	signals, stop := p.env.Interrupts()
	defer stop()
	if err := p.awaitTopic(context.Background()); err != nil {
		return err
	}
	if p.warmupRecords > 0 {
		p.env.outf("Warmup first %d records. Steady state results will print after the complete test summary.\n", p.warmupRecords)
	}
	p.stats = newPerfStats(p.env, p.numRecords, p.interval, false)
	pace := newThrottle(p.env, p.perSecond)
	txn := &perfTransaction{producerPerf: p}
	for i := range p.numRecords {
		select {
		case s := <-signals:
			return &exitError{signalExit(s)}
		default:
		}
		if err := txn.begin(); err != nil {
			return err
		}
		now := p.env.Now()
		p.sendOne(i, now)
		if err := txn.commitIfDue(now); err != nil {
			return err
		}
		if pace.ahead(i, now) {
			if err := pace.wait(signals); err != nil {
				return err
			}
		}
	}
	return txn.commit()
}

// awaitTopic is the wait for metadata in which Java's first send blocks.
func (p *producerPerf) awaitTopic(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.maxBlock)
	defer cancel()
	err := (&topicWaiter{kafkaClient: p.client, create: true}).wait(ctx, p.topic)
	if err != nil && ctx.Err() != nil {
		return timedOut("Topic " + p.topic + " not present in metadata after " + strconv.FormatInt(p.maxBlock.Milliseconds(), 10) + " ms.")
	}
	return err
}

func (p *producerPerf) sendOne(i int64, now time.Time) {
	if p.warmupRecords > 0 && i == p.warmupRecords {
		p.steadyStats = newPerfStats(p.env, p.numRecords-p.warmupRecords, p.interval, true)
		p.stats.silence()
	}
	stats, steady := p.stats, p.steadyStats
	value := p.payload(i)
	record := &kgo.Record{Topic: p.topic, Value: value}
	if err := checkRecordSize(record, p.maxRequestBytes); err != nil {
		p.env.errln(exceptionLine(err))
		return
	}
	p.client.Produce(context.Background(), record, func(r *kgo.Record, err error) {
		if err != nil {
			p.env.errln(exceptionLine(produceError(r, err)))
			return
		}
		done := p.env.Now()
		latencyMs := done.Sub(now).Milliseconds()
		stats.record(latencyMs, len(value), done)
		if steady != nil {
			steady.record(latencyMs, len(value), done)
		}
	})
}

// perfTransaction wraps the records sent within a duration; it does nothing
// where the plan has no transactions.
type perfTransaction struct {
	*producerPerf
	open  bool
	since time.Time
}

func (t *perfTransaction) begin() error {
	if t.transaction == 0 || t.open {
		return nil
	}
	t.open, t.since = true, t.env.Now()
	return t.client.BeginTransaction()
}

func (t *perfTransaction) commitIfDue(now time.Time) error {
	if t.transaction == 0 || now.Sub(t.since) < t.transaction {
		return nil
	}
	return t.commit()
}

func (t *perfTransaction) commit() error {
	if !t.open {
		return nil
	}
	t.open = false
	if err := t.client.Flush(context.Background()); err != nil {
		return err
	}
	if err := t.client.EndTransaction(context.Background(), kgo.TryCommit); err != nil {
		if known, ok := asBrokerError(err); ok {
			return known
		}
		return err
	}
	return nil
}
