package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/bench/load"
)

// failovers are the rows about brokers that go while a producer writes.
func failovers() scenario {
	return scenario{
		rows: []value{
			{name: "h", what: "kill -9 of a leader to the next acks=all ack", unit: "s", goal: 1.5},
			{name: "hstop", what: "… SIGTERM", unit: "s", goal: 0.3},
		},
		run: func(k kind, dir string) (rows []measure, err error) {
			b, err := k.of(3).startIn(dir)
			if err != nil {
				return nil, err
			}
			defer func() { err = b.endWith(err) }()
			if err := b.ready(); err != nil {
				return nil, err
			}
			killed, err := b.failover(syscall.SIGKILL)
			if err != nil {
				return nil, err
			}
			stopped, err := b.failover(syscall.SIGTERM)
			return alone(killed, stopped), err
		},
	}
}

// failover ends the broker that leads partition 0 while a client writes one record
// after the other, and returns how long it waited for the first one after that. It
// starts the broker again and waits until it has everything.
func (b *broker) failover(s syscall.Signal) (seconds float64, err error) {
	var seeds []string
	for _, p := range b.at {
		seeds = append(seeds, p.addr)
	}
	// The pauses are those of Kafka's own client: retry.backoff.ms.
	const pause = 100 * time.Millisecond
	client, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.DefaultProduceTopic(load.Topic), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MetadataMinAge(pause), kgo.RetryBackoffFn(func(int) time.Duration { return pause }))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	write := func() error { return client.ProduceSync(ctx, kgo.SliceRecord(make([]byte, 100))).FirstErr() }
	for range 100 {
		if err := write(); err != nil {
			return 0, err
		}
	}
	leader, err := leaderOf(ctx, client)
	if err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	begin := time.Now()
	go func() { ended <- b.endOne(leader, s) }()
	for running := true; running; {
		// One that began before the end of the process may still be answered by it.
		select {
		case err = <-ended:
			running = false
		default:
		}
		sent := time.Now()
		err = errors.Join(err, write())
		seconds = max(seconds, time.Since(sent).Seconds())
		if err != nil {
			return 0, fmt.Errorf("after %v: %w", time.Since(begin), err)
		}
	}
	if err := b.run(leader); err != nil {
		return 0, err
	}
	return seconds, awaitISRs(ctx, client, int32(leader+1), func(in int) bool { return in >= partitions })
}

// leaderOf returns the process that leads partition 0 of the load's topic.
func leaderOf(ctx context.Context, client *kgo.Client) (int, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = nil
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return 0, err
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if p.Partition == 0 && p.Leader > 0 {
				return int(p.Leader - 1), nil
			}
		}
	}
	return 0, errors.New("partition 0 has no leader")
}
