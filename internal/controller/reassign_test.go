package controller

import (
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// reassign asks for other replicas of the partition; none at all cancels.
func (l *life) reassign(replicas ...int32) *reassigned { return l.reassignIn("t", true, replicas...) }

func (l *life) reassignIn(topic string, mayResize bool, replicas ...int32) *reassigned {
	l.t.Helper()
	req := &wire.AlterPartitionReassignmentsRequest{AllowReplicationFactorChange: mayResize}
	req.Topics = []wire.AlterPartitionReassignmentsRequestReassignableTopic{{Name: topic, Partitions: []reassignable{{Replicas: replicas}}}}
	resp, err := l.c.AlterPartitionReassignments(Caller{}, req)
	if err != nil || resp.ErrorCode != wire.None || len(resp.Responses) != 1 || len(resp.Responses[0].Partitions) != 1 {
		l.t.Fatalf("%+v, %v", resp, err)
	}
	return &resp.Responses[0].Partitions[0]
}

func (l *life) mustReassign(replicas ...int32) {
	l.t.Helper()
	if got := l.reassign(replicas...); got.ErrorCode != wire.None {
		l.t.Fatalf("reassign to %v: %s %s", replicas, got.ErrorCode.Name(), *got.ErrorMessage)
	}
}

// assigned shows the partition with its replicas.
func (l *life) assigned() string {
	p := l.image().TopicByName("t").Partition(0)
	s := fmt.Sprintf("%v", p.Replicas)
	if len(p.AddingReplicas) > 0 {
		s += fmt.Sprintf(" adding %v", p.AddingReplicas)
	}
	if len(p.RemovingReplicas) > 0 {
		s += fmt.Sprintf(" removing %v", p.RemovingReplicas)
	}
	return s + " " + partitionState(p)
}

func TestReassign(t *testing.T) {
	type step struct {
		what string
		do   func(l *life)
		want string
	}
	newLeader := func(l *life, isr ...int32) {
		if _, code := l.alterISR(isr); code != wire.NewLeaderElected {
			l.t.Errorf("the leader is told %s", code.Name())
		}
	}
	for name, c := range map[string]struct {
		replicas []int32
		configs  []string
		steps    []step
	}{
		"move": {[]int32{1, 2, 3}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(3, 4, 5) }, "[3 4 5 1 2] adding [4 5] removing [1 2] leader 1 epoch 0 isr [1 2 3]"},
			{"one is in sync", func(l *life) { l.mustAlter(1, 2, 3, 4) }, "[3 4 5 1 2] adding [4 5] removing [1 2] leader 1 epoch 0 isr [1 2 3 4]"},
			{"all are", func(l *life) { newLeader(l, 1, 2, 3, 4, 5) }, "[3 4 5] leader 3 epoch 1 isr [3 4 5]"},
		}},
		"a removed follower": {[]int32{1, 2, 3}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(1, 2, 4) }, "[1 2 4 3] adding [4] removing [3] leader 1 epoch 0 isr [1 2 3]"},
			// The epoch rises: the removed one must not go on fetching in it.
			{"done", func(l *life) { l.mustAlter(1, 2, 3, 4) }, "[1 2 4] leader 1 epoch 1 isr [1 2 4]"},
		}},
		"other order": {[]int32{1, 2, 3}, nil, []step{
			{"at once", func(l *life) { l.mustReassign(3, 1, 2) }, "[3 1 2] leader 1 epoch 0 isr [1 2 3]"},
			{"the same again", func(l *life) { l.mustReassign(3, 1, 2) }, "[3 1 2] leader 1 epoch 0 isr [1 2 3]"},
		}},
		"fewer": {[]int32{1, 2, 3}, nil, []step{
			{"at once", func(l *life) { l.mustReassign(2) }, "[2] leader 2 epoch 1 isr [2]"},
		}},
		"fewer, of which none is in sync": {[]int32{1, 2, 3}, nil, []step{
			{"alone", func(l *life) { l.mustAlter(1) }, "[1 2 3] leader 1 epoch 0 isr [1]"},
			{"begun", func(l *life) { l.mustReassign(2) }, "[2 1 3] removing [1 3] leader 1 epoch 0 isr [1]"},
			{"done", func(l *life) { newLeader(l, 1, 2) }, "[2] leader 2 epoch 1 isr [2]"},
		}},
		"more": {[]int32{1}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(1, 2, 3) }, "[1 2 3] adding [2 3] leader 1 epoch 0 isr [1]"},
			{"done", func(l *life) { l.mustAlter(1, 2, 3) }, "[1 2 3] leader 1 epoch 0 isr [1 2 3]"},
		}},
		"cancel": {[]int32{1, 2, 3}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(4, 5) }, "[4 5 1 2 3] adding [4 5] removing [1 2 3] leader 1 epoch 0 isr [1 2 3]"},
			{"one is in sync", func(l *life) { l.mustAlter(4, 1, 2, 3) }, "[4 5 1 2 3] adding [4 5] removing [1 2 3] leader 1 epoch 0 isr [4 1 2 3]"},
			{"taken back", func(l *life) { l.mustReassign() }, "[1 2 3] leader 1 epoch 1 isr [1 2 3]"},
		}},
		"cancel when a new one leads": {[]int32{1, 2}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(4, 5) }, "[4 5 1 2] adding [4 5] removing [1 2] leader 1 epoch 0 isr [1 2]"},
			{"one is in sync", func(l *life) { l.mustAlter(1, 2, 4) }, "[4 5 1 2] adding [4 5] removing [1 2] leader 1 epoch 0 isr [1 2 4]"},
			{"the leader goes", func(l *life) { l.fence(1) }, "[4 5 1 2] adding [4 5] removing [1 2] leader 4 epoch 1 isr [2 4]"},
			{"taken back", func(l *life) { l.mustReassign() }, "[1 2] leader 2 epoch 2 isr [2]"},
		}},
		"another target on the way": {[]int32{1, 2, 3}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(4, 5, 1) }, "[4 5 1 2 3] adding [4 5] removing [2 3] leader 1 epoch 0 isr [1 2 3]"},
			{"other", func(l *life) { l.mustReassign(4, 2, 1) }, "[4 2 1 3 5] adding [4 5] removing [3 5] leader 1 epoch 0 isr [1 2 3]"},
			{"done", func(l *life) { l.mustAlter(1, 2, 3, 4) }, "[4 2 1] leader 1 epoch 1 isr [1 2 4]"},
		}},
		"another target, then cancelled": {[]int32{1, 2, 3}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(4, 2, 3) }, "[4 2 3 1] adding [4] removing [1] leader 1 epoch 0 isr [1 2 3]"},
			{"other", func(l *life) { l.mustReassign(5, 2, 3) }, "[5 2 3 1 4] adding [4 5] removing [1 4] leader 1 epoch 0 isr [1 2 3]"},
			{"taken back", func(l *life) { l.mustReassign() }, "[2 3 1] leader 1 epoch 1 isr [1 2 3]"},
		}},
		"back where it began": {[]int32{1, 2, 3}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(4, 2, 3) }, "[4 2 3 1] adding [4] removing [1] leader 1 epoch 0 isr [1 2 3]"},
			{"back", func(l *life) { l.mustReassign(1, 2, 3) }, "[1 2 3] leader 1 epoch 1 isr [1 2 3]"},
		}},
		// A fence ends it as well, if those that are left are all in sync.
		"ends when a removed one is fenced": {[]int32{1, 2}, nil, []step{
			{"begun", func(l *life) { l.mustReassign(2, 3) }, "[2 3 1] adding [3] removing [1] leader 1 epoch 0 isr [1 2]"},
			{"fenced", func(l *life) { l.fence(1) }, "[2 3 1] adding [3] removing [1] leader 2 epoch 1 isr [2]"},
			{"done", func(l *life) { l.mustAlter(2, 3) }, "[2 3] leader 2 epoch 2 isr [2 3]"},
		}},
		"smallest set with fewer replicas": {[]int32{1, 2, 3}, []string{"min.insync.replicas", "2"}, []step{
			{"one is left", func(l *life) { l.mustAlter(1) }, "[1 2 3] leader 1 epoch 0 isr [1] elr [2 3]"},
			{"fewer", func(l *life) { l.mustReassign(1) }, "[1] leader 1 epoch 1 isr [1]"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLifeOf(t, 5, c.replicas, c.configs...)
			for i, s := range c.steps {
				s.do(l)
				if got := l.assigned(); got != s.want {
					t.Fatalf("step %d, %s: %s, want %s", i+1, s.what, got, s.want)
				}
			}
			l.check()
		})
	}
}

func TestReassignIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		before    func(l *life)
		topic     string
		mayResize bool
		replicas  []int32
		want      wire.ErrorCode
		text      string
	}{
		"unknown topic":   {nil, "nope", true, []int32{1}, wire.UnknownTopicOrPartition, "Unable to find a topic named nope."},
		"unknown broker":  {nil, "t", true, []int32{1, 9}, wire.InvalidReplicaAssignment, "The manual partition assignment includes broker 9, but no such broker is registered."},
		"broker twice":    {nil, "t", true, []int32{1, 1}, wire.InvalidReplicaAssignment, "The manual partition assignment includes the broker 1 more than once."},
		"nobody":          {nil, "t", true, []int32{}, wire.InvalidReplicaAssignment, "The manual partition assignment includes an empty replica list."},
		"nothing to undo": {nil, "t", true, nil, wire.NoReassignmentInProgress, wire.NoReassignmentInProgress.Error()},
		"other size":      {nil, "t", false, []int32{4, 5}, wire.InvalidReplicationFactor, "The replication factor is changed from 3 to 2"},
		"other size than the target": {func(l *life) { l.mustReassign(4, 5) }, "t", false, []int32{3, 4, 5}, wire.InvalidReplicationFactor,
			"The replication factor is changed from 2 to 3"},
		"only new ones are in sync": {func(l *life) {
			l.mustReassign(4, 5)
			l.mustAlter(1, 4)
			l.fence(1)
		}, "t", true, nil, wire.InvalidReplicaAssignment,
			"Unable to revert partition assignment for t:0 because it would require an unclean leader election."},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLifeOf(t, 5, []int32{1, 2, 3})
			if c.before != nil {
				c.before(l)
			}
			before := l.assigned()
			got := l.reassignIn(c.topic, c.mayResize, c.replicas...)
			if got.ErrorCode != c.want || got.ErrorMessage == nil || *got.ErrorMessage != c.text {
				t.Errorf("%s %v, want %s %s", got.ErrorCode.Name(), got.ErrorMessage, c.want.Name(), c.text)
			}
			if after := l.assigned(); after != before {
				t.Errorf("%s became %s", before, after)
			}
		})
	}
}

