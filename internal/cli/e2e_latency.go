package cli

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// runE2ELatency is kafka-e2e-latency: how long a record takes from the producer
// to a consumer, one at a time.
func runE2ELatency(env *Env, args []string) int {
	o := newE2EOptions()
	args, err := namedArgs(env, args)
	if err != nil {
		return endArgs(env, err)
	}
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	plan, err := o.plan(env, args)
	switch err.(type) {
	case nil:
	case *usageError, *exitError:
		return o.parser.stop(env, err)
	default:
		return env.failCaused(err)
	}
	t, err := openE2E(env, plan)
	if err != nil {
		return env.failCaused(err)
	}
	defer t.Close()
	if err := t.run(); err != nil {
		return env.failCaused(err)
	}
	return 0
}

// e2eTool is one run of kafka-e2e-latency.
type e2eTool struct {
	*e2ePlan
	env      *Env
	consumer *kafkaClient
	producer *kafkaClient
	random   *javaRandom
}

// openE2E makes the clients. The consumer does not set fetch.max.wait.ms to 0
// like the original's: a fetch that waits at the broker is answered at once
// where there is a record, and does not burn the processor where there is none.
func openE2E(env *Env, plan *e2ePlan) (*e2eTool, error) {
	t := &e2eTool{e2ePlan: plan, env: env, random: newJavaRandom(0)}
	plan.props["bootstrap.servers"] = plan.bootstrap
	read := clientProps{}.merge(plan.props)
	read["group.id"] = "test-group-" + strconv.FormatInt(env.Now().UnixMilli(), 10)
	read["auto.offset.reset"] = "latest"
	read.orDefault("client.id", "consumer-"+read["group.id"]+"-1")
	conf, err := newConsumerConfig(env, read)
	if err != nil {
		return nil, err
	}
	if t.consumer, err = newClient(env, "Consumer", read, conf.opts...); err != nil {
		return nil, notConstructed("consumer", err)
	}
	write := clientProps{}.merge(plan.props)
	write["linger.ms"], write["acks"] = "0", plan.acks
	write["max.block.ms"] = strconv.FormatInt(math.MaxInt64, 10)
	write.orDefault("client.id", "producer-1")
	sending, err := newProducerConfig(write)
	if err == nil {
		if t.producer, err = newClient(env, "Producer", write, sending.opts...); err != nil {
			err = notConstructed("producer", err)
		}
	}
	if err != nil {
		t.consumer.Close()
	}
	return t, err
}

func (t *e2eTool) Close() {
	t.producer.Close()
	t.consumer.Close()
}

func (t *e2eTool) run() error {
	if err := t.start(); err != nil {
		return err
	}
	signals, stop := t.env.Interrupts()
	defer stop()
	latencies := make([]time.Duration, 0, t.records)
	total := time.Duration(0)
	for i := range t.records {
		select {
		case s := <-signals:
			return &exitError{signalExit(s)}
		default:
		}
		record := t.record()
		begin := t.env.Now()
		if err := t.producer.ProduceSync(context.Background(), record).FirstErr(); err != nil {
			return executionFailed(produceError(record, err))
		}
		fetches, err := t.poll()
		elapsed := t.env.Now().Sub(begin)
		if err == nil {
			err = checkArrived(record, fetches.Records())
		}
		if err != nil {
			return err
		}
		if i%1000 == 0 {
			t.env.outln(strconv.FormatInt(i, 10) + "\t" + javaFloat(milliseconds(elapsed), 64))
			_ = t.env.flush()
		}
		total += elapsed
		latencies = append(latencies, elapsed)
	}
	t.printResults(total, latencies)
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / 1000 }

// start creates the topic where it is absent and puts the consumer at the ends
// of its partitions.
func (t *e2eTool) start() error {
	a := &admin{kafkaClient: t.consumer, timeout: defaultAPITimeout}
	partitions, err := a.partitionsOf(t.topic)
	if err != nil {
		return err
	}
	if len(partitions) == 0 {
		if err := t.createTopic(a); err != nil {
			return err
		}
		waiter := &topicWaiter{kafkaClient: t.consumer}
		if err := waiter.wait(context.Background(), t.topic); err != nil {
			return err
		}
		if partitions, err = a.partitionsOf(t.topic); err != nil {
			return err
		}
	}
	ends, err := a.listOffsets(partitions, latestOffset)
	if err != nil {
		return err
	}
	at := map[int32]kgo.Offset{}
	for _, tp := range partitions {
		if err := ends[tp].err; err != nil {
			return err
		}
		at[tp.partition] = kgo.NewOffset().At(ends[tp].offset)
	}
	t.consumer.AddConsumePartitions(map[string]map[int32]kgo.Offset{t.topic: at})
	return nil
}

