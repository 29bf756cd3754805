package controller

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// worldBrokers is how many broker ids there are in a world.
const worldBrokers = 5

// TestRandomOperations runs random requests, lives of brokers, writes and failovers
// of the controller. After each the rules of the metadata hold and no replica may
// lead that lacks what was acknowledged, and in the end the live state is what the
// log says.
func TestRandomOperations(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t, "num.partitions=2")
		seed := rapid.Uint64().Draw(rt, "seed")
		w := &world{
			fixture: f, rt: rt, rand: rand.New(rand.NewPCG(seed, 1)), epochs: map[int32]int64{}, process: map[int32]byte{},
			seen: map[partitionKey]metadata.Partition{}, data: map[partitionKey]*acknowledged{},
		}
		for id := range int32(worldBrokers) {
			w.registerAny(id + 1)
			w.beat(id+1, w.epochs[id+1])
		}
		w.create("t0", 3, 3, "min.insync.replicas", "2")
		w.limitBatches([]int{maxRecords, 1, 2, 5}[w.number(0, 3)])
		w.keepHeld([]int{heldFromPartitions, 0}[w.number(0, 1)])
		for i := range 200 - rapid.IntRange(0, 199).Draw(rt, "fewer steps") {
			rt.Logf("step %d: %s", i, w.step())
			w.settle()
			w.rules()
		}
		f.check()
		f.c.Close()
	})
}

type world struct {
	*fixture
	rt *rapid.T
	// rand draws the steps: rapid's own numbers are small ones mostly, which makes
	// short tales here.
	rand    *rand.Rand
	epochs  map[int32]int64
	process map[int32]byte
	lead    int32
	// seen has each partition as it was after the last step.
	seen map[partitionKey]metadata.Partition
	data map[partitionKey]*acknowledged
}

// step does one thing; brokers live and followers catch up more often than topics
// are made.
func (w *world) step() string {
	name := fmt.Sprint("t", w.number(0, 2))
	id := int32(w.number(1, worldBrokers))
	operations := []struct {
		weight int
		what   string
		do     func()
	}{
		{2, "create", func() { w.createAny(name) }},
		{1, "delete", func() {
			w.ask(w.c.DeleteTopics(Caller{Version: 5}, &wire.DeleteTopicsRequest{TopicNames: []string{name}}))
		}},
		{1, "grow", func() { w.growAny(name) }},
		{3, "configure", func() { w.configureAny(name) }},
		{5, "register", func() { w.registerAny(id) }},
		{18, "beat", func() { w.beatAny(id) }},
		{2, "die", func() { w.dieAny(id) }},
		{1, "unregister", func() { w.ask(w.c.UnregisterBroker(Caller{}, &wire.UnregisterBrokerRequest{BrokerId: id})) }},
		{1, "failover", w.failover},
		{12, "write", func() { w.write(name) }},
		{16, "alter", func() { w.alterAny(name) }},
		{5, "reassign", func() { w.reassignAny(name) }},
		{3, "elect", func() { w.electAny(name) }},
	}
	total := 0
	for _, o := range operations {
		total += o.weight
	}
	drawn := w.number(1, total)
	for _, o := range operations {
		if drawn -= o.weight; drawn <= 0 {
			o.do()
			return fmt.Sprintf("%s, broker %d, topic %s", o.what, id, name)
		}
	}
	panic("BUG: the weights do not add up")
}

// settle waits until nothing is under way any more: each batch of longer work makes
// the log longer.
func (w *world) settle() {
	for quiet, end := 0, int64(-1); quiet < 2; {
		w.image()
		if now := w.log.End(); now != end {
			quiet, end = 0, now
			continue
		}
		quiet++
	}
}

func (w *world) number(low, high int) int {
	return low + w.rand.IntN(high-low+1)
}

func pick(w *world, list []string) string { return list[w.rand.IntN(len(list))] }

// once in n times.
func (w *world) once(n int) bool { return w.number(1, n) == n }

func (w *world) createAny(name string) {
	topic := newTopic{
		Name: name, NumPartitions: int32(w.number(-1, 3)), ReplicationFactor: int16(w.number(-1, 4)),
	}
	if w.once(2) {
		topic.Configs = topicConfigs("min.insync.replicas", fmt.Sprint(w.number(0, 3)))
	}
	w.ask(w.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{Topics: []newTopic{topic}, ValidateOnly: w.once(6)}))
}

func (w *world) growAny(name string) {
	w.ask(w.c.CreatePartitions(Caller{}, &wire.CreatePartitionsRequest{
		Topics: []wire.CreatePartitionsRequestCreatePartitionsTopic{{Name: name, Count: int32(w.number(0, 5))}},
	}))
}

