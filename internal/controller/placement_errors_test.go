package controller

import (
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// TestTopicsWithFewBrokers: what a cluster takes of new topics while brokers are
// fenced, on their way out or cordoned, in Kafka's words.
func TestTopicsWithFewBrokers(t *testing.T) {
	const onlyTwo = "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) " +
		"are registered or some brokers have all their log directories cordoned."
	fence := func(ids ...int32) func(l *life) {
		return func(l *life) {
			for _, id := range ids {
				l.fence(id)
			}
		}
	}
	shutDown := func(l *life) { l.beat(1, l.epochs[1], func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true }) }
	cordon := func(l *life) {
		l.beat(1, l.epochs[1], func(r *wire.BrokerHeartbeatRequest) { r.CordonedLogDirs = []wire.UUID{{2, 1}} })
	}
	for name, c := range map[string]struct {
		before   func(l *life)
		replicas int16
		manual   []int32
		code     wire.ErrorCode
		want     string // the message, or replicas and in-sync set
	}{
		"too few":       {func(l *life) { l.unregister(3) }, 3, nil, wire.InvalidReplicationFactor, onlyTwo},
		"one is fenced": {fence(3), 3, nil, wire.None, "3 of 3, 2 in sync"},
		"all are fenced": {fence(1, 2, 3), 1, nil, wire.InvalidReplicationFactor, "Unable to replicate the partition 1 time(s): " +
			"All brokers are currently fenced, or have all their log directories cordoned."},
		"one shuts down":               {shutDown, 3, nil, wire.InvalidReplicationFactor, onlyTwo},
		"one shuts down, two are left": {shutDown, 2, nil, wire.None, "2 of 2, 2 in sync"},
		"one is gone in order":         {func(l *life) { shutDown(l); l.fence(1); fence(1)(l) }, 2, nil, wire.None, "2 of 2, 2 in sync"},
		"one is cordoned":              {cordon, 3, nil, wire.InvalidReplicationFactor, onlyTwo},
		"on a fenced one": {fence(3), -1, []int32{3}, wire.InvalidReplicaAssignment,
			"All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown."},
		"on one that shuts down": {shutDown, -1, []int32{1}, wire.InvalidReplicaAssignment,
			"All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown."},
		"on a fenced one and another": {fence(3), -1, []int32{3, 2}, wire.None, "2 of 2, 1 in sync"},
		"on a cordoned one": {cordon, -1, []int32{1, 2}, wire.InvalidReplicaAssignment,
			"The manual partition assignment includes broker 1, but all its log directories are cordoned."},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, []int32{1, 2, 3})
			c.before(l)
			topic := newTopic{Name: "new", NumPartitions: 1, ReplicationFactor: c.replicas}
			if c.manual != nil {
				topic.NumPartitions = -1
				topic.Assignments = []wire.CreateTopicsRequestCreatableReplicaAssignment{{BrokerIds: c.manual}}
			}
			resp, err := l.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{Topics: []newTopic{topic}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if text := resp.Topics[0].ErrorMessage; text != nil {
				got = *text
			} else {
				p := l.image().TopicByName("new").Partition(0)
				got = fmt.Sprintf("%d of %d, %d in sync", len(p.Replicas), resp.Topics[0].ReplicationFactor, len(p.ISR))
				if !l.image().Broker(p.Leader).Active() {
					t.Errorf("led by %d", p.Leader)
				}
			}
			if code := resp.Topics[0].ErrorCode; code != c.code || got != c.want {
				t.Errorf("%s %s,\nwant %s %s", code.Name(), got, c.code.Name(), c.want)
			}
		})
	}
}