// partitionsOf returns nothing for a topic that does not exist.
func (a *admin) partitionsOf(topic string) ([]topicPartition, error) {
	resp, err := a.metadata("listTopics", nil)
	if err != nil {
		return nil, err
	}
	var partitions []topicPartition
	for _, t := range resp.Topics {
		if t.Topic == nil || *t.Topic != topic {
			continue
		}
		for _, p := range t.Partitions {
			partitions = append(partitions, topicPartition{topic, p.Partition})
		}
	}
	return partitions, nil
}

func (t *e2eTool) createTopic(a *admin) error {
	t.env.outf("Topic \"%s\" does not exist. Will create topic with 1 partition(s) and replication factor = 1\n", t.topic)
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = t.topic, 1, 1
	if err := a.createTopic(topic); err != nil {
		t.env.outf("Creation of topic %s failed\n", t.topic)
		failed := executionFailed(err)
		return &exception{class: "java.lang.RuntimeException", text: exceptionLine(failed), cause: failed}
	}
	return nil
}

func (t *e2eTool) record() *kgo.Record {
	r := &kgo.Record{Topic: t.topic, Key: t.letters(t.keySize), Value: t.letters(t.recordSize)}
	for range t.headers {
		h := kgo.RecordHeader{Key: string(t.letters(t.headerKeySize))}
		if t.headerSize >= 0 {
			h.Value = t.letters(t.headerSize)
		}
		r.Headers = append(r.Headers, h)
	}
	return r
}

// letters is one letter again and again, of which the seed decides.
func (t *e2eTool) letters(size int64) []byte {
	return bytes.Repeat([]byte{byte('A' + t.random.intn(26))}, int(size))
}

const e2ePoll = time.Minute

func (t *e2eTool) poll() (kgo.Fetches, error) {
	ctx, cancel := context.WithTimeout(context.Background(), e2ePoll)
	defer cancel()
	for {
		fetches := t.consumer.PollFetches(ctx)
		switch err := pollError(fetches); {
		case fetches.NumRecords() > 0:
			return fetches, nil
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, runtimeException("poll() timed out before finding a result (timeout:[60000ms])")
		}
	}
}

func runtimeException(text string) error {
	return &exception{class: "java.lang.RuntimeException", text: text}
}

func checkArrived(sent *kgo.Record, read []*kgo.Record) error {
	r := read[0]
	switch {
	case !bytes.Equal(sent.Value, r.Value):
		return runtimeException(fmt.Sprintf("The message value read [%s] did not match the message value sent [%s]", r.Value, sent.Value))
	case r.Key == nil:
		return runtimeException("Expected message key but received null")
	case !bytes.Equal(sent.Key, r.Key):
		return runtimeException(fmt.Sprintf("The message key read [%s] did not match the message key sent [%s]", r.Key, sent.Key))
	case len(r.Headers) == 0 && len(sent.Headers) > 0:
		return runtimeException("Expected message headers but received none")
	case len(r.Headers) != len(sent.Headers):
		return runtimeException("Header count mismatch between sent and received messages")
	}
	for i, h := range sent.Headers {
		if got := r.Headers[i]; got.Key != h.Key || !bytes.Equal(got.Value, h.Value) {
			return runtimeException(fmt.Sprintf("The message header read [%s:%v] did not match the message header sent [%s:%v]", got.Key, got.Value, h.Key, h.Value))
		}
	}
	if len(read) != 1 {
		return runtimeException(fmt.Sprintf("Only one result was expected during this test. We found [%d]", len(read)))
	}
	return nil
}

func (t *e2eTool) printResults(total time.Duration, latencies []time.Duration) {
	t.env.outf("Avg latency: %s ms\n", javaFixed(milliseconds(total)/float64(t.records), 4))
	slices.Sort(latencies)
	at := func(share float64) int64 { return latencies[int(float64(len(latencies))*share)].Milliseconds() }
	t.env.outf("Percentiles: 50th = %d, 99th = %d, 99.9th = %d\n", at(0.5), at(0.99), at(0.999))
}
