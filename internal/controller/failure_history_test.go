package controller

import (
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// The tests here are bugs that Kafka had, one each, as far as a controller had to do
// with them.

// TestKIP106StaleReplicaIsNotElected: the in-sync set shrinks to a leader that is
// cut off from its followers and goes on acknowledging; then it dies. A follower,
// which lacks those records, must wait for it.
func TestKIP106StaleReplicaIsNotElected(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	l.mustAlter(1)
	l.fence(1)
	l.mustBe("the leader is dead", "leader -1 epoch 1 isr [] elr [1] last [1]")
	l.unfence(2)
	l.unfence(3)
	l.mustBe("the others are well", "leader -1 epoch 1 isr [] elr [1] last [1]")
	if code := l.elect(electPreferred, "t", 0); code == wire.None {
		t.Error("a stale replica was elected")
	}
	l.restart(1, true)
	l.unfence(1)
	l.mustBe("the leader is back", "leader 1 epoch 2 isr [1]")
}

// TestKIP966LastReplicaStanding: the last one in sync loses power and with it what
// was not on disk. With a smallest set of two nothing was acknowledged by it alone:
// those that left before it lead.
func TestKIP966LastReplicaStanding(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3}, "min.insync.replicas", "2")
	l.mustAlter(2, 1)
	l.fence(1)
	l.mustBe("one is left", "leader 2 epoch 1 isr [2] elr [1]")
	l.restart(2, false)
	l.mustBe("it lost power", "leader -1 epoch 2 isr [] elr [1] last [2]")
	l.unfence(2)
	l.mustBe("it is back", "leader -1 epoch 2 isr [] elr [1] last [2]")
	l.unfence(1)
	l.mustBe("so is the one that has everything", "leader 1 epoch 3 isr [1]")
}

// TestKAFKA13916FencedReplicaJoins: a leader that has not heard yet that a follower
// is fenced asks to take it in.
func TestKAFKA13916FencedReplicaJoins(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	l.mustAlter(1, 2)
	epoch := l.image().TopicByName("t").Partition(0).PartitionEpoch
	l.fence(3)
	if got := l.image().TopicByName("t").Partition(0).PartitionEpoch; got != epoch {
		t.Fatal("the fence changed the partition: its epoch alone would refuse")
	}
	if _, code := l.alterISR([]int32{1, 2, 3}); code != wire.IneligibleReplica {
		t.Fatalf("a fenced follower: %s", code.Name())
	}
	l.fence(2)
	l.fence(1)
	l.mustBe("all are gone", "leader -1 epoch 1 isr [] elr [1] last [1]")
}

// TestKAFKA14139EmptyDiskJoins: a follower that had caught up is restarted with an
// empty disk while its leader's AlterPartition is on the way. The epoch of the
// process that the leader saw gives it away.
func TestKAFKA14139EmptyDiskJoins(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	l.mustAlter(1, 2)
	seen := l.epochs[3]
	l.restart(3, false)
	l.unfence(3)
	stale := func(_ *wire.AlterPartitionRequest, p *askedPartition) {
		p.NewIsrWithEpochs[2].BrokerEpoch = seen
	}
	if _, code := l.alterISR([]int32{1, 2, 3}, stale); code != wire.IneligibleReplica {
		t.Fatalf("an empty follower: %s", code.Name())
	}
	l.mustBe("it is not in", "leader 1 epoch 0 isr [1 2]")
	l.mustAlter(1, 2, 3) // when it has caught up as the one it is now
}

// TestKIP841ShuttingDownReplicaJoins: a broker that is about to stop left every set;
// it must not come back into one, or the leader waits for it.
func TestKIP841ShuttingDownReplicaJoins(t *testing.T) {
	l := newLife(t, []int32{2, 1, 3})
	l.beat(2, l.epochs[2], func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true })
	l.mustBe("it shuts down", "leader 1 epoch 1 isr [1 3]")
	if _, code := l.alterISR([]int32{1, 3, 2}); code != wire.IneligibleReplica {
		t.Fatalf("%s", code.Name())
	}
}

// TestKAFKA13587RecoveryIsKnown: after an unclean election everybody can see that
// the leader may lack records, until it says otherwise.
func TestKAFKA13587RecoveryIsKnown(t *testing.T) {
	l := newLife(t, []int32{1, 2})
	l.fence(2)
	l.fence(1)
	l.unfence(2)
	if code := l.elect(electUnclean, "t", 0); code != wire.None {
		t.Fatal(code.Name())
	}
	l.mustBe("unclean", "leader 2 epoch 2 isr [2] recovering")
	l.fence(2)
	l.unfence(2)
	l.mustBe("after another election", "leader 2 epoch 4 isr [2] recovering")
	l.mustAlter(2)
	l.mustBe("recovered", "leader 2 epoch 4 isr [2]")
}

// TestKAFKA13091ChangeIsSentAgain: a leader whose answer was lost sends its change
// again. It is not made twice, and the leader learns that it is behind.
func TestKAFKA13091ChangeIsSentAgain(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	var lost wire.AlterPartitionRequest
	if _, code := l.alterISR([]int32{1, 2}, func(r *wire.AlterPartitionRequest, p *askedPartition) {
		r.Topics = []wire.AlterPartitionRequestTopicData{{TopicId: l.image().TopicByName("t").ID, Partitions: []askedPartition{*p}}}
		lost = *r
	}); code != wire.None {
		t.Fatal(code.Name())
	}
	end := l.log.End()
	resp, err := l.c.AlterPartition(Caller{Version: 3}, &lost)
	if err != nil || resp.Topics[0].Partitions[0].ErrorCode != wire.InvalidUpdateVersion || l.log.End() != end {
		t.Fatalf("%+v, %v", resp, err)
	}
}

// TestZombieLeader: a leader that was frozen and replaced asks for its old set.
func TestZombieLeader(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	zombie := func(r *wire.AlterPartitionRequest, p *askedPartition) {
		r.BrokerId, r.BrokerEpoch, p.LeaderEpoch = 1, l.epochs[1], 0
	}
	l.fence(1)
	if _, code := l.alterISR([]int32{1}, zombie); code != wire.FencedLeaderEpoch {
		t.Errorf("while it is fenced: %s", code.Name())
	}
	l.unfence(1)
	if _, code := l.alterISR([]int32{1}, zombie); code != wire.FencedLeaderEpoch {
		t.Errorf("when it is back: %s", code.Name())
	}
	old := l.epochs[1]
	l.restart(1, true)
	if _, code := l.alterISR([]int32{1}, zombie, func(r *wire.AlterPartitionRequest, _ *askedPartition) { r.BrokerEpoch = old }); code != wire.StaleBrokerEpoch {
		t.Errorf("when another process took its id: %s", code.Name())
	}
	l.mustBe("nothing changed", "leader 2 epoch 1 isr [2 3]")
}
