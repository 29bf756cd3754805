package simulator

import (
	"time"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// admin makes topics and changes what the run's faults ask for.
type admin struct {
	client
	c *clients
}

// ask sends a request to a controller until one takes it; then is called with the
// answer, or with nil after a while.
func (a *admin) ask(tries int, handle func(c *controller.Controller, who controller.Caller) (any, error), then func(answer any)) {
	to := 1 + int32(a.rng.IntN(voters))
	a.w.askController(a.id, nil, to, "admin", handle, func(answer any, err error) {
		switch {
		case err == nil:
			then(answer)
		case tries > 0:
			a.w.after(a.pause(5*time.Millisecond, 60*time.Millisecond), nil, "admin", func() { a.ask(tries-1, handle, then) })
		default:
			then(nil)
		}
	})
}

// topicSpec is a topic of a run.
type topicSpec struct {
	name       string
	partitions int32
	configs    map[string]string
}

// create makes a topic, if it is not there, and calls then when the admin knows it.
func (a *admin) create(s topicSpec, then func()) {
	t := wire.CreateTopicsRequestCreatableTopic{Name: s.name, NumPartitions: s.partitions, ReplicationFactor: 3}
	for _, key := range []string{"internal.segment.bytes", "index.interval.bytes", "cleanup.policy", "retention.bytes", "file.delete.delay.ms", "min.cleanable.dirty.ratio", "segment.ms", "delete.retention.ms"} {
		if value, ok := s.configs[key]; ok {
			t.Configs = append(t.Configs, wire.CreateTopicsRequestCreatableTopicConfig{Name: key, Value: &value})
		}
	}
	a.ask(200, func(c *controller.Controller, who controller.Caller) (any, error) {
		req := new(wire.CreateTopicsRequest)
		req.SetDefaults()
		req.Topics = []wire.CreateTopicsRequestCreatableTopic{t}
		resp, err := c.CreateTopics(who, req)
		return resp, err
	}, func(answer any) {
		resp, _ := answer.(*wire.CreateTopicsResponse)
		if resp == nil || resp.Topics[0].ErrorCode != wire.None && resp.Topics[0].ErrorCode != wire.TopicAlreadyExists {
			if resp != nil {
				a.w.note("topic %s is not made: %v", s.name, resp.Topics[0].ErrorCode)
			}
			a.w.after(100*time.Millisecond, nil, "create again", func() { a.create(s, then) })
			return
		}
		a.await(s.name, then)
	})
}

// await calls then when the admin knows of a topic.
func (a *admin) await(name string, then func()) {
	if a.image.TopicByName(name) != nil {
		then()
		return
	}
	a.refresh(func() { a.w.after(20*time.Millisecond, nil, "await", func() { a.await(name, then) }) })
}

// remove deletes a topic.
func (a *admin) remove(name string, then func()) {
	a.ask(20, func(c *controller.Controller, who controller.Caller) (any, error) {
		req := new(wire.DeleteTopicsRequest)
		req.SetDefaults()
		req.Topics = []wire.DeleteTopicsRequestDeleteTopicState{{Name: &name}}
		resp, err := c.DeleteTopics(who, req)
		return resp, err
	}, func(any) { then() })
}

// reassign moves a partition's replicas.
func (a *admin) reassign(topic string, number int32, replicas []int32) {
	a.ask(20, func(c *controller.Controller, who controller.Caller) (any, error) {
		req := new(wire.AlterPartitionReassignmentsRequest)
		req.SetDefaults()
		req.Topics = []wire.AlterPartitionReassignmentsRequestReassignableTopic{{Name: topic,
			Partitions: []wire.AlterPartitionReassignmentsRequestReassignablePartition{{PartitionIndex: number, Replicas: replicas}}}}
		resp, err := c.AlterPartitionReassignments(who, req)
		return resp, err
	}, func(any) {})
}

// elect has the preferred leaders elected.
func (a *admin) elect() {
	a.ask(3, func(c *controller.Controller, who controller.Caller) (any, error) {
		resp, err := c.ElectLeaders(who, &wire.ElectLeadersRequest{TimeoutMs: 1000})
		return resp, err
	}, func(any) {})
}

// shortened tells whether records of a topic may go by rule.
func (c *clients) shortened(topic string) bool {
	return topic == shortTopic || topic == keyedTopic || topic == metadata.OffsetsTopic
}
