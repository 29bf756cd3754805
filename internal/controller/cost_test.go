package controller

import (
	"fmt"
	"runtime"
	"testing"
	"time"

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

// BenchmarkLoseBroker fences a broker of three, each of which has a replica of each
// partition and leads a third of them, and unfences it again.
func BenchmarkLoseBroker(b *testing.B) {
	for _, topics := range []int{10, 100} {
		b.Run(fmt.Sprint(topics*1000, " partitions"), func(b *testing.B) {
			f := newFixture(b, "broker.session.timeout.ms=86400000")
			epochs := f.start(3)
			for i := range topics {
				f.create(fmt.Sprint("t", i), 1000, 3)
			}
			fence := func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true }
			var fencing, rejoining time.Duration
			for b.Loop() {
				begin := time.Now()
				for f.beat(3, epochs[3], fence); !f.image().Broker(3).Fenced; {
					runtime.Gosched() // later batches
				}
				fencing += time.Since(begin)
				begin = time.Now()
				f.beat(3, epochs[3])
				f.rejoinAll(b, epochs)
				rejoining += time.Since(begin)
			}
			b.ReportMetric(float64(fencing.Milliseconds())/float64(b.N), "ms/fence")
			b.ReportMetric(float64(rejoining.Milliseconds())/float64(b.N), "ms/rejoin")
		})
	}
}

// rejoinAll has every leader ask for all replicas of its partitions, in one request.
func (f *fixture) rejoinAll(b *testing.B, epochs []int64) {
	reqs := map[int32]*wire.AlterPartitionRequest{}
	for t := range f.image().Topics() {
		topics := map[int32]*wire.AlterPartitionRequestTopicData{}
		for id, p := range t.Partitions() {
			asked := askedPartition{PartitionIndex: id, LeaderEpoch: p.LeaderEpoch, PartitionEpoch: p.PartitionEpoch}
			for _, r := range p.Replicas {
				asked.NewIsrWithEpochs = append(asked.NewIsrWithEpochs, memberState{BrokerId: r, BrokerEpoch: epochs[r]})
			}
			if topics[p.Leader] == nil {
				topics[p.Leader] = &wire.AlterPartitionRequestTopicData{TopicId: t.ID}
			}
			topics[p.Leader].Partitions = append(topics[p.Leader].Partitions, asked)
		}
		for leader, topic := range topics {
			if reqs[leader] == nil {
				reqs[leader] = &wire.AlterPartitionRequest{BrokerId: leader, BrokerEpoch: epochs[leader]}
			}
			reqs[leader].Topics = append(reqs[leader].Topics, *topic)
		}
	}
	for leader, req := range reqs {
		resp, err := f.c.AlterPartition(Caller{Version: 3}, req)
		if err != nil || resp.ErrorCode != wire.None || resp.Topics[0].Partitions[0].ErrorCode != wire.None {
			b.Fatalf("leader %d: %v, %v", leader, resp.ErrorCode, err)
		}
	}
}

// TestBatchBytes: the batches that a lost broker makes are far below what the quorum
// takes for one entry, and fit into one message between voters.
func TestBatchBytes(t *testing.T) {
	const maxMessageBytes = 1 << 20
	f := newFixture(t)
	epochs := f.start(3)
	for i := range 12 {
		f.create(fmt.Sprint("t", i), 1000, 3, "min.insync.replicas", "3")
	}
	before := len(f.log.Batches())
	f.beat(3, epochs[3], func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true })
	for !f.image().Broker(3).Fenced {
		runtime.Gosched() // later batches
	}
	records := 0
	for _, batch := range f.log.Batches()[before:] {
		size := 0
		for _, r := range batch {
			size += len(r.Value)
		}
		records += len(batch)
		if size > maxMessageBytes {
			t.Errorf("a batch of %d records has %d bytes", len(batch), size)
		}
	}
	if records != 12_001 {
		t.Errorf("%d records", records)
	}
}
