package controller

import (
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// life drives the brokers of a cluster with one partition, on brokers 1, 2, 3 in
// this order, through what happens to them.
type life struct {
	*fixture
	epochs map[int32]int64
	number map[int32]byte // of the process
}

func newLife(t *testing.T, replicas []int32, configs ...string) *life {
	return newLifeOf(t, 3, replicas, configs...)
}

// newLifeOf is newLife with more brokers.
func newLifeOf(t *testing.T, brokers int, replicas []int32, configs ...string) *life {
	t.Helper()
	l := &life{fixture: newFixture(t), epochs: map[int32]int64{}, number: map[int32]byte{}}
	for id, epoch := range l.start(brokers)[1:] {
		l.epochs[int32(id)+1] = epoch
		l.number[int32(id)+1] = 1
	}
	resp, err := l.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{Topics: []newTopic{{
		Name: "t", NumPartitions: -1, ReplicationFactor: -1, Configs: topicConfigs(configs...),
		Assignments: []wire.CreateTopicsRequestCreatableReplicaAssignment{{BrokerIds: replicas}},
	}}})
	if err != nil || resp.Topics[0].ErrorCode != wire.None {
		t.Fatalf("%s, %v", describe(resp), err)
	}
	return l
}

func (l *life) state() string { return partitionState(l.image().TopicByName("t").Partition(0)) }

// restart registers a new process of the broker. An intact one knows the epoch of
// the one before.
func (l *life) restart(id int32, intact bool) {
	l.number[id]++
	req := registration(id, l.number[id])
	if intact {
		req.PreviousBrokerEpoch = l.epochs[id]
	}
	resp, err := l.c.BrokerRegistration(Caller{Broker: id, InProcess: true}, req)
	if err != nil || resp.ErrorCode != wire.None {
		l.t.Fatalf("broker %d: %+v, %v", id, resp, err)
	}
	l.epochs[id] = resp.BrokerEpoch
}

func (l *life) fence(id int32) {
	l.beat(id, l.epochs[id], func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true })
}

func (l *life) unfence(id int32) { l.beat(id, l.epochs[id]) }

