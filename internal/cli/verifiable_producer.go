package cli

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// runVerifiableProducer is kafka-verifiable-producer.
func runVerifiableProducer(env *Env, args []string) int {
	p := newVerifiableProducerArgs()
	if len(args) == 0 {
		p.printHelp(env.Stdout)
		return 0
	}
	given, err := p.parse(args)
	if err == nil {
		var plan *verifiableProducerPlan
		if plan, err = p.plan(env, given); err == nil {
			err = produceVerifiably(env, plan)
		}
	}
	return p.endTool(env, err)
}

// verifiableProducer is one run of kafka-verifiable-producer.
type verifiableProducer struct {
	*verifiableProducerPlan
	env        *Env
	events     *eventWriter
	client     *kafkaClient
	maxBlock   time.Duration
	maxRequest int64
	known      bool // the topic was there once
	start      time.Time
	sent       int64
	acked      atomic.Int64
}

func produceVerifiably(env *Env, plan *verifiableProducerPlan) error {
	conf, err := newProducerConfig(plan.props)
	if err != nil {
		return err
	}
	p := &verifiableProducer{verifiableProducerPlan: plan, env: env, events: &eventWriter{env: env}, maxBlock: conf.maxBlock, start: env.Now()}
	if p.maxRequest, err = plan.props.number("max.request.size", 1<<20); err != nil {
		return err
	}
	opts := conf.opts
	if !plan.createTime.IsZero() {
		// The library reckons the delivery timeout from a record's timestamp,
		// which says nothing here.
		opts = append(opts, kgo.RecordDeliveryTimeout(0))
	}
	if p.client, err = newClient(env, "Producer", plan.props, opts...); err != nil {
		return notConstructed("producer", err)
	}
	err = p.run()
	_ = p.client.Flush(context.Background()) // it fails only with the context
	p.client.Close()
	p.events.write("shutdown_complete", nil)
	seconds := float64(env.Now().UnixMilli()-p.start.UnixMilli()) / 1000
	p.events.write("tool_data", struct {
		Sent             int64      `json:"sent"`
		Acked            int64      `json:"acked"`
		TargetThroughput int64      `json:"target_throughput"`
		AvgThroughput    jsonDouble `json:"avg_throughput"`
	}{p.sent, p.acked.Load(), p.perSecond, jsonDouble(float64(p.acked.Load()) / seconds)})
	return err
}

func (p *verifiableProducer) run() error {
	signals, stop := p.env.Interrupts()
	defer stop()
	p.events.write("startup_complete", nil)
	pace := newThrottle(p.env, float64(p.perSecond))
	for i := int64(0); p.maxMessages < 0 || i < p.maxMessages; i++ {
		select {
		case s := <-signals:
			return &exitError{signalExit(s)}
		default:
		}
		now := p.env.Now()
		p.send(i, now)
		if pace.ahead(i, now) {
			if err := pace.wait(signals); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *verifiableProducer) send(i int64, now time.Time) {
	record := &kgo.Record{Topic: p.topic, Value: strconv.AppendInt([]byte(p.prefix), i, 10)}
	if p.repeatingKeys > 0 {
		record.Key = strconv.AppendInt(nil, i%p.repeatingKeys, 10)
	}
	if !p.createTime.IsZero() {
		record.Timestamp = p.createTime
		// The original moves on by the time since its start, with each record.
		p.createTime = p.createTime.Add(now.Sub(p.start))
	}
	p.sent++
	err := checkRecordSize(record, p.maxRequest)
	if err == nil {
		err = p.awaitTopic()
	}
	if err != nil {
		p.failed(record, err)
		return
	}
	p.client.Produce(context.Background(), record, func(r *kgo.Record, err error) {
		if err != nil {
			p.failed(r, produceError(r, err))
			return
		}
		p.acked.Add(1)
		offset := r.Offset
		if p.props["acks"] == "0" {
			offset = -1 // nobody told
		}
		p.events.write("producer_send_success", sentEvent{jsonText{r.Key}, jsonText{r.Value}, offset, r.Topic, r.Partition})
	})
}

type sentEvent struct {
	Key       jsonText `json:"key"`
	Value     jsonText `json:"value"`
	Offset    int64    `json:"offset"`
	Topic     string   `json:"topic"`
	Partition int32    `json:"partition"`
}

// awaitTopic is the wait for metadata in which Java's send blocks.
func (p *verifiableProducer) awaitTopic() error {
	if p.known {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.maxBlock)
	defer cancel()
	err := (&topicWaiter{kafkaClient: p.client, create: true}).wait(ctx, p.topic)
	if err != nil && ctx.Err() != nil {
		err = timedOut("Topic " + p.topic + " not present in metadata after " + strconv.FormatInt(p.maxBlock.Milliseconds(), 10) + " ms.")
	}
	p.known = err == nil
	return err
}

func (p *verifiableProducer) failed(r *kgo.Record, err error) {
	p.events.write("producer_send_error", struct {
		Topic     string   `json:"topic"`
		Key       jsonText `json:"key"`
		Value     jsonText `json:"value"`
		Exception string   `json:"exception"`
		Message   string   `json:"message"`
	}{r.Topic, jsonText{r.Key}, jsonText{r.Value}, "class " + exceptionClass(err), err.Error()})
}
