package main

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/brolga-io/brolga/bench/load"
)

// timesKafka are the goals of docs/performance.md beside Kafka: how many times what
// brolga takes Kafka must take.
func timesKafka() map[string]float64 {
	return map[string]float64{
		"a1": 3, "a2": 2.5, "a3": 1.5, "a4": 6, "a5": 2.5, "a5rt": 2, "a6": 2.5, "a6kb": 2.5, "a7": 2,
		"b1": 1.5, "b2": 2.5, "b2x10": 2.5, "b3": 2, "b3p99": 2,
		"c1p50": 2, "c1p99": 2, "c1p999": 3.3, "c2p50": 2.5, "c2p99": 2, "c2all50": 2.5, "c2all99": 2,
		"d": 20, "e1": 15, "e2": 5, "e3": 3, "f1": 5, "f2": 5, "f2kill": 5,
		"g1wait": 2, "g1x10w": 2.5, "g1wall": 2.5, "g2": 2, "h": 5, "i": 3, "imany": 3, "j": 1.5, "jwide": 1.5,
	}
}

// contests are all rows, in the order in which they are measured: first those of one
// broker that stays up, the groups last as they leave topics behind, then those of
// three, then whole lives.
func contests(others clients) []contest {
	var one, three, cold []contest
	for _, r := range rows() {
		c := contest{rows: []against{{name: r.name, what: r.what, unit: r.unit, most: r.goal, absolute: r.absolute}}, nodes: max(1, r.nodes), floor: true}
		switch r.name {
		case "a4":
			// A broker that takes twenty times as long shall not take minutes.
			r.on = producing(load.Produce{Conns: 2, InFlight: 100, Records: 1, Size: 100, Bytes: 100e6, Acks: load.Leader})
		case "a5":
			one = append(one, tripContest())
			continue
		case "e3":
			c.repeats = 2
		}
		if r.cold != nil || r.memory {
			c.cold = func(k kind, dir string) ([]float64, error) { v, err := r.measure(k, dir); return []float64{v}, err }
			cold = append(cold, c)
			continue
		}
		c.on = func(b *broker) ([]float64, error) { v, err := r.on(b); return []float64{v}, err }
		if c.nodes == 1 {
			one = append(one, c)
		} else {
			three = append(three, c)
		}
	}
	one = append(one, lossContest(), latencyContest(), endToEndContest("c2p", 1, load.Leader), franzContest(), rdkafkaContest(others.python), javaContest(others.java), groupContest(), nextGroupContest())
	three = append(three, endToEndContest("c2all", 3, load.All))
	all := append(append(one, three...), cold...)
	all = append(all, scenarioContest(manyPartitions(), 1, 1),
		contest{nodes: 1, cold: recoverOnly, repeats: 1, rows: []against{
			{name: "i", what: "2 GB, kill -9, to the first ack", unit: "s", most: 0.5, absolute: true},
			{name: "imany", what: "… in 1,000 partitions", unit: "s", most: 0.5, absolute: true},
		}},
		scenarioContest(compactions(), 1, 1), scenarioContest(failovers(), 3, 3))
	goals := timesKafka()
	for _, c := range all {
		for i := range c.rows {
			c.rows[i].times = goals[c.rows[i].name]
		}
	}
	return all
}

// scenarioContest runs a scenario with brolga and with Kafka; its floor, if it has
// one, is what it measured beside brolga.
func scenarioContest(s scenario, nodes, repeats int) contest {
	c := contest{nodes: nodes, repeats: repeats}
	for _, v := range s.rows {
		c.rows = append(c.rows, against{name: v.name, what: v.what, unit: v.unit, most: v.goal, absolute: !v.relative})
	}
	c.cold = func(k kind, dir string) (values []float64, err error) {
		measures, err := s.run(k, dir)
		for _, m := range measures {
			values = append(values, m.value)
		}
		return values, err
	}
	return c
}

