package controller

import (
	"fmt"
	"slices"
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// alterISR asks for an in-sync set in the name of the leader that there is.
func (l *life) alterISR(isr []int32, change ...func(*wire.AlterPartitionRequest, *askedPartition)) (answeredPartition, wire.ErrorCode) {
	l.t.Helper()
	t := l.image().TopicByName("t")
	p := t.Partition(0)
	asked := askedPartition{LeaderEpoch: p.LeaderEpoch, PartitionEpoch: p.PartitionEpoch}
	for _, id := range isr {
		asked.NewIsrWithEpochs = append(asked.NewIsrWithEpochs, memberState{BrokerId: id, BrokerEpoch: l.epochs[id]})
	}
	req := &wire.AlterPartitionRequest{BrokerId: p.Leader, BrokerEpoch: l.epochs[p.Leader]}
	topic := wire.AlterPartitionRequestTopicData{TopicId: t.ID}
	for _, c := range change {
		c(req, &asked)
	}
	topic.Partitions = append(topic.Partitions, asked)
	if req.Topics == nil {
		req.Topics = append(req.Topics, topic)
	}
	resp, err := l.c.AlterPartition(Caller{Version: 3}, req)
	if err != nil {
		l.t.Fatal(err)
	}
	if resp.ErrorCode != wire.None {
		return answeredPartition{}, resp.ErrorCode
	}
	answer := resp.Topics[0].Partitions[0]
	return answer, answer.ErrorCode
}

func (l *life) mustAlter(isr ...int32) {
	l.t.Helper()
	if _, code := l.alterISR(isr); code != wire.None {
		l.t.Fatalf("in-sync set %v: %s", isr, code.Name())
	}
}

func TestAlterPartition(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3}, "min.insync.replicas", "2")
	for _, step := range []struct {
		isr  []int32
		want string
	}{
		{[]int32{1, 3}, "leader 1 epoch 0 isr [1 3]"},
		{[]int32{1}, "leader 1 epoch 0 isr [1] elr [3]"},
		{[]int32{1, 2}, "leader 1 epoch 0 isr [1 2]"},
		{[]int32{2, 1, 3}, "leader 1 epoch 0 isr [2 1 3]"},
	} {
		before := l.image().TopicByName("t").Partition(0).PartitionEpoch
		answer, code := l.alterISR(step.isr)
		if code != wire.None || answer.LeaderId != 1 || answer.LeaderEpoch != 0 || answer.PartitionEpoch != before+1 || !slices.Equal(answer.Isr, step.isr) {
			t.Fatalf("%v: %s, %+v", step.isr, code.Name(), answer)
		}
		l.mustBe(fmt.Sprint(step.isr), step.want)
	}
	end := l.log.End()
	if answer, code := l.alterISR([]int32{2, 1, 3}); code != wire.None || l.log.End() != end {
		t.Fatalf("the same again: %s, %+v", code.Name(), answer)
	}
	l.check()
}

