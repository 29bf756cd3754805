package controller

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// scale is a cluster of many brokers and partitions on the controller's real state
// machine: requests are decided, encoded, appended to a log in memory, decoded and
// replayed as in a quorum of one.
type scale struct {
	*fixture
	brokers, partitions int
	epochs              []int64
}

const (
	scaleTopic    = 100 // partitions of each topic
	scaleReplicas = 3
	scaleRacks    = 10
)

// size reads how large the cluster is to be: TestScale is a test of seconds, and
// `make bench-controller` asks for more.
func size(t testing.TB, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < scaleReplicas {
		t.Fatalf("%s=%s", name, text)
	}
	return n
}

// TestScale goes through the life of a large cluster. Its bounds are CPU time for
// each partition or broker that a step is about, several times what it takes: they
// fail when a step costs what the cluster has instead.
func TestScale(t *testing.T) {
	const µs = time.Microsecond
	// Nothing happens by itself, however long a step takes.
	s := &scale{fixture: newFixture(t, "broker.session.timeout.ms=86400000", "auto.leader.rebalance.enable=false"),
		brokers: size(t, "BROKERS", 100), partitions: size(t, "PARTITIONS", 20_000)}
	rack := s.partitions * scaleReplicas / scaleRacks
	t.Logf("%d brokers in %d racks, %d partitions × %d, %d a topic", s.brokers, scaleRacks, s.partitions, scaleReplicas, scaleTopic)
	s.step("register and unfence all brokers", s.brokers, "broker", 1000*µs, s.startAll)
	s.step("create all partitions", s.partitions, "partition", 40*µs, s.createAll)
	mine := len(s.replicasOf(1))
	s.step("heartbeats of all brokers", s.brokers, "heartbeat", 100*µs, s.beatAll)
	s.step("look for a broker's partitions, the first time", s.partitions, "partition", 10*µs, func() { s.look(1, mine) })
	s.step("… and again", mine, "replica of it", 40*µs, func() { s.look(1, mine) })
	s.step("lose a broker", mine, "replica of it", 100*µs, func() { s.lose(1) })
	s.step("it comes back, into all in-sync sets", mine, "replica of it", 200*µs, func() { s.rejoin(1) })
	s.step("its leaderships come back", mine/scaleReplicas, "leadership", 300*µs, s.preferAll)
	s.step("lose a rack", rack, "replica of it", 100*µs, s.loseRack)
	s.step("the rack comes back, into all in-sync sets", rack, "replica of it", 200*µs, s.rejoinRack)
	s.step("move all replicas of a broker to another", mine, "replica of it", 400*µs, func() { s.drain(2, 3) })
	var snapshot [][]byte
	s.step("write a snapshot", s.partitions, "partition", 15*µs, func() { snapshot = s.snapshot() })
	bytes := 0
	for _, r := range snapshot {
		bytes += len(r)
	}
	t.Logf("%-50s %d bytes a partition", "the snapshot's records", bytes/s.partitions)
	before, image := heapNow(), (*metadata.Image)(nil)
	s.step("read the snapshot", s.partitions, "partition", 20*µs, func() { image = s.restore(snapshot) })
	t.Logf("%-50s %d bytes a partition", "the image that it makes", (heapNow()-before)/uint64(s.partitions))
	runtime.KeepAlive(snapshot)
	runtime.KeepAlive(image)
	s.step("another controller loads the whole log", int(s.log.End()), "record", 30*µs, func() {
		s.c.Resign()
		s.c.Lead(2)
		<-s.active
	})
	t.Logf("%-50s %d MiB", "most resident memory", usage(t).Maxrss>>10)
}

// step measures what a step takes, and holds its CPU time to a bound for each of
// what it is about and a constant for what it begins with.
func (s *scale) step(what string, count int, of string, most time.Duration, do func()) {
	s.t.Helper()
	runtime.GC() // what the steps before left is not this one's
	begin, cpu := time.Now(), ownCPU(s.t)
	do()
	took, cpu := time.Since(begin), ownCPU(s.t)-cpu
	count = max(1, count)
	s.t.Logf("%-50s %8.3f s, %8.3f CPU s, %10v a %s; heap %d MiB", what, took.Seconds(), cpu.Seconds(), (cpu / time.Duration(count)).Round(10*time.Nanosecond), of, heapNow()>>20)
	const constant = 200 * time.Millisecond
	if cpu > constant+most*time.Duration(count) && !raceEnabled {
		s.t.Errorf("%s: %v for %d, at most %v each", what, cpu, count, most)
	}
}