func (w *world) configureAny(name string) {
	key := pick(w, []string{"retention.ms", "min.insync.replicas", "min.insync.replicas", "unclean.leader.election.enable"})
	value := pick(w, []string{"1", "2", "3", "true", "false", ""})
	resource := metadata.Resource{Type: metadata.TopicResource, Name: name}
	if w.once(4) && key == minISRKey {
		resource = metadata.Resource{Type: metadata.BrokerResource}
	}
	w.alter(resource, key, value)
}

// registerAny begins a new process of the broker. One that is not intact has lost a
// part of what it had.
func (w *world) registerAny(id int32) {
	w.process[id]++
	req := registration(id, w.process[id])
	if w.number(0, 2) > 0 {
		req.PreviousBrokerEpoch = w.epochs[id]
	} else {
		w.lose(id)
	}
	resp, err := w.c.BrokerRegistration(Caller{Broker: id, InProcess: true}, req)
	if err != nil || resp.ErrorCode != wire.None || resp.BrokerEpoch <= w.epochs[id] {
		w.rt.Fatalf("broker %d: %+v, %v", id, resp, err)
	}
	// No partition may be led by the new process in the epoch of the old one.
	for t := range w.image().Topics() {
		for p, part := range t.Partitions() {
			if part.Leader == id {
				w.rt.Fatalf("%s-%d is led by a process that has just come: %s", t.Name, p, partitionState(part))
			}
		}
	}
	w.epochs[id] = resp.BrokerEpoch
}

func (w *world) beatAny(id int32) {
	if w.process[id] == 0 {
		return
	}
	w.beat(id, w.epochs[id], func(r *wire.BrokerHeartbeatRequest) {
		r.WantFence, r.WantShutDown = w.once(6), w.once(6)
		if w.once(4) {
			r.CurrentMetadataOffset -= int64(w.number(1, 20))
		}
	})
}

// dieAny ends the broker's process so that everybody can see it.
func (w *world) dieAny(id int32) {
	w.c.BrokerConnectionLost(id, w.epochs[id])
	if w.once(2) {
		w.c.BrokerProcessDead(id, w.epochs[id])
	}
}

func (w *world) failover() {
	w.lead++
	w.c.Resign()
	w.c.Lead(10 + w.lead)
	<-w.active
}

// partition returns some partition of the topic, or nil.
func (w *world) partition(name string) (partitionKey, *metadata.Partition) {
	t := w.image().TopicByName(name)
	if t == nil {
		return partitionKey{}, nil
	}
	id := int32(w.number(0, t.PartitionCount()-1))
	return partitionKey{t.ID, id}, t.Partition(id)
}

// alterAny has a leader ask for some in-sync set. Whoever comes in has caught up.
func (w *world) alterAny(name string) {
	key, p := w.partition(name)
	if p == nil || p.Leader == metadata.NoLeader {
		return
	}
	asked := askedPartition{PartitionIndex: key.partition, LeaderEpoch: p.LeaderEpoch, PartitionEpoch: p.PartitionEpoch}
	var members []int32
	for _, id := range p.Replicas {
		if id == p.Leader || w.number(0, 2) > 0 {
			members = append(members, id)
			asked.NewIsrWithEpochs = append(asked.NewIsrWithEpochs, memberState{BrokerId: id, BrokerEpoch: w.epochs[id]})
		}
	}
	if w.once(10) {
		asked.PartitionEpoch--
	}
	resp, err := w.c.AlterPartition(Caller{Version: 3}, &wire.AlterPartitionRequest{
		BrokerId: p.Leader, BrokerEpoch: w.epochs[p.Leader],
		Topics: []wire.AlterPartitionRequestTopicData{{TopicId: key.topic, Partitions: []askedPartition{asked}}},
	})
	if err != nil || resp.ErrorCode != wire.None {
		w.rt.Fatalf("%+v, %v", resp, err)
	}
	switch code := resp.Topics[0].Partitions[0].ErrorCode; code {
	case wire.None, wire.NewLeaderElected:
		for _, id := range members {
			if b := w.image().Broker(id); b == nil || !b.Active() {
				w.rt.Fatalf("broker %d is in sync with %s", id, partitionState(p))
			}
			w.dataOf(key).catchUp(p.Leader, id)
		}
	case wire.InvalidUpdateVersion, wire.IneligibleReplica:
	default:
		w.rt.Fatalf("%s for %v of %s", code.Name(), members, partitionState(p))
	}
}

