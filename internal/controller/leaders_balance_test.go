package controller

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
)

// newBalance is a cluster whose brokers never fall silent and whose partitions have
// all been led by somebody else than their preferred replica.
func newBalance(t *testing.T, settings ...string) *fixture {
	f := newFixture(t, append(settings, "broker.session.timeout.ms=86400000")...)
	epochs := f.start(2)
	f.create("t", 8, 2)
	w := &life{fixture: f, epochs: map[int32]int64{1: epochs[1], 2: epochs[2]}}
	w.fence(1)
	w.unfence(1)
	_, err := decide(f.c, func(d *decision) (int, error) {
		for id, p := range d.image.TopicByName("t").Partitions() {
			var c change
			c.begin(d, d.electionSettings("t"), d.image.TopicByName("t").ID, id, p)
			if c.isr = p.Replicas; id == 0 {
				continue // broker 1 has not caught up with this one
			}
			d.add(c.record())
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// unbalanced counts the partitions that are not led by their preferred replica.
func unbalanced(f *fixture) int {
	n := 0
	for _, p := range f.image().TopicByName("t").Partitions() {
		if p.Leader != p.PreferredReplica() {
			n++
		}
	}
	return n
}

func TestPreferredLeadersComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		settings []string
		wait     time.Duration
		back     bool
	}{
		"by default":         {nil, 301 * time.Second, true},
		"not at once":        {nil, 299 * time.Second, false},
		"configured":         {[]string{"leader.imbalance.check.interval.seconds=10"}, 11 * time.Second, true},
		"switched off":       {[]string{"auto.leader.rebalance.enable=false"}, time.Hour, false},
		"again and again":    {[]string{"leader.imbalance.check.interval.seconds=1"}, time.Hour, true},
		"at the second look": {[]string{"leader.imbalance.check.interval.seconds=100"}, 250 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newBalance(t, c.settings...)
				if unbalanced(f) < 2 {
					t.Fatal("nothing to do")
				}
				first := f.image().TopicByName("t").Partition(0)
				time.Sleep(c.wait)
				synctest.Wait()
				want := 0
				if first.Leader != first.PreferredReplica() {
					want = 1 // it is not in sync
				}
				if got := unbalanced(f); (got == want) != c.back {
					t.Errorf("%d partitions are not balanced", got)
				}
				f.check()
			})
		})
	}
}

// TestUncleanElectionIsAllowed: an offline partition gets a leader as soon as its
// topic allows one that lacks records.
func TestUncleanElectionIsAllowed(t *testing.T) {
	for name, resource := range map[string]metadata.Resource{
		"by the topic":   {Type: metadata.TopicResource, Name: "t"},
		"by the cluster": {Type: metadata.BrokerResource},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLife(t, []int32{1, 2})
				l.fence(2)
				l.fence(1)
				l.unfence(2)
				l.mustBe("before", "leader -1 epoch 1 isr [] elr [1] last [1]")
				if resp := l.alter(resource, "unclean.leader.election.enable", "true"); resp.Responses[0].ErrorCode != 0 {
					t.Fatalf("%+v", resp)
				}
				synctest.Wait()
				l.mustBe("after", "leader 2 epoch 2 isr [2] recovering")
				l.check()
			})
		})
	}
}

// Part E of the lab: a broker comes back, catches up, and soon leads again.
func TestPreferredLeadersComeBackOnceInSync(t *testing.T) {
	for name, c := range map[string]struct {
		settings []string
		wait     time.Duration
		back     bool
	}{
		"soon":             {nil, 6 * time.Second, true},
		"when it is quiet": {nil, 4 * time.Second, false},
		"switched off":     {[]string{"auto.leader.rebalance.enable=false"}, time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, append(c.settings, "broker.session.timeout.ms=86400000")...)
				epochs := f.start(2)
				f.create("t", 1, 2)
				l := &life{fixture: f, epochs: map[int32]int64{1: epochs[1], 2: epochs[2]}}
				preferred := f.image().TopicByName("t").Partition(0).PreferredReplica()
				l.fence(preferred)
				l.unfence(preferred)
				l.mustAlter(f.image().TopicByName("t").Partition(0).Leader, preferred)
				time.Sleep(c.wait)
				synctest.Wait()
				if leader := f.image().TopicByName("t").Partition(0).Leader; (leader == preferred) != c.back {
					t.Errorf("broker %d leads", leader)
				}
				f.check()
			})
		})
	}
}
