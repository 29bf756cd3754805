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
	"github.com/twmb/franz-go/pkg/kerr"
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
	small, err := b.join("small", 100)
	if err != nil {
		return nil, err
	}
	large, err := b.join("large", groupPartitions-1)
	return alone(small.cpu, large.cpu, large.oneCPU, large.oneSeconds), err
}

// joined is what a broker took to let a group form, and one more member come to it.
type joined struct {
	cpu, seconds, oneCPU, oneSeconds float64
}

func (b *broker) createGroupTopic() error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = kadm.NewClient(client).CreateTopic(context.Background(), groupPartitions, 1, nil, groupTopic)
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return nil
	}
	if err != nil {
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
	opts        []kgo.Opt
	clients     []*kgo.Client

	mu      sync.Mutex
	owned   map[int]int
	holding int // members that have some
	total   int // partitions that they have
	changed chan struct{}
}

// join starts members and measures until all of them have partitions, then for one
// more. Options are added to those of each member.
func (b *broker) join(group string, count int, more ...kgo.Opt) (j joined, err error) {
	m := &members{addr: b.addr, group: group, opts: more, owned: map[int]int{}, changed: make(chan struct{}, 1)}
	defer m.close()
	begin := time.Now()
	j.cpu, err = b.cpuOf(func() error {
		for i := range count {
			if err := m.add(i); err != nil {
				return err
			}
		}
		return m.settled(count)
	})
	if err != nil {
		return j, err
	}
	j.seconds = time.Since(begin).Seconds()
	time.Sleep(2 * groupHeartbeat)
	begin = time.Now()
	j.oneCPU, err = b.cpuOf(func() error {
		if err := m.add(count); err != nil {
			return err
		}
		return m.settled(count + 1)
	})
	j.oneSeconds = time.Since(begin).Seconds()
	return j, err
}

// add starts a member.
func (m *members) add(number int) error {
	opts := []kgo.Opt{
		kgo.SeedBrokers(m.addr), kgo.ConsumerGroup(m.group), kgo.ConsumeTopics(groupTopic),
		kgo.Balancers(kgo.RangeBalancer()), kgo.HeartbeatInterval(groupHeartbeat),
		kgo.SessionTimeout(30 * time.Second), kgo.DisableAutoCommit(), kgo.FetchMaxWait(30 * time.Second),
		kgo.MetadataMinAge(10 * time.Second),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { m.owns(number, len(p[groupTopic])) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, _ map[string][]int32) { m.owns(number, 0) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, _ map[string][]int32) { m.owns(number, 0) }),
	}
	client, err := kgo.NewClient(append(opts, m.opts...)...)
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
