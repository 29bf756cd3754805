package controller

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"github.com/brolga-io/brolga/internal/wire"
)

// fixture is a Controller over a log in memory.
type fixture struct {
	t      testing.TB
	c      *Controller
	log    *shardtest.Log
	rt     *shard.Runtime
	static *config.Static
	active chan struct{}
	ids    uint64
}

// newFixture returns a controller that is active and knows no broker. Settings are
// key=value.
func newFixture(t testing.TB, settings ...string) *fixture {
	return newFixtureWith(t, func(*Options) {}, settings...)
}

// newFixtureWith is newFixture with other options.
func newFixtureWith(t testing.TB, change func(*Options), settings ...string) *fixture {
	f := &fixture{t: t, log: shardtest.NewLog(), rt: shard.NewRuntime(nil), active: make(chan struct{}, 8)}
	static, err := config.Load(config.Standalone(), settings)
	if err != nil {
		t.Fatal(err)
	}
	f.static = static
	o := f.options()
	change(&o)
	f.c = New(o)
	t.Cleanup(func() {
		f.c.Close()
		f.rt.Close()
	})
	f.c.Lead(1)
	<-f.active
	return f
}

func (f *fixture) options() Options {
	return Options{
		Runtime: f.rt, MetadataLog: f.log, NodeID: 1, ClusterID: "test-cluster", Static: f.static,
		Rand: rand.New(rand.NewPCG(1, 2)), NewUUID: f.newUUID, Active: func() { f.active <- struct{}{} },
	}
}

func (f *fixture) newUUID() wire.UUID {
	f.ids++
	var id wire.UUID
	binary.BigEndian.PutUint64(id[:], f.ids*0x9E3779B97F4A7C15)
	binary.BigEndian.PutUint64(id[8:], f.ids)
	return id
}

// image is the head state.
func (f *fixture) image() *metadata.Image {
	f.t.Helper()
	image, err := decide(f.c, func(d *decision) (*metadata.Image, error) { return d.image, nil })
	if err != nil {
		f.t.Fatal(err)
	}
	return image
}

// check holds the live state against the log.
func (f *fixture) check() {
	f.t.Helper()
	shardtest.CheckReplay(f.t, f.c.shard, f.log, f.c.machine, newMachine(f.options()))
}

func registration(id int32, incarnation byte) *wire.BrokerRegistrationRequest {
	req := &wire.BrokerRegistrationRequest{}
	req.SetDefaults()
	req.BrokerId, req.ClusterId, req.IncarnationId = id, "test-cluster", wire.UUID{1, byte(id), incarnation}
	req.Listeners = []wire.BrokerRegistrationRequestListener{{Name: "PLAINTEXT", Host: "localhost", Port: 9092}}
	for _, spec := range metadata.Features() {
		req.Features = append(req.Features, wire.BrokerRegistrationRequestFeature{
			Name: spec.Name, MinSupportedVersion: spec.Min, MaxSupportedVersion: spec.Max,
		})
	}
	req.LogDirs = []wire.UUID{{2, byte(id)}}
	return req
}

// register registers a process of a broker and returns its epoch.
func (f *fixture) register(req *wire.BrokerRegistrationRequest) int64 {
	f.t.Helper()
	resp, err := f.c.BrokerRegistration(Caller{Broker: req.BrokerId}, req)
	if err != nil || resp.ErrorCode != wire.None {
		f.t.Fatalf("registration of broker %d: %v, %v", req.BrokerId, resp, err)
	}
	return resp.BrokerEpoch
}

// beat sends the heartbeat of a broker that has seen everything.
func (f *fixture) beat(id int32, epoch int64, change ...func(*wire.BrokerHeartbeatRequest)) *wire.BrokerHeartbeatResponse {
	f.t.Helper()
	req := &wire.BrokerHeartbeatRequest{BrokerId: id, BrokerEpoch: epoch, CurrentMetadataOffset: f.log.End() - 1}
	for _, c := range change {
		c(req)
	}
	resp, err := f.c.BrokerHeartbeat(Caller{Broker: id}, req)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp
}

// start registers and unfences brokers 1 to n; racks, if any, are given to them in
// turn.
func (f *fixture) start(n int, racks ...string) []int64 {
	f.t.Helper()
	epochs := make([]int64, n+1)
	for id := int32(1); id <= int32(n); id++ {
		req := registration(id, 1)
		if len(racks) > 0 {
			req.Rack = &racks[int(id-1)%len(racks)]
		}
		epochs[id] = f.register(req)
		if resp := f.beat(id, epochs[id]); resp.ErrorCode != wire.None || resp.IsFenced {
			f.t.Fatalf("broker %d is not unfenced: %+v", id, resp)
		}
	}
	return epochs
}

// create creates a topic that nothing speaks against.
func (f *fixture) create(name string, partitions int32, replicas int16, configs ...string) *metadata.Topic {
	f.t.Helper()
	topic := wire.CreateTopicsRequestCreatableTopic{Name: name, NumPartitions: partitions, ReplicationFactor: replicas}
	topic.Configs = topicConfigs(configs...)
	resp, err := f.c.CreateTopics(Caller{Broker: 1}, &wire.CreateTopicsRequest{Topics: []wire.CreateTopicsRequestCreatableTopic{topic}})
	if err != nil || resp.Topics[0].ErrorCode != wire.None {
		f.t.Fatalf("create %s: %s, %v", name, describe(resp), err)
	}
	return f.image().TopicByName(name)
}

// alter sets configs of a resource; an empty value deletes the key.
func (f *fixture) alter(resource metadata.Resource, pairs ...string) *wire.IncrementalAlterConfigsResponse {
	f.t.Helper()
	r := wire.IncrementalAlterConfigsRequestAlterConfigsResource{ResourceType: resource.Type, ResourceName: resource.Name}
	for i := 0; i < len(pairs); i += 2 {
		c := wire.IncrementalAlterConfigsRequestAlterableConfig{Name: pairs[i], Value: &pairs[i+1]}
		if pairs[i+1] == "" {
			c.ConfigOperation, c.Value = opDelete, nil
		}
		r.Configs = append(r.Configs, c)
	}
	resp, err := f.c.IncrementalAlterConfigs(Caller{Broker: 1}, &wire.IncrementalAlterConfigsRequest{
		Resources: []wire.IncrementalAlterConfigsRequestAlterConfigsResource{r},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return resp
}

// partitionState shows a partition in one line.
func partitionState(p *metadata.Partition) string {
	s := fmt.Sprintf("leader %d epoch %d isr %v", p.Leader, p.LeaderEpoch, p.ISR)
	if len(p.ELR) > 0 {
		s += fmt.Sprintf(" elr %v", p.ELR)
	}
	if len(p.LastKnownELR) > 0 {
		s += fmt.Sprintf(" last %v", p.LastKnownELR)
	}
	if p.LeaderRecoveryState != metadata.Recovered {
		s += " recovering"
	}
	return s
}
