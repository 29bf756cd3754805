package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// manyMembers are the rows about large classic groups: the broker's CPU time from
// the first client's start until all members have their partitions.
func manyMembers() scenario {
	return scenario{
		rows: []value{
			{name: "g1", what: "100 members join a group", unit: "CPU s", goal: 0.1},
			{name: "g1x10", what: "999 members join a group", unit: "CPU s", goal: 0.8},
			{name: "g1one", what: "… one more", unit: "CPU s"},
			{name: "g1wall", what: "… until all have their partitions again", unit: "s", goal: math.Round(10*(groupHeartbeat.Seconds()+0.4)) / 10},
		},
		run:     runMembers,
		repeats: 3,
	}
}

const (
	groupTopic      = "grouped"
	groupPartitions = 1000
	groupHeartbeat  = time.Second
)

// runMembers lets groups of 100 and of 1,000 members form, and one member come to
// the larger one.
func runMembers(k kind, dir string) (rows []measure, err error) {
	b, err := k.with("group.initial.rebalance.delay.ms=0").startIn(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.end(syscall.SIGKILL)) }()
	if err := b.ready(); err != nil {
		return nil, err
	}
	if err := b.createGroupTopic(); err != nil {
		return nil, err
	}
	small, _, _, err := b.join("small", 100)
	if err != nil {
		return nil, err
	}
	large, more, wall, err := b.join("large", groupPartitions-1)
	return alone(small, large, more, wall), err
}

func (b *broker) createGroupTopic() error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err = kadm.NewClient(client).CreateTopic(context.Background(), groupPartitions, 1, nil, groupTopic); err != nil {
		return err
	}
	// The topic of the offsets is there when the first member comes.
	if _, err = kadm.NewClient(client).FetchOffsets(context.Background(), "any"); err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // until the directories are made
	return nil
}

// members are the clients of one group, and how many partitions each has.
type members struct {
	addr, group string
	clients     []*kgo.Client

	mu      sync.Mutex
	owned   map[int]int
	holding int // members that have some
	total   int // partitions that they have
	changed chan struct{}
}

// join starts members and returns the broker's CPU seconds until all of them have
// partitions, then those for one more, with the time that takes.
func (b *broker) join(group string, count int) (cpu, more, wall float64, err error) {
	m := &members{addr: b.addr, group: group, owned: map[int]int{}, changed: make(chan struct{}, 1)}
	defer m.close()
	cpu, err = b.cpuOf(func() error {
		for i := range count {
			if err := m.add(i); err != nil {
				return err
			}
		}
		return m.settled(count)
	})
	if err != nil {
		return 0, 0, 0, err
	}
	time.Sleep(2 * groupHeartbeat)
	begin := time.Now()
	more, err = b.cpuOf(func() error {
		if err := m.add(count); err != nil {
			return err
		}
		return m.settled(count + 1)
	})
	return cpu, more, time.Since(begin).Seconds(), err
}

// add starts a member.
func (m *members) add(number int) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(m.addr), kgo.ConsumerGroup(m.group), kgo.ConsumeTopics(groupTopic),
		kgo.Balancers(kgo.RangeBalancer()), kgo.HeartbeatInterval(groupHeartbeat),
		kgo.SessionTimeout(30*time.Second), kgo.DisableAutoCommit(), kgo.FetchMaxWait(30*time.Second),
		kgo.MetadataMinAge(10*time.Second),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { m.owns(number, len(p[groupTopic])) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, _ map[string][]int32) { m.owns(number, 0) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, _ map[string][]int32) { m.owns(number, 0) }),
	)
	if err != nil {
		return err
	}
	m.clients = append(m.clients, client)
	return nil
}

// owns notes how many partitions a member has now.
func (m *members) owns(number, partitions int) {
	m.mu.Lock()
	m.total += partitions - m.owned[number]
	m.owned[number] = partitions
	m.holding = 0
	for _, n := range m.owned {
		if n > 0 {
			m.holding++
		}
	}
	m.mu.Unlock()
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// settled waits until so many members share all partitions.
func (m *members) settled(holding int) error {
	late := time.After(2 * time.Minute)
	for {
		m.mu.Lock()
		done := m.holding == holding && m.total == groupPartitions
		have, total := m.holding, m.total
		m.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-m.changed:
		case <-late:
			return fmt.Errorf("group %s: %d of %d members have %d of %d partitions", m.group, have, holding, total, groupPartitions)
		}
	}
}

// close ends the clients. What they do then is not measured.
func (m *members) close() {
	var wg sync.WaitGroup
	for _, c := range m.clients {
		wg.Go(c.CloseAllowingRebalance)
	}
	wg.Wait()
}
