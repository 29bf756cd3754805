package main

import (
	"errors"
	"slices"
	"time"

	"github.com/brolga-io/brolga/bench/load"
)

// row is one measure.
type row struct {
	name string
	what string
	unit string
	// goal is the most that brolga may take: times the floor's value, or in the
	// unit itself if absolute.
	goal     float64
	absolute bool
	nodes    int // 0 is one
	// memory is of a process that did nothing before: a heap that was in use hides
	// what comes.
	memory bool
	// on measures with a broker that is ready, cold goes through a life of its own;
	// one of them is set.
	on   func(b *broker) (float64, error)
	cold func(k kind, dir string) (float64, error)
}

// rows are the measures of the table, with the names of docs/performance.md.
func rows() []row {
	produce := func(records, size, inFlight, bytes int, acks int16) func(*broker) (float64, error) {
		return producing(load.Produce{Conns: 2, InFlight: inFlight, Records: records, Size: size, Bytes: bytes, Acks: acks})
	}
	const some, fewer, fewest = 400e6, 200e6, 40e6
	return []row{
		{name: "a1", what: "produce, 100 × 100 B", unit: "CPU s/GB", goal: 1.5, on: produce(100, 100, 5, some, load.Leader)},
		{name: "a2", what: "produce, 16 × 1 KB", unit: "CPU s/GB", goal: 1.3, on: produce(16, 1000, 5, some, load.Leader)},
		{name: "a3", what: "produce, 1 MB batches", unit: "CPU s/GB", goal: 1.2, on: produce(1000, 1000, 5, some, load.Leader)},
		{name: "a4", what: "produce, single records, 100 in flight", unit: "CPU s/Mrec", goal: 2, on: produce(1, 100, 100, some, load.Leader)},
		{name: "a5", what: "produce, one record in flight", unit: "CPU µs/request", goal: 1.4, on: roundTrips(3 * time.Second)},
		{name: "a6", what: "acks=all, 3 brokers, 100 × 100 B", unit: "CPU s/GB", goal: 1, nodes: 3, on: produce(100, 100, 5, fewer, load.All)},
		{name: "a6kb", what: "… 16 × 1 KB", unit: "CPU s/GB", goal: 1, nodes: 3, on: produce(16, 1000, 5, fewer, load.All)},
		{name: "a6one", what: "… single records, 100 in flight", unit: "CPU s/Mrec", goal: 1, nodes: 3, on: produce(1, 100, 100, fewest, load.All)},
		{name: "a7", what: "… one record in flight, p50", unit: "µs", goal: 1.5, nodes: 3, on: halfOfTrips(3*time.Second, load.All)},
		{name: "b1", what: "fetch, catch-up by 1 MiB", unit: "CPU s/GB", goal: 1.25, on: catchUp(some)},
		{name: "b2", what: "fetch at the end, 1 consumer", unit: "CPU µs/answer", goal: 1.4, on: tailing(1, 4*time.Second)},
		{name: "b2x10", what: "fetch at the end, 10 consumers", unit: "CPU µs/answer", goal: 1.4, on: tailing(10, 4*time.Second)},
		{name: "d", what: "exec to the first acknowledged record", unit: "ms", goal: 60, absolute: true, cold: firstAck},
		{name: "e1", what: "memory when idle", unit: "MiB", goal: 25, absolute: true, cold: idleMemory},
		{name: "e3", what: "memory per idle connection", unit: "KiB", goal: 6, absolute: true, memory: true, on: idleConnections(8000)},
	}
}

// measure measures with a kind that is started for it.
func (r row) measure(k kind, dir string) (float64, error) {
	if r.cold != nil {
		return r.cold(k, dir)
	}
	var v float64
	err := k.of(max(1, r.nodes)).while(dir, func(b *broker) (err error) {
		v, err = r.on(b)
		return err
	})
	return v, err
}

// while runs f with a broker that is ready, and ends it.
func (k kind) while(dir string, f func(b *broker) error) error {
	b, err := k.start(dir)
	if err != nil {
		return err
	}
	if err = b.ready(); err == nil {
		err = f(b)
	}
	return errors.Join(err, b.stop())
}

