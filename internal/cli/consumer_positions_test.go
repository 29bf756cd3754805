package cli

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestPositions(t *testing.T) {
	p := newPositions()
	if p.take() != nil {
		t.Error("something to commit before anything was read")
	}
	p.set("t", 0, kgo.EpochOffset{Epoch: -1, Offset: 10})
	p.advance(&kgo.Record{Topic: "t", Partition: 1, Offset: 4, LeaderEpoch: 2})
	if got := fmt.Sprint(p.take()); got != "map[t:map[0:{-1 10} 1:{2 5}]]" {
		t.Errorf("commits %s", got)
	}
	if p.take() != nil {
		t.Error("the same positions are committed twice")
	}
	p.forget(map[string][]int32{"t": {1}})
	p.advance(&kgo.Record{Topic: "t", Partition: 0, Offset: 10})
	if got := fmt.Sprint(p.take()); got != "map[t:map[0:{0 11}]]" {
		t.Errorf("after a revocation commits %s", got)
	}
}

// A JVM that a signal ends has these exit codes, and scripts see them.
func TestSignalExit(t *testing.T) {
	for s, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		if got := signalExit(s); got != want {
			t.Errorf("%v: exit %d, want %d", s, got, want)
		}
	}
}

func TestConsumerConfigMistakes(t *testing.T) {
	env, _, _ := testEnv("")
	for key, c := range map[string]struct{ value, want string }{
		"isolation.level":    {"foo", "Invalid value foo for configuration isolation.level: String must be one of: read_committed, read_uncommitted"},
		"fetch.min.bytes":    {"x", "Invalid value x for configuration fetch.min.bytes: Not a number of type INT"},
		"enable.auto.commit": {"x", "Invalid value x for configuration enable.auto.commit: Expected value to be either true or false"},
	} {
		if _, err := newConsumerConfig(env, clientProps{"auto.offset.reset": "latest", key: c.value}); err == nil || err.Error() != c.want {
			t.Errorf("%s=%s: %v, want %s", key, c.value, err, c.want)
		}
	}
	for policy, offset := range map[string]int64{"earliest": -2, "latest": -1, "by_duration:PT0S": 0} {
		o, err := resetOffset(env, policy)
		if err != nil || offset < 0 && o.EpochOffset().Offset != offset {
			t.Errorf("%s: %v, %v", policy, o, err)
		}
	}
	for _, policy := range []string{"", "foo", "by_duration:5m", "by_duration:-PT1S"} {
		if _, err := resetOffset(env, policy); err == nil {
			t.Errorf("policy %q is accepted", policy)
		}
	}
}

func TestBalancers(t *testing.T) {
	for classes, want := range map[string]string{
		"": "range cooperative-sticky",
		"org.apache.kafka.clients.consumer.RoundRobinAssignor":                                                          "roundrobin",
		"org.apache.kafka.clients.consumer.StickyAssignor, org.apache.kafka.clients.consumer.CooperativeStickyAssignor": "sticky cooperative-sticky",
	} {
		list, err := balancers(classes)
		got := ""
		for _, b := range list {
			got += b.ProtocolName() + " "
		}
		if err != nil || got != want+" " {
			t.Errorf("%q: %s, %v, want %s", classes, got, err, want)
		}
	}
	if _, err := balancers("com.example.Nope"); err == nil {
		t.Error("an unknown assignor is accepted")
	}
}