// tripContest is a5 as CPU time and as time.
func tripContest() contest {
	return contest{nodes: 1, floor: true,
		rows: []against{
			{name: "a5", what: "produce, one record in flight", unit: "CPU µs/request", most: 1.4},
			{name: "a5rt", what: "… p50 of its round trips", unit: "µs", most: 1.4},
		},
		on: func(b *broker) ([]float64, error) {
			var times []time.Duration
			cpu, err := b.cpuOf(func() (err error) {
				times, err = load.RoundTrips(b.addr, load.Leader, 100, 3*time.Second)
				return err
			})
			return []float64{cpu / float64(len(times)) * 1e6, quantile(times, 0.5)}, err
		}}
}

// lossContest is what a producer with one record of 10 KB in flight loses while four
// consumers read a log of 400 MB with 200 MB/s together.
func lossContest() contest {
	return contest{nodes: 1, floor: true,
		rows: []against{
			{name: "b3", what: "round trips lost beside 200 MB/s of catch-up", unit: "%"},
			{name: "b3p99", what: "… and how many times their p99", unit: "×"},
			{name: "b3rt", what: "… their p50 then", unit: "µs"},
		},
		on: func(b *broker) ([]float64, error) {
			const d, size, fetches = 2 * time.Second, 10_000, 200
			fill := load.Produce{Conns: partitions, InFlight: 5, Records: 16, Size: 1000, Bytes: 400e6, Acks: load.Leader}
			if _, _, err := fill.Run(b.addr, partitions); err != nil {
				return nil, err
			}
			alone, err := load.RoundTrips(b.addr, load.Leader, size, d)
			if err != nil {
				return nil, err
			}
			stop, done := make(chan struct{}), make(chan error, 1)
			go func() { done <- load.CatchUpAt(b.addr, partitions, 1<<20, fetches, stop) }()
			beside, err := load.RoundTrips(b.addr, load.Leader, size, d)
			close(stop)
			err = errors.Join(err, <-done)
			return []float64{100 * (1 - float64(len(beside))/float64(len(alone))), quantile(beside, 0.99) / quantile(alone, 0.99), quantile(beside, 0.5)}, err
		}}
}

// pacedFor is how long a load at a fixed rate lasts: long enough for a p99.9.
const pacedFor = 5 * time.Second

func latencyContest() contest {
	return contest{nodes: 1, floor: true,
		rows: []against{
			{name: "c1p50", what: "1,000 records/s, acks=1, p50", unit: "µs", most: 1.3},
			{name: "c1p99", what: "… p99", unit: "µs", most: 1.5},
			{name: "c1p999", what: "… p99.9", unit: "µs"},
			{name: "c1echo", what: "… p99 of a TCP echo in the same seconds", unit: "µs"},
		},
		on: func(b *broker) ([]float64, error) {
			l, err := load.Paced(b.addr, load.Leader, 1000, 100, 0, pacedFor)
			return []float64{quantile(l.Produce, 0.5), quantile(l.Produce, 0.99), quantile(l.Produce, 0.999), quantile(l.Echo, 0.99)}, err
		}}
}

func endToEndContest(name string, nodes int, acks int16) contest {
	most := 1.4
	if nodes > 1 {
		most = 1.5
	}
	return contest{nodes: nodes, floor: true,
		rows: []against{
			{name: name + "50", what: "1,000 records/s to a consumer, p50", unit: "µs", most: most},
			{name: name + "99", what: "… p99", unit: "µs"},
		},
		on: func(b *broker) ([]float64, error) {
			l, err := load.Paced(b.addr, acks, 1000, 100, 1, pacedFor)
			return []float64{quantile(l.EndToEnd, 0.5), quantile(l.EndToEnd, 0.99)}, err
		}}
}

// quantile is in µs.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return math.NaN()
	}
	times = slices.Sorted(slices.Values(times))
	return float64(times[min(len(times)-1, int(q*float64(len(times))))].Nanoseconds()) / 1000
}
