package controller

import (
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// elect asks for one election and returns what became of it.
func (l *life) elect(kind int8, topic string, partition int32) wire.ErrorCode {
	l.t.Helper()
	req := &wire.ElectLeadersRequest{ElectionType: kind}
	req.TopicPartitions = []wire.ElectLeadersRequestTopicPartitions{{Topic: topic, Partitions: []int32{partition}}}
	resp, err := l.c.ElectLeaders(Caller{}, req)
	if err != nil || len(resp.ReplicaElectionResults) != 1 || len(resp.ReplicaElectionResults[0].PartitionResult) != 1 {
		l.t.Fatalf("%s, %v", describe(resp), err)
	}
	return resp.ReplicaElectionResults[0].PartitionResult[0].ErrorCode
}

func (l *life) mustBe(what, want string) {
	l.t.Helper()
	if got := l.state(); got != want {
		l.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func TestElectPreferredLeader(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	if code := l.elect(electPreferred, "t", 0); code != wire.ElectionNotNeeded {
		t.Errorf("at the preferred leader: %s", code.Name())
	}
	l.fence(1)
	l.mustBe("fenced", "leader 2 epoch 1 isr [2 3]")
	if code := l.elect(electPreferred, "t", 0); code != wire.PreferredLeaderNotAvailable {
		t.Errorf("while it is fenced: %s", code.Name())
	}
	l.unfence(1)
	if code := l.elect(electPreferred, "t", 0); code != wire.PreferredLeaderNotAvailable {
		t.Errorf("while it is out of sync: %s", code.Name())
	}
	l.rejoin(2, 3, 1)
	if code := l.elect(electPreferred, "t", 0); code != wire.None {
		t.Errorf("when it may lead: %s", code.Name())
	}
	l.mustBe("elected", "leader 1 epoch 2 isr [2 3 1]")
	l.check()
}

func TestElectUncleanLeader(t *testing.T) {
	l := newLife(t, []int32{1, 2})
	if code := l.elect(electUnclean, "t", 0); code != wire.ElectionNotNeeded {
		t.Errorf("with a leader: %s", code.Name())
	}
	l.fence(2)
	l.fence(1)
	if code := l.elect(electUnclean, "t", 0); code != wire.EligibleLeadersNotAvailable {
		t.Errorf("without any broker: %s", code.Name())
	}
	l.unfence(2) // which left the in-sync set first
	l.mustBe("the broker out of sync is back", "leader -1 epoch 1 isr [] elr [1] last [1]")
	if code := l.elect(electPreferred, "t", 0); code != wire.PreferredLeaderNotAvailable {
		t.Errorf("a preferred election never loses records: %s", code.Name())
	}
	if code := l.elect(electUnclean, "t", 0); code != wire.None {
		t.Errorf("with a broker out of sync: %s", code.Name())
	}
	l.mustBe("elected", "leader 2 epoch 2 isr [2] recovering")
	l.check()
}

func TestElectLeadersRefusals(t *testing.T) {
	l := newLife(t, []int32{1, 2})
	if code := l.elect(electPreferred, "nope", 0); code != wire.UnknownTopicOrPartition {
		t.Errorf("unknown topic: %s", code.Name())
	}
	if code := l.elect(electUnclean, "t", 7); code != wire.UnknownTopicOrPartition {
		t.Errorf("unknown partition: %s", code.Name())
	}
	if code := l.elect(2, "t", 0); code != wire.InvalidRequest {
		t.Errorf("unknown kind of election: %s", code.Name())
	}
}

// TestElectAllLeaders asks for all partitions: only those in need are answered.
func TestElectAllLeaders(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3})
	l.create("calm", 1, 1)
	l.fence(1)
	l.unfence(1)
	l.rejoin(2, 3, 1)
	resp, err := l.c.ElectLeaders(Caller{}, &wire.ElectLeadersRequest{})
	if err != nil || resp.ErrorCode != wire.None {
		t.Fatalf("%s, %v", describe(resp), err)
	}
	for _, topic := range resp.ReplicaElectionResults {
		if n := len(topic.PartitionResult); topic.Topic == "t" && n != 1 {
			t.Errorf("%s: %d partitions", topic.Topic, n)
		}
		for _, p := range topic.PartitionResult {
			if p.ErrorCode != wire.None || p.ErrorMessage != nil {
				t.Errorf("%s-%d: %s", topic.Topic, p.PartitionId, p.ErrorCode.Name())
			}
		}
	}
	l.mustBe("elected", "leader 1 epoch 2 isr [2 3 1]")
}
