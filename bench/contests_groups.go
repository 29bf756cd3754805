package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// groupContest is manyMembers with a broker that is warm.
func groupContest() contest {
	return contest{nodes: 1, repeats: 2,
		rows: []against{
			{name: "g1", what: "100 members join a group", unit: "CPU s", most: 0.1, absolute: true},
			{name: "g1wait", what: "… until all have partitions", unit: "s"},
			{name: "g1x10", what: "999 members join a group", unit: "CPU s", most: 0.8, absolute: true},
			{name: "g1x10w", what: "… until all have partitions", unit: "s"},
			{name: "g1one", what: "… one more", unit: "CPU s"},
			{name: "g1wall", what: "… until all have partitions again", unit: "s", most: 1.4, absolute: true},
		},
		on: func(b *broker) ([]float64, error) {
			if err := b.createGroupTopic(); err != nil {
				return nil, err
			}
			small, err := b.join(newGroup("small"), 100)
			if err != nil {
				return nil, err
			}
			large, err := b.join(newGroup("large"), groupPartitions-1)
			return []float64{small.cpu, small.seconds, large.cpu, large.seconds, large.oneCPU, large.oneSeconds}, err
		}}
}

func newGroup(name string) string { return fmt.Sprint(name, "-", time.Now().UnixNano()) }

// nextGroupContest is the same with the group protocol of KIP-848, whose heartbeat is
// the broker's to say: 5 s.
func nextGroupContest() contest {
	const heartbeat = 5
	return contest{nodes: 1, repeats: 2,
		rows: []against{
			{name: "g2join", what: "KIP-848: 999 members join", unit: "s"},
			{name: "g2cpu", what: "… CPU of it", unit: "CPU s"},
			{name: "g2", what: "… one more, until all have partitions", unit: "s", most: 2 * heartbeat, absolute: true},
			{name: "g2onecpu", what: "… CPU of it", unit: "CPU s"},
		},
		on: func(b *broker) ([]float64, error) {
			if err := b.hasNextGroups(); err != nil {
				return nil, err
			}
			if err := b.createGroupTopic(); err != nil {
				return nil, err
			}
			j, err := b.join(newGroup("next"), groupPartitions-1, kgo.ServerSideBalancer())
			return []float64{j.seconds, j.cpu, j.oneSeconds, j.oneCPU}, err
		}}
}

// hasNextGroups asks whether the broker answers ConsumerGroupHeartbeat: without it
// the client would join as a classic member.
func (b *broker) hasNextGroups() error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return err
	}
	defer client.Close()
	resp, err := kmsg.NewPtrApiVersionsRequest().RequestWith(context.Background(), client)
	if err != nil {
		return err
	}
	for _, k := range resp.ApiKeys {
		if k.ApiKey == kmsg.NewPtrConsumerGroupHeartbeatRequest().Key() {
			return nil
		}
	}
	return errors.New("it has no groups of KIP-848")
}