// ownCPU is the CPU time of this process: unlike time it says little about what else
// the machine does.
func ownCPU(t testing.TB) time.Duration {
	u := usage(t)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func usage(t testing.TB) (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u
}

// look finds the broker's partitions as decisions do, and counts them.
func (s *scale) look(broker int32, want int) {
	found, err := decide(s.c, func(d *decision) (n int, err error) {
		d.partitionsOf(broker, func(*metadata.Topic, int32, *metadata.Partition) bool { n++; return true })
		return n, nil
	})
	if err != nil || found != want {
		s.t.Fatalf("%d of %d partitions: %v", found, want, err)
	}
}

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (s *scale) startAll() {
	s.epochs = make([]int64, s.brokers+1)
	for id := int32(1); id <= int32(s.brokers); id++ {
		req := registration(id, 1)
		rack := fmt.Sprint("rack-", id%scaleRacks)
		req.Rack, req.IncarnationId, req.LogDirs = &rack, s.newUUID(), []wire.UUID{s.newUUID()}
		s.epochs[id] = s.register(req)
		if resp := s.beat(id, s.epochs[id]); resp.ErrorCode != wire.None || resp.IsFenced {
			s.t.Fatalf("broker %d is not unfenced: %+v", id, resp)
		}
	}
}

// createAll asks for as many partitions in a request as one may.
func (s *scale) createAll() {
	for done := 0; done < s.partitions; {
		var req wire.CreateTopicsRequest
		for n := 0; n+scaleTopic < maxNewPartitions && done < s.partitions; n += scaleTopic + 1 {
			req.Topics = append(req.Topics, newTopic{Name: fmt.Sprintf("topic-%07d", done), NumPartitions: scaleTopic, ReplicationFactor: scaleReplicas})
			done += scaleTopic
		}
		resp, err := s.c.CreateTopics(Caller{}, &req)
		if err != nil || resp.Topics[0].ErrorCode != wire.None {
			s.t.Fatalf("create: %s, %v", describe(resp), err)
		}
	}
}

func (s *scale) beatAll() {
	for id := int32(1); id <= int32(s.brokers); id++ {
		s.beat(id, s.epochs[id])
	}
}

// replicasOf are the partitions that have a replica on the broker.
func (s *scale) replicasOf(broker int32) (all []partitionKey) {
	for t := range s.image().Topics() {
		for id, p := range t.Partitions() {
			for _, r := range p.Replicas {
				if r == broker {
					all = append(all, partitionKey{t.ID, id})
				}
			}
		}
	}
	return all
}

// lose fences the broker and waits until no partition has it in sync.
func (s *scale) lose(broker int32) {
	s.beat(broker, s.epochs[broker], func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true })
	for !s.image().Broker(broker).Fenced {
		runtime.Gosched() // later batches
	}
}

// rejoin unfences the broker, and has every leader ask for its replicas.
func (s *scale) rejoin(broker int32) {
	s.beat(broker, s.epochs[broker])
	s.joinISRs(s.replicasOf(broker))
}

func (s *scale) rack() (brokers []int32) {
	for id := int32(1); id <= int32(s.brokers); id += scaleRacks {
		brokers = append(brokers, id)
	}
	return brokers
}

func (s *scale) loseRack() {
	for _, id := range s.rack() {
		s.lose(id)
	}
}

func (s *scale) rejoinRack() {
	for _, id := range s.rack() {
		s.beat(id, s.epochs[id])
	}
	var all []partitionKey
	for t := range s.image().Topics() {
		for id, p := range t.Partitions() {
			if len(p.ISR) < len(p.Replicas) {
				all = append(all, partitionKey{t.ID, id})
			}
		}
	}
	s.joinISRs(all)
}

// joinISRs has the leader of each partition ask for all its replicas, in one request
// of each leader.
func (s *scale) joinISRs(keys []partitionKey) {
	image := s.image()
	reqs := map[int32]*wire.AlterPartitionRequest{}
	for _, key := range keys {
		p := image.TopicByID(key.topic).Partition(key.partition)
		asked := askedPartition{PartitionIndex: key.partition, LeaderEpoch: p.LeaderEpoch, PartitionEpoch: p.PartitionEpoch}
		for _, r := range p.Replicas {
			asked.NewIsrWithEpochs = append(asked.NewIsrWithEpochs, memberState{BrokerId: r, BrokerEpoch: s.epochs[r]})
		}
		req := reqs[p.Leader]
		if req == nil {
			req = &wire.AlterPartitionRequest{BrokerId: p.Leader, BrokerEpoch: s.epochs[p.Leader]}
			reqs[p.Leader] = req
		}
		if n := len(req.Topics); n == 0 || req.Topics[n-1].TopicId != key.topic {
			req.Topics = append(req.Topics, wire.AlterPartitionRequestTopicData{TopicId: key.topic})
		}
		topic := &req.Topics[len(req.Topics)-1]
		topic.Partitions = append(topic.Partitions, asked)
	}
	for leader, req := range reqs {
		resp, err := s.c.AlterPartition(Caller{Version: 3}, req)
		if err != nil || resp.ErrorCode != wire.None {
			s.t.Fatalf("leader %d: %v, %v", leader, resp.ErrorCode, err)
		}
	}
	image = s.image()
	for _, key := range keys {
		if p := image.TopicByID(key.topic).Partition(key.partition); len(p.ISR) != len(p.Replicas) {
			s.t.Fatalf("%v: %s", key, partitionState(p))
		}
	}
}

