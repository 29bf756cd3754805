package main

import (
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
	measure  func(k kind, dir string) (float64, error)
}

// rows are the measures of the table, with the names of docs/performance.md.
func rows() []row {
	return []row{
		{"a1", "produce, 100 × 100 B", "CPU s/GB", 1.5, false, producing(load.Produce{Conns: 2, InFlight: 5, Records: 100, Size: 100, Bytes: 400e6, Acks: load.Leader})},
		{"a2", "produce, 16 × 1 KB", "CPU s/GB", 1.3, false, producing(load.Produce{Conns: 2, InFlight: 5, Records: 16, Size: 1000, Bytes: 400e6, Acks: load.Leader})},
		{"a3", "produce, 1 MB batches", "CPU s/GB", 1.2, false, producing(load.Produce{Conns: 2, InFlight: 5, Records: 1000, Size: 1000, Bytes: 400e6, Acks: load.Leader})},
		{"a4", "produce, single records, 100 in flight", "CPU s/Mrec", 2, false, producing(load.Produce{Conns: 2, InFlight: 100, Records: 1, Size: 100, Bytes: 400e6, Acks: load.Leader})},
		{"a5", "produce, one record in flight", "CPU µs/request", 1.4, false, roundTrips(3 * time.Second)},
		{"a6", "acks=all, 3 brokers, 100 × 100 B", "CPU s/GB", 1, false, replicated(producing(load.Produce{Conns: 2, InFlight: 5, Records: 100, Size: 100, Bytes: 200e6, Acks: load.All}))},
		{"a6kb", "… 16 × 1 KB", "CPU s/GB", 1, false, replicated(producing(load.Produce{Conns: 2, InFlight: 5, Records: 16, Size: 1000, Bytes: 200e6, Acks: load.All}))},
		{"a6one", "… single records, 100 in flight", "CPU s/Mrec", 1, false, replicated(producing(load.Produce{Conns: 2, InFlight: 100, Records: 1, Size: 100, Bytes: 40e6, Acks: load.All}))},
		{"a7", "… one record in flight, p50", "µs", 1.5, false, replicated(halfOfTrips(3 * time.Second))},
		{"b1", "fetch, catch-up by 1 MiB", "CPU s/GB", 1.25, false, catchUp(400e6)},
		{"b2", "fetch at the end, 1 consumer", "CPU µs/answer", 1.4, false, tailing(1, 4*time.Second)},
		{"b2x10", "fetch at the end, 10 consumers", "CPU µs/answer", 1.4, false, tailing(10, 4*time.Second)},
		{"d", "exec to the first acknowledged record", "ms", 60, true, firstAck},
		{"e1", "memory when idle", "MiB", 25, true, idleMemory},
		{"e3", "memory per idle connection", "KiB", 6, true, idleConnections(8000)},
	}
}

// running measures with a broker that is ready.
func running(f func(b *broker) (float64, error)) func(kind, string) (float64, error) {
	return func(k kind, dir string) (v float64, err error) {
		b, err := k.start(dir)
		if err != nil {
			return 0, err
		}
		defer func() {
			if stopErr := b.stop(); err == nil {
				err = stopErr
			}
		}()
		if err := b.ready(); err != nil {
			return 0, err
		}
		return f(b)
	}
}

// replicated measures with three brokers instead of one.
func replicated(measure func(kind, string) (float64, error)) func(kind, string) (float64, error) {
	return func(k kind, dir string) (float64, error) { return measure(k.of(3), dir) }
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
func producing(p load.Produce) func(kind, string) (float64, error) {
	return running(func(b *broker) (float64, error) {
		var requests, bytes int
		cpu, err := b.cpuOf(func() (err error) {
			requests, bytes, err = p.Run(b.addr, partitions)
			return err
		})
		if p.Records == 1 {
			return cpu / float64(requests) * 1e6, err
		}
		return cpu / float64(bytes) * 1e9, err
	})
}

func roundTrips(d time.Duration) func(kind, string) (float64, error) {
	return running(func(b *broker) (float64, error) {
		var times []time.Duration
		cpu, err := b.cpuOf(func() (err error) {
			times, err = load.RoundTrips(b.addr, load.Leader, 100, d)
			return err
		})
		return cpu / float64(len(times)) * 1e6, err
	})
}

// halfOfTrips measures the µs in which half of the acks=all records are answered
// that are sent one after the other.
func halfOfTrips(d time.Duration) func(kind, string) (float64, error) {
	return running(func(b *broker) (float64, error) {
		times, err := load.RoundTrips(b.addr, load.All, 100, d)
		if err != nil || len(times) == 0 {
			return 0, err
		}
		slices.Sort(times)
		return float64(times[len(times)/2].Nanoseconds()) / 1000, nil
	})
}

func catchUp(bytes int) func(kind, string) (float64, error) {
	return running(func(b *broker) (float64, error) {
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
	})
}

func tailing(consumers int, d time.Duration) func(kind, string) (float64, error) {
	return running(func(b *broker) (float64, error) {
		var cpu float64
		var cpuErr error
		answers, err := load.Tail(b.addr, consumers, 1000, d, func(produce func()) {
			cpu, cpuErr = b.cpuOf(func() error { produce(); return nil })
		})
		if err == nil {
			err = cpuErr
		}
		return cpu / float64(answers) * 1e6, err
	})
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
func idleConnections(count int) func(kind, string) (float64, error) {
	return running(func(b *broker) (float64, error) {
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
	})
}
