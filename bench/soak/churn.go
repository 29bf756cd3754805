package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// churnEvery is how often a topic is created; it lives for two rounds.
const churnEvery = 5 * time.Second

// runChurn creates topics, sets configs, adds partitions, writes a record, and
// deletes them; a dynamic config of the brokers changes with each round. While a
// node restarts, some of it may be refused: that is counted and goes on.
func (r *run) runChurn(ctx context.Context) error {
	admin := kadm.NewClient(r.client)
	number := 0
	var made []string // and not known to be deleted
	return every(ctx, churnEvery, func() error {
		ctx, cancel := context.WithTimeout(ctx, 2*churnEvery)
		defer cancel()
		number++
		name := fmt.Sprint("churn-", number)
		made = append(made, name)
		if err := r.churn(ctx, admin, name, number); err != nil {
			r.load.adminFailures.Add(1)
		}
		for len(made) > 2 {
			resp, err := admin.DeleteTopic(ctx, made[0])
			if err == nil {
				err = resp.Err
			}
			if err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
				r.load.adminFailures.Add(1)
				break // and again in the next round
			}
			made = made[1:]
		}
		return nil
	})
}

func (r *run) churn(ctx context.Context, admin *kadm.Client, name string, number int) error {
	replicas := int16(1 + number%nodeCount)
	if _, err := admin.CreateTopic(ctx, int32(1+number%4), replicas, nil, name); err != nil {
		return err
	}
	r.load.topics.Add(1)
	retention := fmt.Sprint(60_000 + number)
	if _, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Name: "retention.ms", Value: &retention}}, name); err != nil {
		return err
	}
	if _, err := admin.UpdatePartitions(ctx, 6, name); err != nil {
		return err
	}
	if _, err := admin.AlterBrokerConfigs(ctx, []kadm.AlterConfig{{Name: "message.max.bytes", Value: kadm.StringPtr(fmt.Sprint(2_000_000 + number%2))}}); err != nil {
		return err
	}
	record := &kgo.Record{Topic: name, Value: padded("churn")}
	return r.client.ProduceSync(ctx, record).FirstErr()
}

// restartEvery is the time between two restarts; down how long a node stays down.
const (
	restartEvery = 2 * time.Minute
	down         = 5 * time.Second
)

// runRestarts restarts node 2 and node 3 in turn, twice orderly and twice by
// kill -9. Node 1 is never touched.
func (r *run) runRestarts(ctx context.Context) error {
	number := 0
	return every(ctx, restartEvery, func() error {
		n := r.fleet.nodes[1+number%2]
		signal, count := syscall.SIGTERM, &r.load.restarts
		if number/2%2 == 1 {
			signal, count = syscall.SIGKILL, &r.load.kills
		}
		number++
		if _, err := n.end(signal); err != nil {
			return err
		}
		count.Add(1)
		select {
		case <-ctx.Done():
		case <-time.After(down):
		}
		return r.fleet.start(n)
	})
}
