package controller

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestRandomOperations runs random requests, restarts of brokers and failovers of
// the controller. After each the rules of the metadata hold, and in the end the
// live state is what the log says.
func TestRandomOperations(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t, "num.partitions=2")
		w := &world{fixture: f, epochs: map[int32]int64{}, process: map[int32]byte{}, leaderEpochs: map[string]int32{}}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			w.step(rt)
			w.rules(rt)
		}
		f.check()
		f.c.Close()
	})
}

type world struct {
	*fixture
	epochs  map[int32]int64
	process map[int32]byte
	lead    int32
	// leaderEpochs has the last leader epoch of each partition.
	leaderEpochs map[string]int32
}

func (w *world) step(rt *rapid.T) {
	name := fmt.Sprint("t", rapid.IntRange(0, 4).Draw(rt, "topic"))
	id := rapid.Int32Range(1, 3).Draw(rt, "broker")
	switch rapid.IntRange(0, 10).Draw(rt, "operation") {
	case 0, 1, 2:
		w.createAny(rt, name)
	case 3:
		w.ask(w.c.DeleteTopics(Caller{Version: 5}, &wire.DeleteTopicsRequest{TopicNames: []string{name}}))
	case 4:
		w.ask(w.c.CreatePartitions(Caller{}, &wire.CreatePartitionsRequest{
			Topics: []wire.CreatePartitionsRequestCreatePartitionsTopic{{Name: name, Count: rapid.Int32Range(0, 6).Draw(rt, "count")}},
		}))
	case 5:
		key := rapid.SampledFrom([]string{"retention.ms", "min.insync.replicas", "unclean.leader.election.enable"}).Draw(rt, "key")
		value := rapid.SampledFrom([]string{"1", "2", "true", ""}).Draw(rt, "value")
		w.alter(metadata.Resource{Type: metadata.TopicResource, Name: name}, key, value)
	case 6, 7:
		w.registerAny(rt, id)
	case 8, 9:
		if w.process[id] == 0 {
			return
		}
		w.beat(id, w.epochs[id], func(r *wire.BrokerHeartbeatRequest) {
			r.WantFence = rapid.IntRange(0, 4).Draw(rt, "fence") == 0
			r.WantShutDown = rapid.IntRange(0, 4).Draw(rt, "shut down") == 0
		})
	case 10:
		w.lead++
		w.c.Resign()
		w.c.Lead(10 + w.lead)
		<-w.active
	}
}

func (w *world) createAny(rt *rapid.T, name string) {
	topic := newTopic{
		Name: name, NumPartitions: rapid.Int32Range(-1, 4).Draw(rt, "partitions"),
		ReplicationFactor: rapid.Int16Range(-1, 3).Draw(rt, "replicas"),
	}
	if rapid.Bool().Draw(rt, "configured") {
		topic.Configs = topicConfigs("min.insync.replicas", rapid.SampledFrom([]string{"0", "1", "2"}).Draw(rt, "min"))
	}
	w.ask(w.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{
		Topics: []newTopic{topic}, ValidateOnly: rapid.IntRange(0, 5).Draw(rt, "validate") == 0,
	}))
}

func (w *world) registerAny(rt *rapid.T, id int32) {
	w.process[id]++
	req := registration(id, w.process[id])
	if rapid.Bool().Draw(rt, "intact") {
		req.PreviousBrokerEpoch = w.epochs[id]
	}
	resp, err := w.c.BrokerRegistration(Caller{Broker: id, InProcess: true}, req)
	if err != nil || resp.ErrorCode != wire.None || resp.BrokerEpoch <= w.epochs[id] {
		rt.Fatalf("broker %d: %+v, %v", id, resp, err)
	}
	// No partition may be led by the new process in the epoch of the old one.
	for t := range w.image().Topics() {
		for p, part := range t.Partitions() {
			if part.Leader == id {
				rt.Fatalf("%s-%d is led by a process that has just come: %s", t.Name, p, partitionState(part))
			}
		}
	}
	w.epochs[id] = resp.BrokerEpoch
}

// ask takes an answer that may be anything but an error of the whole request.
func (w *world) ask(_ any, err error) {
	if err != nil {
		w.t.Fatal(err)
	}
}

// rules are what holds between any two requests.
func (w *world) rules(rt *rapid.T) {
	image := w.image()
	for resource := range image.Configs() {
		if resource.Type == metadata.TopicResource && image.TopicByName(resource.Name) == nil {
			rt.Fatalf("configs of %s are left over", resource.Name)
		}
	}
	for t := range image.Topics() {
		if t.PartitionCount() == 0 {
			rt.Fatalf("%s has no partitions", t.Name)
		}
		for id, p := range t.Partitions() {
			w.partitionRules(rt, image, fmt.Sprint(t.ID, "-", id), p)
		}
	}
}

func (w *world) partitionRules(rt *rapid.T, image *metadata.Image, name string, p *metadata.Partition) {
	state := fmt.Sprintf("%s on %v: %s", name, p.Replicas, partitionState(p))
	if p.Leader != metadata.NoLeader {
		if b := image.Broker(p.Leader); b == nil || !b.Active() {
			rt.Fatalf("%s: the leader is not active", state)
		}
		if !slices.Contains(p.ISR, p.Leader) {
			rt.Fatalf("%s: the leader is not in sync", state)
		}
	}
	if p.Leader == metadata.NoLeader && !slices.ContainsFunc(p.Replicas, func(id int32) bool { return slices.Contains(p.ISR, id) || slices.Contains(p.ELR, id) }) && len(p.LastKnownELR) == 0 {
		rt.Fatalf("%s: nobody can ever lead", state)
	}
	for _, id := range slices.Concat(p.ISR, p.ELR) {
		if !slices.Contains(p.Replicas, id) || slices.Contains(p.ISR, id) && slices.Contains(p.ELR, id) {
			rt.Fatalf("%s: the lists do not fit", state)
		}
	}
	if p.Leader == metadata.NoLeader && len(p.ISR) > 0 {
		for _, id := range p.ISR {
			if b := image.Broker(id); b != nil && b.Active() {
				rt.Fatalf("%s: an active replica is in sync and does not lead", state)
			}
		}
	}
	if p.LeaderEpoch < w.leaderEpochs[name] {
		rt.Fatalf("%s: the leader epoch was %d", state, w.leaderEpochs[name])
	}
	w.leaderEpochs[name] = p.LeaderEpoch
}
