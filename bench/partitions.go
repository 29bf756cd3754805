package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/bench/load"
)

// perTopic is the number of partitions of each topic of these rows. Kafka takes
// no more than 10,000 new ones in a request.
const perTopic = 1000

// manyPartitions are the rows about 10,000 partitions.
func manyPartitions() scenario {
	return scenario{
		rows: []value{
			{name: "f1", what: "create 10,000 partitions", unit: "s", goal: 1.5},
			{name: "f1dirs", what: "… until the last directory is there", unit: "s"},
			{name: "e2", what: "memory per idle partition", unit: "KiB", goal: 2},
			{name: "idle", what: "CPU per 5 s with 10,000 idle partitions", unit: "ms", goal: 50},
			{name: "f2", what: "start after an orderly stop", unit: "s", goal: 0.6},
			{name: "f2kill", what: "start after kill -9", unit: "s", goal: 0.6},
			{name: "e2kill", what: "memory per idle partition after that", unit: "KiB", goal: 2},
		},
		run: func(k kind, dir string) ([]measure, error) {
			r, err := runPartitions(k, dir, 10)
			return append([]measure{{r.create, r.floor}, {r.made, r.floor}},
				alone(r.kibEach, r.idleMs, r.restart, r.afterKill, r.kibEachAfterKill)...), err
		},
		repeats: 3,
	}
}

// veryManyPartitions are the rows about 100,000 partitions.
func veryManyPartitions() scenario {
	return scenario{
		rows: []value{
			{name: "f3", what: "create 100,000 partitions", unit: "s", goal: 20},
			{name: "f3dirs", what: "… until the last directory is there", unit: "s"},
			{name: "f3mem", what: "memory with them, idle", unit: "MB", goal: 300},
			{name: "f3fd", what: "descriptors open with them", unit: "", goal: 20_000},
			{name: "f3idle", what: "CPU per 5 s with them, idle", unit: "ms", goal: 50},
			{name: "f3start", what: "start after an orderly stop", unit: "s", goal: 6},
			{name: "f3kill", what: "start after kill -9", unit: "s", goal: 6},
			{name: "f3peak", what: "most memory during that start", unit: "MB", goal: 300},
		},
		run: func(k kind, dir string) ([]measure, error) {
			r, err := runPartitions(k, dir, 100)
			return append([]measure{{r.create, r.floor}, {r.made, r.floor}},
				alone(r.megabytes, r.descriptors, r.idleMs, r.restart, r.afterKill, r.peakMB)...), err
		},
		repeats: 1,
		asked:   true,
	}
}

// partitionsRun is what one broker did with many partitions. Times are in s.
type partitionsRun struct {
	floor                     float64 // making the directories and nothing else
	create, made              float64
	restart, afterKill        float64
	megabytes, peakMB         float64
	kibEach, kibEachAfterKill float64
	descriptors, idleMs       float64
}

// runPartitions goes through the life of a broker with some topics of perTopic
// partitions each: create, be idle, stop and start, be killed and start.
func runPartitions(k kind, dir string, topics int) (r partitionsRun, err error) {
	if r.floor, err = makeDirs(filepath.Join(dir, "floor"), topics); err != nil {
		return r, err
	}
	b, err := k.startIn(dir)
	if err != nil {
		return r, err
	}
	if err := b.ready(); err != nil {
		return r, b.endWith(err)
	}
	time.Sleep(idleFor)
	empty, err := b.rss()
	if err != nil {
		return r, b.endWith(err)
	}
	begin := time.Now()
	if r.create, err = b.createTopics(topics); err != nil {
		return r, b.endWith(err)
	}
	if err := b.madeDirs(topics * perTopic); err != nil {
		return r, b.endWith(err)
	}
	r.made = time.Since(begin).Seconds()
	if err := r.idle(b, empty, topics); err != nil {
		return r, b.endWith(err)
	}
	if err := b.end(syscall.SIGTERM); err != nil {
		return r, err
	}
	if b, r.restart, err = k.restart(dir); err != nil {
		return r, err
	}
	time.Sleep(idleFor)
	if err := b.end(syscall.SIGKILL); err != nil {
		return r, err
	}
	if b, r.afterKill, err = k.restart(dir); err != nil {
		return r, err
	}
	time.Sleep(restFor)
	peak, err := b.peakRSS()
	r.peakMB = float64(peak) / 1e6
	if err == nil {
		var rss int
		rss, err = b.rss()
		r.kibEachAfterKill = float64(rss-empty) / 1024 / float64(topics*perTopic)
	}
	return r, b.endWith(err)
}

