package load

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

const (
	tick = 20 * time.Millisecond
	// unanswered is how many records of a producer may be without an answer.
	unanswered = 3000
	// flushLimit is how long a producer waits for its last answers.
	flushLimit = 20 * time.Second
)

// producer is one client that sends, under a name of its own.
type producer struct {
	l        *Load
	name     string
	client   *kgo.Client
	dead     context.Context // ends when the library gave up
	die      context.CancelFunc
	sequence int
	weak     bool // acks=1: an answer promises nothing
}

// producerOf makes a producer of a kind: idempotent, plain (acks=all without sequence
// numbers) or weak (acks=1).
func (l *Load) producerOf(kind string) *producer {
	p := &producer{l: l, name: fmt.Sprint(kind, l.names.Add(1)), weak: kind == "weak"}
	p.dead, p.die = context.WithCancel(l.halt)
	opts := []kgo.Opt{
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(5 * time.Millisecond), kgo.UnknownTopicRetries(-1),
		kgo.MaxBufferedRecords(unanswered), kgo.ProduceRequestTimeout(5 * time.Second), kgo.StopProducerOnDataLossDetected(),
	}
	switch kind {
	case "plain":
		opts = append(opts, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1))
	case "weak":
		opts = append(opts, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1), kgo.RequiredAcks(kgo.LeaderAck()))
	}
	p.client = l.client(opts...)
	return p
}

// runProducer sends rate records a second, in turn to each partition.
func (l *Load) runProducer(kind string, rate int) {
	for l.halt.Err() == nil {
		p := l.producerOf(kind)
		for pause(p.dead, tick) {
			for range max(1, rate*int(tick/time.Millisecond)/1000) {
				p.send(int32(p.sequence) % l.Partitions)
			}
		}
		p.close()
	}
}

// close waits for the last answers; what has none by then is unknown.
func (p *producer) close() {
	ctx, cancel := context.WithTimeout(context.Background(), flushLimit)
	defer cancel()
	p.client.Flush(ctx)
	p.client.Close()
	p.die()
}

func (p *producer) send(partition int32) {
	value := fmt.Sprintf("%s/%d/%d", p.name, partition, p.sequence)
	p.sequence++
	learn := p.l.invoke(p.name, partition, value, !p.weak)
	// The producer's end must not cancel what was sent: its fate would be unknown.
	p.client.Produce(context.Background(), &kgo.Record{Topic: p.l.Topic, Partition: partition, Value: []byte(value)}, func(r *kgo.Record, err error) {
		if err != nil {
			learn(history.Unknown, 0)
			p.die()
			return
		}
		learn(history.OK, r.Offset)
	})
}

// invoke records that a value is sent and returns what records its outcome. Without a
// promise the outcome stays unknown.
func (l *Load) invoke(producer string, partition int32, value string, promise bool) func(history.Outcome, int64) {
	var index int
	l.H.Record(func(h *history.History) {
		index = len(h.Produces)
		h.Produces = append(h.Produces, history.Produce{Partition: l.at(partition), Producer: producer, Value: value, Invoked: l.now(), Anew: l.Library == Librdkafka})
	})
	if !promise {
		return func(history.Outcome, int64) {}
	}
	l.sent.Add(1)
	return func(outcome history.Outcome, offset int64) {
		if outcome == history.OK {
			l.ok.Add(1)
		}
		l.H.Record(func(h *history.History) {
			one := &h.Produces[index]
			one.Outcome, one.Offset, one.Ended = outcome, offset, l.now()
		})
	}
}