// preferAll gives all leaderships back to the preferred replicas.
func (s *scale) preferAll() {
	s.c.tell(func(m *machine) { m.begin((*decision).preferLeaders) })
	for !s.balanced() {
		runtime.Gosched() // later batches
	}
}

func (s *scale) balanced() bool {
	for t := range s.image().Topics() {
		for _, p := range t.Partitions() {
			if p.Leader != p.PreferredReplica() {
				return false
			}
		}
	}
	return true
}

// drain gives the replicas of one broker to another, or where that has one already,
// to the next, and has the leaders take them into their in-sync sets.
func (s *scale) drain(from, to int32) {
	keys := s.replicasOf(from)
	image := s.image()
	req := &wire.AlterPartitionReassignmentsRequest{AllowReplicationFactorChange: true}
	for i, key := range keys {
		t := image.TopicByID(key.topic)
		p := t.Partition(key.partition)
		moved := wire.AlterPartitionReassignmentsRequestReassignablePartition{PartitionIndex: key.partition}
		for _, r := range p.Replicas {
			if r == from {
				r = free(p, to, int32(s.brokers))
			}
			moved.Replicas = append(moved.Replicas, r)
		}
		if i == 0 || key.topic != keys[i-1].topic {
			req.Topics = append(req.Topics, wire.AlterPartitionReassignmentsRequestReassignableTopic{Name: t.Name})
		}
		topic := &req.Topics[len(req.Topics)-1]
		topic.Partitions = append(topic.Partitions, moved)
	}
	resp, err := s.c.AlterPartitionReassignments(Caller{}, req)
	if err != nil || resp.ErrorCode != wire.None {
		s.t.Fatalf("reassign: %+v, %v", resp, err)
	}
	s.joinMoved(keys)
	if left := len(s.replicasOf(from)); left > 0 {
		s.t.Fatalf("broker %d has %d replicas still", from, left)
	}
}

// free is the first broker from on that has no replica of the partition.
func free(p *metadata.Partition, from, brokers int32) int32 {
	for b := from; ; b = b%brokers + 1 {
		taken := false
		for _, r := range p.Replicas {
			taken = taken || r == b
		}
		if !taken {
			return b
		}
	}
}

// joinMoved is joinISRs for partitions whose reassignment ends with that.
func (s *scale) joinMoved(keys []partitionKey) {
	image := s.image()
	for _, key := range keys {
		p := image.TopicByID(key.topic).Partition(key.partition)
		asked := askedPartition{PartitionIndex: key.partition, LeaderEpoch: p.LeaderEpoch, PartitionEpoch: p.PartitionEpoch}
		for _, r := range p.Replicas {
			asked.NewIsrWithEpochs = append(asked.NewIsrWithEpochs, memberState{BrokerId: r, BrokerEpoch: s.epochs[r]})
		}
		req := &wire.AlterPartitionRequest{BrokerId: p.Leader, BrokerEpoch: s.epochs[p.Leader],
			Topics: []wire.AlterPartitionRequestTopicData{{TopicId: key.topic, Partitions: []askedPartition{asked}}}}
		if resp, err := s.c.AlterPartition(Caller{Version: 3}, req); err != nil || resp.ErrorCode != wire.None {
			s.t.Fatalf("leader %d: %+v, %v", p.Leader, resp, err)
		}
	}
}

// snapshot encodes the image as a snapshot has it.
func (s *scale) snapshot() (records [][]byte) {
	image := s.image()
	version := image.Feature(metadata.MetadataVersion)
	for r := range image.Records() {
		records = append(records, wire.AppendMetadataRecord(nil, r, metadata.RecordVersion(r, version)))
	}
	return records
}

// restore reads a snapshot as a node does that starts, and compares.
func (s *scale) restore(records [][]byte) *metadata.Image {
	editor := metadata.NewEditor(metadata.Empty())
	for _, b := range records {
		r, _, err := wire.DecodeMetadataRecord(b)
		if err == nil {
			err = editor.Apply(r)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	image, _ := editor.Publish(s.log.End(), 1)
	if image.PartitionCount() != s.partitions || image.BrokerCount() != s.brokers {
		s.t.Fatalf("%d partitions, %d brokers", image.PartitionCount(), image.BrokerCount())
	}
	return image
}