// madeDirs waits until so many partitions have their directories.
func (b *broker) madeDirs(partitions int) error {
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		names, err := filepath.Glob(filepath.Join(b.dir, "data", "many-*"))
		if err != nil || len(names) >= partitions {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d directories were made", len(names), partitions)
		}
	}
}

// restFor is how long partitions are left alone until they count as idle: longer
// than the interval of the checkpoints.
const restFor = 12 * time.Second

// idle looks at a broker whose partitions nobody uses.
func (r *partitionsRun) idle(b *broker, empty, topics int) error {
	time.Sleep(restFor)
	const ticks = 3
	cpu, err := b.cpuOf(func() error { time.Sleep(ticks * 5 * time.Second); return nil })
	if err != nil {
		return err
	}
	r.idleMs = cpu * 1000 / ticks
	rss, err := b.rss()
	if err != nil {
		return err
	}
	r.megabytes = float64(rss) / 1e6
	r.kibEach = float64(rss-empty) / 1024 / float64(topics*perTopic)
	open, err := b.descriptors()
	r.descriptors = float64(open)
	return err
}

// restart starts a broker over dir again and returns it with the seconds until it
// acknowledged a record.
func (k kind) restart(dir string) (*broker, float64, error) {
	b, err := k.startIn(dir)
	if err != nil {
		return nil, 0, err
	}
	if err := load.FirstAck(b.addr, false); err != nil {
		return nil, 0, b.endWith(err)
	}
	return b, time.Since(b.started).Seconds(), nil
}

// createTopics creates topics of perTopic partitions, one request each, as a client
// does, and returns the seconds until all have leaders.
func (b *broker) createTopics(topics int) (seconds float64, err error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	begin := time.Now()
	for i := range topics {
		req := kmsg.NewPtrCreateTopicsRequest()
		req.TimeoutMillis = 120_000
		t := kmsg.NewCreateTopicsRequestTopic()
		t.Topic, t.NumPartitions, t.ReplicationFactor = "many-"+strconv.Itoa(i), perTopic, int16(len(b.at))
		req.Topics = append(req.Topics, t)
		resp, err := req.RequestWith(ctx, client)
		if err != nil {
			return 0, err
		}
		if code := resp.Topics[0].ErrorCode; code != 0 {
			return 0, fmt.Errorf("creating a topic was answered with error code %d", code)
		}
	}
	// To ask without a pause would take the broker's time.
	for ; ; time.Sleep(5 * time.Millisecond) {
		led, err := leaders(ctx, client, len(b.at))
		if err != nil || led >= topics*perTopic {
			return time.Since(begin).Seconds(), err
		}
	}
}

// leaders counts the partitions that have one and all replicas in sync.
func leaders(ctx context.Context, client *kgo.Client, replicas int) (int, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = nil
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if p.Leader >= 0 && p.ErrorCode == 0 && len(p.ISR) == replicas {
				n++
			}
		}
	}
	return n, nil
}

// makeDirs makes the directories and partition.metadata files of topics as one
// goroutine does it, and returns the seconds it takes.
func makeDirs(dir string, topics int) (float64, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return 0, err
	}
	begin := time.Now()
	for t := range topics {
		for p := range perTopic {
			sub := filepath.Join(dir, fmt.Sprintf("many-%d-%d", t, p))
			if err := os.Mkdir(sub, 0o755); err != nil {
				return 0, err
			}
			text := []byte("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA\n")
			if err := os.WriteFile(filepath.Join(sub, "partition.metadata"), text, 0o644); err != nil {
				return 0, err
			}
		}
	}
	return time.Since(begin).Seconds(), nil
}