func (w *world) reassignAny(name string) {
	key, p := w.partition(name)
	if p == nil {
		return
	}
	asked := reassignable{PartitionIndex: key.partition}
	if !w.once(3) {
		asked.Replicas = []int32{}
		for _, id := range w.rand.Perm(worldBrokers)[:w.number(0, 4)] {
			asked.Replicas = append(asked.Replicas, int32(id)+1)
		}
	}
	w.ask(w.c.AlterPartitionReassignments(Caller{}, &wire.AlterPartitionReassignmentsRequest{
		AllowReplicationFactorChange: !w.once(4),
		Topics:                       []wire.AlterPartitionReassignmentsRequestReassignableTopic{{Name: name, Partitions: []reassignable{asked}}},
	}))
}

func (w *world) electAny(name string) {
	req := &wire.ElectLeadersRequest{ElectionType: electPreferred}
	if w.once(4) {
		req.ElectionType = electUnclean
		w.uncleanAllowed(name)
	}
	req.TopicPartitions = []wire.ElectLeadersRequestTopicPartitions{{Topic: name, Partitions: []int32{0, 1}}}
	w.ask(w.c.ElectLeaders(Caller{}, req))
}

// ask takes an answer that may be anything but an error of the whole request.
func (w *world) ask(_ any, err error) {
	if err != nil {
		w.t.Fatal(err)
	}
}

// rules are what holds between any two requests.
func (w *world) rules() {
	image := w.image()
	for resource := range image.Configs() {
		if resource.Type == metadata.TopicResource && image.TopicByName(resource.Name) == nil {
			w.rt.Fatalf("configs of %s are left over", resource.Name)
		}
	}
	for t := range image.Topics() {
		if t.PartitionCount() == 0 {
			w.rt.Fatalf("%s has no partitions", t.Name)
		}
		for id, p := range t.Partitions() {
			key := partitionKey{t.ID, id}
			w.partitionRules(image, key, p)
			w.dataRules(key, p)
			w.seen[key] = *p
		}
	}
}

func (w *world) partitionRules(image *metadata.Image, key partitionKey, p *metadata.Partition) {
	state := fmt.Sprintf("%v on %v adding %v removing %v: %s", key, p.Replicas, p.AddingReplicas, p.RemovingReplicas, partitionState(p))
	active := func(id int32) bool { b := image.Broker(id); return b != nil && b.Active() }
	electable := slices.ContainsFunc(p.Replicas, func(id int32) bool { return slices.Contains(p.ISR, id) || slices.Contains(p.ELR, id) })
	switch {
	case p.Leader != metadata.NoLeader && !active(p.Leader):
		w.rt.Fatalf("%s: the leader is not active", state)
	case p.Leader != metadata.NoLeader && !slices.Contains(p.ISR, p.Leader):
		w.rt.Fatalf("%s: the leader is not in sync", state)
	case p.Leader == metadata.NoLeader && !electable && len(p.LastKnownELR) == 0:
		w.rt.Fatalf("%s: nobody can ever lead", state)
	case p.Leader == metadata.NoLeader && slices.ContainsFunc(p.ISR, active):
		w.rt.Fatalf("%s: an active replica is in sync and does not lead", state)
	case p.LeaderRecoveryState == metadata.Recovering && len(p.ISR) > 1:
		w.rt.Fatalf("%s: others follow a leader that recovers", state)
	case containsOther(slices.Concat(p.AddingReplicas, p.RemovingReplicas, p.ISR, p.ELR), p.Replicas) || repeats(p.Replicas):
		w.rt.Fatalf("%s: the lists do not fit", state)
	case repeats(slices.Concat(p.ISR, p.ELR)):
		w.rt.Fatalf("%s: in sync and eligible at once", state)
	}
	was, ok := w.seen[key]
	if !ok {
		return
	}
	changed := fmt.Sprint(*was.Placement) != fmt.Sprint(*p.Placement) || was.Leader != p.Leader || was.LeaderRecoveryState != p.LeaderRecoveryState
	switch {
	case p.LeaderEpoch < was.LeaderEpoch || p.PartitionEpoch < was.PartitionEpoch:
		w.rt.Fatalf("%s: an epoch fell from %d, %d", state, was.LeaderEpoch, was.PartitionEpoch)
	case changed && p.PartitionEpoch == was.PartitionEpoch:
		w.rt.Fatalf("%s: changed within a partition epoch", state)
	case p.Leader != was.Leader && p.LeaderEpoch == was.LeaderEpoch:
		w.rt.Fatalf("%s: another leader in the leader epoch", state)
	case containsOther(was.Replicas, p.Replicas) && p.LeaderEpoch == was.LeaderEpoch:
		w.rt.Fatalf("%s: %v lost a replica within a leader epoch", state, was.Replicas)
	}
}
