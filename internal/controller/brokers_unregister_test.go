package controller

import (
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func (l *life) unregister(id int32) {
	l.t.Helper()
	resp, err := l.c.UnregisterBroker(Caller{}, &wire.UnregisterBrokerRequest{BrokerId: id})
	if err != nil || resp.ErrorCode != wire.None {
		l.t.Fatalf("%+v, %v", resp, err)
	}
}

func TestUnregisterBroker(t *testing.T) {
	l := newLife(t, []int32{1, 2, 3}, "min.insync.replicas", "3")
	l.unregister(1)
	l.mustBe("without its leader", "leader 2 epoch 1 isr [2 3] elr [1]")
	if b := l.image().Broker(1); b != nil {
		t.Fatalf("%+v", b)
	}
	if resp := l.beat(1, l.epochs[1]); resp.ErrorCode != wire.StaleBrokerEpoch {
		t.Fatalf("%+v", resp)
	}
	resp, err := l.c.UnregisterBroker(Caller{}, &wire.UnregisterBrokerRequest{BrokerId: 1})
	if err != nil || resp.ErrorCode != wire.BrokerIdNotRegistered || *resp.ErrorMessage != "Broker ID 1 is not currently registered" {
		t.Fatalf("again: %+v, %v", resp, err)
	}
	// Whatever it says of an earlier life, nobody knows of one.
	l.restart(1, true)
	l.mustBe("back", "leader 2 epoch 1 isr [2 3]")
	l.check()
}

// TestUnregisterTheLastReplica: what it comes back with is led as something that has
// to recover.
func TestUnregisterTheLastReplica(t *testing.T) {
	l := newLife(t, []int32{1, 2})
	l.fence(2)
	l.unregister(1)
	l.mustBe("without a leader", "leader -1 epoch 1 isr [] elr [1] last [1]")
	l.restart(1, true)
	l.mustBe("back", "leader -1 epoch 1 isr [] last [1]")
	l.unfence(2)
	l.mustBe("the other", "leader -1 epoch 1 isr [] last [1]")
	l.unfence(1)
	l.mustBe("unfenced", "leader 1 epoch 2 isr [1] recovering")
	l.check()
}
