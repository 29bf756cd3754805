package replica

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// moveTo changes the assignment of a topic; leader and isr as in change.
func (l *lab) moveTo(topic string, leader int32, isr []int32, replicas ...int32) {
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.Leader, r.Isr, r.Replicas = id(topic), 0, leader, isr, replicas
	r.Directories = make([]wire.UUID, len(replicas))
	l.apply(r)
}

// TestReassignment: an added replica is filled and joins, a removed one's log goes
// when the metadata says so, and not before.
func TestReassignment(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 30 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.moveTo("t", keepLeader, nil, 1, 2, 3)
		l.mustProduce(1, "t", "during")
		time.Sleep(time.Second)
		if isr := l.state("t").ISR; !slices.Contains(isr, 3) {
			t.Fatalf("the new replica is not in the ISR: %v", isr)
		}
		if _, err := l.brokers[1].logs.mem.Stat("/t-0"); err != nil {
			t.Fatal(err)
		}
		l.moveTo("t", 2, []int32{2, 3}, 2, 3)
		if _, err := l.brokers[1].logs.mem.Stat("/t-0"); err == nil {
			t.Error("the removed replica's log is still there")
		}
		l.mustProduce(2, "t", "after")
		l.settled("t")
		if n := len(l.values(3, "t")); n != 32 {
			t.Errorf("%d records", n)
		}
	}, 1, 2, 3)
}

// TestThrottledReplica: a throttled replica is filled at the rate, and producers do
// not wait for it; in sync it is not held back.
func TestThrottledReplica(t *testing.T) {
	for _, side := range []string{"leader", "follower"} {
		t.Run(side, func(t *testing.T) {
			inLab(t, func(t *testing.T, l *lab) {
				const rate = 10_000
				for _, b := range l.brokers {
					limit := func() int64 { return rate }
					b.set.leaderThrottle.rate, b.set.followerThrottle.rate = limit, limit
				}
				l.topic("t", 1, 2)
				star := "*"
				l.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: "t", Name: side + ".replication.throttled.replicas", Value: &star})
				big := strings.Repeat("x", 1000)
				for range 100 {
					l.mustProduce(1, "t", big)
				}
				for i := range l.brokers {
					l.brokers[i].set.o.Replication.FetchMaxBytes = 2000
				}
				begin := time.Now()
				l.moveTo("t", keepLeader, nil, 1, 2, 3)
				l.mustProduce(1, "t", "x")
				if d := time.Since(begin); d > 100*time.Millisecond {
					t.Errorf("a produce took %v", d)
				}
				for !slices.Contains(l.state("t").ISR, 3) {
					time.Sleep(10 * time.Millisecond)
					if time.Since(begin) > time.Minute {
						t.Fatal("never filled")
					}
				}
				if d := time.Since(begin); d < 8*time.Second || d > 20*time.Second {
					t.Errorf("100 kB at 10 kB/s took %v", d)
				}
				begin = time.Now()
				for range 20 {
					l.mustProduce(1, "t", big)
				}
				if d := time.Since(begin); d > time.Second {
					t.Errorf("20 kB in sync took %v", d)
				}
			}, 1, 2, 3)
		})
	}
}