// TestAlterPartitionIsRefused: nothing but what the metadata allows changes a set.
func TestAlterPartitionIsRefused(t *testing.T) {
	type change = func(l *life) func(*wire.AlterPartitionRequest, *askedPartition)
	with := func(fn func(*wire.AlterPartitionRequest, *askedPartition)) change {
		return func(*life) func(*wire.AlterPartitionRequest, *askedPartition) { return fn }
	}
	for name, c := range map[string]struct {
		before func(l *life)
		isr    []int32
		change change
		want   wire.ErrorCode
	}{
		"old broker epoch": {nil, []int32{1, 2}, with(func(r *wire.AlterPartitionRequest, _ *askedPartition) { r.BrokerEpoch-- }), wire.StaleBrokerEpoch},
		"unknown broker":   {nil, []int32{1, 2}, with(func(r *wire.AlterPartitionRequest, _ *askedPartition) { r.BrokerId = 9 }), wire.StaleBrokerEpoch},
		"not the leader": {nil, []int32{1, 2}, func(l *life) func(*wire.AlterPartitionRequest, *askedPartition) {
			return func(r *wire.AlterPartitionRequest, _ *askedPartition) { r.BrokerId, r.BrokerEpoch = 2, l.epochs[2] }
		}, wire.InvalidRequest},
		"later leader epoch":    {nil, []int32{1, 2}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.LeaderEpoch++ }), wire.NotController},
		"earlier leader epoch":  {nil, []int32{1, 2}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.LeaderEpoch-- }), wire.FencedLeaderEpoch},
		"later partition epoch": {nil, []int32{1, 2}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.PartitionEpoch++ }), wire.NotController},
		"old partition epoch":   {nil, []int32{1, 2}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.PartitionEpoch-- }), wire.InvalidUpdateVersion},
		"no such partition":     {nil, []int32{1, 2}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.PartitionIndex = 7 }), wire.UnknownTopicOrPartition},
		"no such topic": {nil, []int32{1, 2}, with(func(r *wire.AlterPartitionRequest, p *askedPartition) {
			r.Topics = []wire.AlterPartitionRequestTopicData{{TopicId: wire.UUID{1}, Partitions: []askedPartition{*p}}}
		}), wire.UnknownTopicId},
		"empty":                  {nil, nil, nil, wire.InvalidRequest},
		"without the leader":     {nil, []int32{2, 3}, nil, wire.InvalidRequest},
		"not a replica":          {nil, []int32{1, 4}, nil, wire.InvalidRequest},
		"member twice":           {nil, []int32{1, 2, 2}, nil, wire.InvalidRequest},
		"recovered to recovers":  {nil, []int32{1}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.LeaderRecoveryState = metadata.Recovering }), wire.InvalidRequest},
		"unknown recovery state": {nil, []int32{1}, with(func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.LeaderRecoveryState = 2 }), wire.InvalidRequest},
		"fenced member":          {func(l *life) { l.fence(2) }, []int32{1, 2, 3}, nil, wire.IneligibleReplica},
		"member of an old life":  {func(l *life) { l.restart(2, true); l.unfence(2); l.epochs[2]-- }, []int32{1, 2, 3}, nil, wire.IneligibleReplica},
		"member shuts down": {func(l *life) {
			l.create("other", 20, 3) // something for it to lead
			l.beat(2, l.epochs[2], func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true })
		}, []int32{1, 2, 3}, nil, wire.IneligibleReplica},
		"unregistered member": {func(l *life) { l.unregister(2) }, []int32{1, 2, 3}, nil, wire.IneligibleReplica},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLifeOf(t, 4, []int32{1, 2, 3})
			l.mustAlter(1, 3)
			if c.before != nil {
				c.before(l)
			}
			state, end := l.state(), l.log.End()
			var changes []func(*wire.AlterPartitionRequest, *askedPartition)
			if c.change != nil {
				changes = append(changes, c.change(l))
			}
			if _, code := l.alterISR(c.isr, changes...); code != c.want {
				t.Errorf("%s, want %s", code.Name(), c.want.Name())
			}
			if l.log.End() != end || l.state() != state {
				t.Errorf("%s became %s", state, l.state())
			}
		})
	}
}

// TestAlterPartitionWithoutEpochs: version 2 does not tell them.
func TestAlterPartitionWithoutEpochs(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	p := l.image().TopicByName("t").Partition(0)
	req := &wire.AlterPartitionRequest{BrokerId: 1, BrokerEpoch: l.epochs[1], Topics: []wire.AlterPartitionRequestTopicData{{
		TopicId: l.image().TopicByName("t").ID, Partitions: []askedPartition{{NewIsr: []int32{1, 3}, PartitionEpoch: p.PartitionEpoch}},
	}}}
	resp, err := l.c.AlterPartition(Caller{Version: 2}, req)
	if err != nil || resp.Topics[0].Partitions[0].ErrorCode != wire.None {
		t.Fatalf("%+v, %v", resp, err)
	}
	l.mustBe("shrunk", "leader 1 epoch 0 isr [1 3]")
}

