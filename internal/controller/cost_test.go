package controller

import (
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// BenchmarkCreateTopics creates 10,000 partitions by ten requests.
func BenchmarkCreateTopics(b *testing.B) {
	for b.Loop() {
		f := newFixture(b)
		f.start(1)
		for i := range 10 {
			f.create(fmt.Sprint("t", i), 1000, 1)
		}
	}
}

// BenchmarkCreateTopic creates one topic after the other in a cluster that has
// 10,000 of them.
func BenchmarkCreateTopic(b *testing.B) {
	f := newFixture(b)
	f.start(1)
	for i := range 10 {
		var req wire.CreateTopicsRequest
		for j := range 1000 {
			req.Topics = append(req.Topics, newTopic{Name: fmt.Sprint("old-", i, "-", j), NumPartitions: 1, ReplicationFactor: 1})
		}
		if _, err := f.c.CreateTopics(Caller{}, &req); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := f.c.CreateTopics(Caller{}, oneTopic(fmt.Sprint("new-", i))); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRestart registers and unfences a broker that leads 100,000 partitions.
func BenchmarkRestart(b *testing.B) {
	f := newFixture(b)
	f.start(1)
	for i := range 100 {
		f.create(fmt.Sprint("t", i), 1000, 1)
	}
	process := byte(1)
	for b.Loop() {
		process++
		resp, err := f.c.BrokerRegistration(Caller{Broker: 1, InProcess: true}, registration(1, process))
		if err != nil {
			b.Fatal(err)
		}
		f.beat(1, resp.BrokerEpoch)
	}
}

// BenchmarkLoad loads a log of 100,000 partitions.
func BenchmarkLoad(b *testing.B) {
	f := newFixture(b)
	f.start(1)
	for i := range 100 {
		f.create(fmt.Sprint("t", i), 1000, 1)
	}
	epoch := int32(1)
	for b.Loop() {
		epoch++
		f.c.Resign()
		f.c.Lead(epoch)
		<-f.active
	}
}

// TestHeartbeatCost: a heartbeat that changes nothing does not look at partitions
// and writes no record.
func TestHeartbeatCost(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(1)
	for i := range 10 {
		f.create(fmt.Sprint("t", i), 1000, 1)
	}
	end := f.log.End()
	allocs := testing.AllocsPerRun(100, func() { f.beat(1, epochs[1]) })
	if f.log.End() != end {
		t.Error("a heartbeat wrote records")
	}
	if allocs > 30 {
		t.Errorf("%v allocations for a heartbeat", allocs)
	}
}