// cpuOf is the CPU time, in seconds, that the broker takes during f.
func (b *broker) cpuOf(f func() error) (float64, error) {
	before, err := b.cpu()
	if err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	after, err := b.cpu()
	return (after - before).Seconds(), err
}

// producing measures seconds per GB, for single records per million of them.
func producing(p load.Produce) func(*broker) (float64, error) {
	return func(b *broker) (float64, error) {
		var requests, bytes int
		cpu, err := b.cpuOf(func() (err error) {
			requests, bytes, err = p.Run(b.addr, partitions)
			return err
		})
		if p.Records == 1 {
			return cpu / float64(requests) * 1e6, err
		}
		return cpu / float64(bytes) * 1e9, err
	}
}

func roundTrips(d time.Duration) func(*broker) (float64, error) {
	return func(b *broker) (float64, error) {
		var times []time.Duration
		cpu, err := b.cpuOf(func() (err error) {
			times, err = load.RoundTrips(b.addr, load.Leader, 100, d)
			return err
		})
		return cpu / float64(len(times)) * 1e6, err
	}
}

// halfOfTrips measures the µs in which half of the records are answered that are
// sent one after the other.
func halfOfTrips(d time.Duration, acks int16) func(*broker) (float64, error) {
	return func(b *broker) (float64, error) {
		times, err := load.RoundTrips(b.addr, acks, 100, d)
		if err != nil || len(times) == 0 {
			return 0, err
		}
		slices.Sort(times)
		return float64(times[len(times)/2].Nanoseconds()) / 1000, nil
	}
}

func catchUp(bytes int) func(*broker) (float64, error) {
	return func(b *broker) (float64, error) {
		fill := load.Produce{Conns: partitions, InFlight: 5, Records: 100, Size: 100, Bytes: bytes, Acks: load.Leader}
		if _, _, err := fill.Run(b.addr, partitions); err != nil {
			return 0, err
		}
		var read int
		cpu, err := b.cpuOf(func() (err error) {
			_, read, err = load.CatchUp(b.addr, partitions, 1<<20)
			return err
		})
		return cpu / float64(read) * 1e9, err
	}
}

func tailing(consumers int, d time.Duration) func(*broker) (float64, error) {
	return func(b *broker) (float64, error) {
		var cpu float64
		var cpuErr error
		answers, err := load.Tail(b.addr, consumers, 1000, d, func(produce func()) {
			cpu, cpuErr = b.cpuOf(func() error { produce(); return nil })
		})
		if err == nil {
			err = cpuErr
		}
		return cpu / float64(answers) * 1e6, err
	}
}

// firstAck is the time in ms from starting the process to the first record that
// is acknowledged, its topic created on the way.
func firstAck(k kind, dir string) (ms float64, err error) {
	b, err := k.start(dir)
	if err != nil {
		return 0, err
	}
	err = load.FirstAck(b.addr, k.auto)
	ms = float64(time.Since(b.started).Microseconds()) / 1000
	if stopErr := b.stop(); err == nil {
		err = stopErr
	}
	return ms, err
}

// idleFor is how long a broker is left alone before its memory is looked at.
const idleFor = time.Second

// idleMemory is the resident memory in MiB of a broker without topics.
func idleMemory(k kind, dir string) (mib float64, err error) {
	b, err := k.start(dir)
	if err != nil {
		return 0, err
	}
	if err = b.listens(); err == nil {
		time.Sleep(idleFor)
		var n int
		n, err = b.rss()
		mib = float64(n) / (1 << 20)
	}
	if stopErr := b.stop(); err == nil {
		err = stopErr
	}
	return mib, err
}

// settleFor is how long connections are left alone before they count as idle.
const settleFor = 15 * time.Second

// idleConnections is the memory in KiB that each connection holds which was used
// once and is idle.
func idleConnections(count int) func(*broker) (float64, error) {
	return func(b *broker) (float64, error) {
		before, err := b.rss()
		if err != nil {
			return 0, err
		}
		var after int
		var rssErr error
		err = load.Idle(b.addr, count, func() {
			time.Sleep(settleFor)
			after, rssErr = b.rss()
		})
		if err == nil {
			err = rssErr
		}
		return float64(after-before) / 1024 / float64(count), err
	}
}