// TestAlterPartitionTwice: of two changes of a partition in one request the second
// cannot have seen the first.
func TestAlterPartitionTwice(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	answers := wire.AlterPartitionResponse{}
	_, code := l.alterISR([]int32{1, 3}, func(r *wire.AlterPartitionRequest, p *askedPartition) {
		r.Topics = []wire.AlterPartitionRequestTopicData{{TopicId: l.image().TopicByName("t").ID, Partitions: []askedPartition{*p, *p}}}
		resp, err := l.c.AlterPartition(Caller{Version: 3}, r)
		if err != nil {
			t.Fatal(err)
		}
		answers = *resp
	})
	got := answers.Topics[0].Partitions
	if got[0].ErrorCode != wire.None || got[1].ErrorCode != wire.InvalidUpdateVersion || code != wire.InvalidUpdateVersion {
		t.Fatalf("%+v, then %s", answers, code.Name())
	}
}

// TestManyPartitionsAtOnce: a request may be larger than a batch.
func TestManyPartitionsAtOnce(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	topic := l.create("many", 25, 3)
	l.limitBatches(4)
	req := &wire.AlterPartitionRequest{BrokerId: 1, BrokerEpoch: l.epochs[1]}
	asked := wire.AlterPartitionRequestTopicData{TopicId: topic.ID}
	for id, p := range topic.Partitions() {
		if p.Leader == 1 {
			asked.Partitions = append(asked.Partitions, askedPartition{PartitionIndex: id, NewIsrWithEpochs: []memberState{{BrokerId: 1, BrokerEpoch: l.epochs[1]}}})
		}
	}
	unknown := wire.AlterPartitionRequestTopicData{TopicId: wire.UUID{77}, Partitions: asked.Partitions[:2]}
	req.Topics = []wire.AlterPartitionRequestTopicData{unknown, asked, {TopicId: topic.ID}, unknown}
	resp, err := l.c.AlterPartition(Caller{Version: 3}, req)
	if err != nil || len(resp.Topics) != 4 || len(resp.Topics[1].Partitions) != len(asked.Partitions) || len(asked.Partitions) < 7 {
		t.Fatalf("%+v, %v", resp, err)
	}
	for i, p := range resp.Topics[1].Partitions {
		if p.ErrorCode != wire.None || p.PartitionIndex != asked.Partitions[i].PartitionIndex || len(p.Isr) != 1 {
			t.Errorf("%+v", p)
		}
	}
	if code := resp.Topics[3].Partitions[1].ErrorCode; code != wire.UnknownTopicId {
		t.Errorf("%s", code.Name())
	}
	l.check()
}

// TestRecoveryEnds: a leader after an unclean election says when it has recovered;
// only then may others be in sync with it (KIP-704).
func TestRecoveryEnds(t *testing.T) {
	l := newLife(t, []int32{1, 2}, "unclean.leader.election.enable", "true")
	l.fence(2)
	l.fence(1)
	l.unfence(2)
	l.unfence(1)
	l.mustBe("unclean", "leader 2 epoch 2 isr [2] recovering")
	recovers := func(_ *wire.AlterPartitionRequest, p *askedPartition) { p.LeaderRecoveryState = metadata.Recovering }
	if _, code := l.alterISR([]int32{2, 1}, recovers); code != wire.InvalidRequest {
		t.Errorf("a follower of a leader that recovers: %s", code.Name())
	}
	if _, code := l.alterISR([]int32{2}, recovers); code != wire.None {
		t.Errorf("it still recovers: %s", code.Name())
	}
	answer, code := l.alterISR([]int32{2})
	if code != wire.None || answer.LeaderRecoveryState != metadata.Recovered {
		t.Errorf("recovered: %s, %+v", code.Name(), answer)
	}
	l.mustBe("recovered", "leader 2 epoch 2 isr [2]")
	l.mustAlter(2, 1)
	l.check()
}