// rejoin puts the broker back into the in-sync set, as its leader will ask for.
func (l *life) rejoin(isr ...int32) {
	l.t.Helper()
	_, err := decide(l.c, func(d *decision) (int, error) {
		t := d.image.TopicByName("t")
		c := new(change)
		c.begin(d, d.electionSettings("t"), t.ID, 0, t.Partition(0))
		c.isr = isr
		d.add(c.record())
		return 0, nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

// TestLeaders tells what becomes of a partition while brokers go and come back:
// the in-sync set, the eligible replicas, the leader and its epoch.
func TestLeaders(t *testing.T) {
	type step struct {
		what string
		do   func(l *life)
		want string
	}
	for name, c := range map[string]struct {
		replicas []int32
		configs  []string
		steps    []step
	}{
		// With one replica the in-sync set stays; the new process gets a new leader
		// epoch, whether it lost something or not.
		"alone": {[]int32{1}, nil, []step{
			{"created", func(l *life) {}, "leader 1 epoch 0 isr [1]"},
			{"intact process", func(l *life) { l.restart(1, true) }, "leader -1 epoch 1 isr [1]"},
			{"unfenced", func(l *life) { l.unfence(1) }, "leader 1 epoch 2 isr [1]"},
			{"process that lost", func(l *life) { l.restart(1, false) }, "leader -1 epoch 3 isr [1]"},
			{"unfenced", func(l *life) { l.unfence(1) }, "leader 1 epoch 4 isr [1]"},
			{"fenced", func(l *life) { l.fence(1) }, "leader -1 epoch 5 isr [1]"},
			{"process after the fence", func(l *life) { l.restart(1, false) }, "leader -1 epoch 5 isr [1]"},
			{"unfenced", func(l *life) { l.unfence(1) }, "leader 1 epoch 6 isr [1]"},
		}},
		"large in-sync set": {[]int32{1, 2, 3}, []string{"min.insync.replicas", "2"}, []step{
			{"leader restarts", func(l *life) { l.restart(1, true) }, "leader 2 epoch 1 isr [2 3]"},
			{"unfenced", func(l *life) { l.unfence(1) }, "leader 2 epoch 1 isr [2 3]"},
			{"rejoins", func(l *life) { l.rejoin(2, 3, 1) }, "leader 2 epoch 1 isr [2 3 1]"},
			{"follower restarts", func(l *life) { l.restart(3, false) }, "leader 2 epoch 1 isr [2 1]"},
		}},
		// Below the smallest set whoever leaves it stays eligible.
		"intact ones stay eligible": {[]int32{1, 2, 3}, []string{"min.insync.replicas", "2"}, []step{
			{"one leaves", func(l *life) { l.fence(3) }, "leader 1 epoch 0 isr [1 2]"},
			{"another leaves", func(l *life) { l.fence(2) }, "leader 1 epoch 0 isr [1] elr [2]"},
			{"the last leaves", func(l *life) { l.fence(1) }, "leader -1 epoch 1 isr [] elr [1 2] last [1]"},
			{"intact process", func(l *life) { l.restart(2, true) }, "leader -1 epoch 1 isr [] elr [1 2] last [1]"},
			{"is elected", func(l *life) { l.unfence(2) }, "leader 2 epoch 2 isr [2] elr [1]"},
			{"another comes", func(l *life) { l.unfence(1) }, "leader 2 epoch 2 isr [2] elr [1]"},
			{"rejoins", func(l *life) { l.rejoin(2, 1) }, "leader 2 epoch 2 isr [2 1]"},
		}},
		"those that lost something do not": {[]int32{1, 2, 3}, []string{"min.insync.replicas", "2"}, []step{
			{"two leave", func(l *life) { l.fence(3); l.fence(2) }, "leader 1 epoch 0 isr [1] elr [2]"},
			{"one lost", func(l *life) { l.restart(2, false) }, "leader 1 epoch 0 isr [1]"},
			{"the last leaves", func(l *life) { l.fence(1) }, "leader -1 epoch 1 isr [] elr [1] last [1]"},
			{"it may not lead", func(l *life) { l.unfence(2); l.unfence(3) }, "leader -1 epoch 1 isr [] elr [1] last [1]"},
			{"the eligible one may", func(l *life) { l.unfence(1) }, "leader 1 epoch 2 isr [1]"},
		}},
		// Nobody is left who surely has everything: the last leader comes closest.
		"the last leader leads with what is left": {[]int32{1, 2}, []string{"min.insync.replicas", "2"}, []step{
			{"one leaves", func(l *life) { l.fence(2) }, "leader 1 epoch 0 isr [1] elr [2]"},
			{"and lost", func(l *life) { l.restart(2, false) }, "leader 1 epoch 0 isr [1]"},
			{"the leader lost as well", func(l *life) { l.restart(1, false) }, "leader -1 epoch 1 isr [] last [1]"},
			{"the other may not lead", func(l *life) { l.unfence(2) }, "leader -1 epoch 1 isr [] last [1]"},
			{"the last leader may", func(l *life) { l.unfence(1) }, "leader 1 epoch 2 isr [1] recovering"},
		}},
		"unclean election": {[]int32{1, 2}, []string{"min.insync.replicas", "1", "unclean.leader.election.enable", "true"}, []step{
			{"one leaves", func(l *life) { l.fence(2) }, "leader 1 epoch 0 isr [1]"},
			{"the leader leaves", func(l *life) { l.fence(1) }, "leader -1 epoch 1 isr [] elr [1] last [1]"},
			{"the other leads", func(l *life) { l.unfence(2) }, "leader 2 epoch 2 isr [2] recovering"},
		}},
		"enough eligible replicas clear": {[]int32{1, 2, 3}, []string{"min.insync.replicas", "3"}, []step{
			{"one leaves", func(l *life) { l.fence(3) }, "leader 1 epoch 0 isr [1 2] elr [3]"},
			{"smaller set", func(l *life) {
				l.alter(metadata.Resource{Type: metadata.TopicResource, Name: "t"}, "min.insync.replicas", "2")
			}, "leader 1 epoch 0 isr [1 2]"},
			{"the leader leaves", func(l *life) { l.fence(1) }, "leader 2 epoch 1 isr [2] elr [1]"},
			{"cluster's set", func(l *life) {
				l.alter(metadata.Resource{Type: metadata.BrokerResource}, "min.insync.replicas", "2")
			}, "leader 2 epoch 1 isr [2]"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, c.replicas, c.configs...)
			for i, s := range c.steps {
				s.do(l)
				if got := l.state(); got != s.want {
					t.Fatalf("step %d, %s: %s, want %s", i+1, s.what, got, s.want)
				}
			}
			l.check()
		})
	}
}

// TestLeadersWithoutELR: below metadata.version 4.1 the last in-sync replica stays
// on record.
func TestLeadersWithoutELR(t *testing.T) {
	f := newFixture(t)
	_, err := decide(f.c, func(d *decision) (int, error) {
		d.add(&wire.FeatureLevelRecord{Name: metadata.ELRVersion, FeatureLevel: 0})
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	epochs := f.start(2)
	f.create("t", 1, 2)
	fence := func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true }
	first := f.image().TopicByName("t").Partition(0).Leader
	other := 3 - first
	f.beat(first, epochs[first], fence)
	f.beat(other, epochs[other], fence)
	p := f.image().TopicByName("t").Partition(0)
	if p.Leader != metadata.NoLeader || len(p.ISR) != 1 || p.ISR[0] != other || len(p.ELR)+len(p.LastKnownELR) != 0 {
		t.Fatal(partitionState(p))
	}
	f.beat(first, epochs[first])
	if p := f.image().TopicByName("t").Partition(0); p.Leader != metadata.NoLeader {
		t.Fatalf("a replica that is not in sync leads: %s", partitionState(p))
	}
	f.beat(other, epochs[other])
	if p := f.image().TopicByName("t").Partition(0); p.Leader != other || p.LeaderRecoveryState != metadata.Recovered {
		t.Fatal(partitionState(p))
	}
	f.check()
}
