package main

import (
	"context"
	"slices"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// manyReplicas are the rows about 10,000 partitions with a replica on each of three
// brokers.
func manyReplicas() scenario {
	return scenario{
		rows: []value{
			{name: "f1x3", what: "create 10,000 partitions × 3", unit: "s", goal: 10},
			{name: "f2x3", what: "killed and started, in every ISR again", unit: "s", goal: 15},
			{name: "e2x3", what: "memory per idle partition × 3, leader's", unit: "KiB"},
			{name: "idlex3", what: "CPU per 5 s of the three with them, idle", unit: "ms"},
		},
		run:     runReplicas,
		repeats: 3,
	}
}

func runReplicas(k kind, dir string) (rows []measure, err error) {
	const topics = 10
	b, err := k.of(3).startIn(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = b.endWith(err) }()
	if err := b.ready(); err != nil {
		return nil, err
	}
	empty, err := b.rss()
	if err != nil {
		return nil, err
	}
	create, err := b.createTopics(topics)
	if err != nil {
		return nil, err
	}
	var r partitionsRun
	if err := r.idle(b, empty, topics); err != nil {
		return nil, err
	}
	back, err := b.rejoin(2, topics*perTopic)
	return alone(create, back, r.kibEach, r.idleMs), err
}

// rejoin kills process i, starts it when no ISR has it any more, and returns the
// seconds until all have it again.
func (b *broker) rejoin(i, partitions int) (seconds float64, err error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := b.endOne(i, syscall.SIGKILL); err != nil {
		return 0, err
	}
	id := int32(i + 1)
	if err := awaitISRs(ctx, client, id, func(in int) bool { return in == 0 }); err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := b.run(i); err != nil {
		return 0, err
	}
	err = awaitISRs(ctx, client, id, func(in int) bool { return in >= partitions })
	return time.Since(begin).Seconds(), err
}

// awaitISRs waits until the number of ISRs that a broker is in is enough.
func awaitISRs(ctx context.Context, client *kgo.Client, id int32, enough func(in int) bool) error {
	for {
		req := kmsg.NewPtrMetadataRequest()
		req.Topics = nil
		resp, err := req.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		in := 0
		for _, t := range resp.Topics {
			for _, p := range t.Partitions {
				if slices.Contains(p.ISR, id) {
					in++
				}
			}
		}
		if enough(in) {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}