// TestCancelUncleanly: where it is allowed, taking back may leave a leader that has
// to recover.
func TestCancelUncleanly(t *testing.T) {
	l := newLifeOf(t, 5, []int32{2, 1}, "unclean.leader.election.enable", "true")
	l.mustReassign(4, 5)
	if _, code := l.alterISR([]int32{2, 4}); code != wire.None {
		t.Fatal(code.Name())
	}
	l.fence(2)
	l.unfence(2)
	l.mustReassign()
	// As in Kafka the replicas that were to be removed come back in the order of ids.
	if got := l.assigned(); got != "[1 2] leader 1 epoch 2 isr [1] recovering" {
		t.Fatal(got)
	}
	l.check()
}

// TestReassignSamePartitionTwice: the second would not see the first.
func TestReassignSamePartitionTwice(t *testing.T) {
	l := newLifeOf(t, 5, []int32{1, 2, 3})
	req := &wire.AlterPartitionReassignmentsRequest{AllowReplicationFactorChange: true, Topics: []wire.AlterPartitionReassignmentsRequestReassignableTopic{
		{Name: "t", Partitions: []reassignable{{Replicas: []int32{4, 5}}, {Replicas: []int32{1, 2}}, {PartitionIndex: 1, Replicas: []int32{1}}}},
	}}
	resp, err := l.c.AlterPartitionReassignments(Caller{}, req)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, p := range resp.Responses[0].Partitions {
		codes = append(codes, p.ErrorCode.Name())
	}
	if got := fmt.Sprint(codes); got != "[NONE INVALID_REQUEST UNKNOWN_TOPIC_OR_PARTITION]" {
		t.Fatal(got)
	}
}

// TestGrowWhileReassigning: new partitions get as many replicas as the others will
// have, not as many as they have meanwhile.
func TestGrowWhileReassigning(t *testing.T) {
	l := newLifeOf(t, 5, []int32{1, 2})
	l.mustReassign(3, 4)
	resp, err := l.c.CreatePartitions(Caller{}, &wire.CreatePartitionsRequest{
		Topics: []wire.CreatePartitionsRequestCreatePartitionsTopic{{Name: "t", Count: 2}},
	})
	if err != nil || resp.Results[0].ErrorCode != wire.None {
		t.Fatalf("%+v, %v", resp, err)
	}
	if p := l.image().TopicByName("t").Partition(1); len(p.Replicas) != 2 {
		t.Fatalf("%v", p.Replicas)
	}
}

func TestListReassignments(t *testing.T) {
	l := newLifeOf(t, 5, []int32{1, 2, 3})
	l.create("quiet", 2, 1)
	l.mustReassign(3, 4)
	type asked = wire.ListPartitionReassignmentsRequestListPartitionReassignmentsTopics
	for name, c := range map[string]struct {
		topics []asked
		want   string
	}{
		"all":     {nil, "[{t [{0 [3 4 1 2] [4] [1 2]}]}]"},
		"named":   {[]asked{{Name: "t", PartitionIndexes: []int32{0, 7}}, {Name: "nope"}}, "[{t [{0 [3 4 1 2] [4] [1 2]}]}]"},
		"another": {[]asked{{Name: "quiet", PartitionIndexes: []int32{0, 1}}}, "[]"},
		"none":    {[]asked{}, "[]"},
	} {
		resp, err := l.c.ListPartitionReassignments(Caller{}, &wire.ListPartitionReassignmentsRequest{Topics: c.topics})
		if got := fmt.Sprint(resp.Topics); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, c.want)
		}
	}
}

// TestNewReplicasDirectories: a broker with one directory has no choice.
func TestNewReplicasDirectories(t *testing.T) {
	l := newLifeOf(t, 4, []int32{1, 2})
	two := registration(3, 2)
	two.LogDirs = []wire.UUID{{2, 3}, {2, 3, 1}}
	resp, err := l.c.BrokerRegistration(Caller{InProcess: true}, two)
	if err != nil || resp.ErrorCode != wire.None {
		t.Fatalf("%+v, %v", resp, err)
	}
	l.mustReassign(4, 3, 2)
	p := l.image().TopicByName("t").Partition(0)
	for id, want := range map[int32]wire.UUID{1: {2, 1}, 2: {2, 2}, 3: metadata.UnassignedDir, 4: {2, 4}} {
		if got := p.Directory(id); got != want {
			t.Errorf("replica %d in %v, want %v", id, got, want)
		}
	}
}
