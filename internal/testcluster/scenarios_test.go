package testcluster

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// any is a member that runs.
func (c *Cluster) any() *Member {
	for {
		if m := c.Members[c.rng.IntN(len(c.Members))]; m.Running() {
			return m
		}
	}
}

// some is a time between least and most.
func (c *Cluster) some(least, most time.Duration) time.Duration {
	return least + time.Duration(c.rng.Int64N(int64(most-least)))
}

// leads counts the partitions of the topic that a member leads.
func (w *Workload) leads(m *Member) int {
	n := 0
	image := w.c.sight()
	for _, p := range image.TopicByName(w.topic).Partitions() {
		if p.Leader == m.ID {
			n++
		}
	}
	return n
}

// TestKills: processes die with kill -9 and come back; what they wrote stays.
func TestKills(t *testing.T) {
	tell(t, story{want: []string{"a leader died"}, happens: func(w *Workload, did bites) {
		for range 4 {
			m := w.c.any()
			did["a leader died"] += w.leads(m)
			w.c.say("kill node %d", m.ID)
			m.Kill()
			w.dump(m, fmt.Sprintf("when killed at %v", w.c.now()), false)
			time.Sleep(w.c.some(200*time.Millisecond, 5*time.Second))
			m.Start()
			time.Sleep(w.c.some(time.Second, 4*time.Second))
		}
	}})
}

// TestAllAreKilled: all processes die at one instant, and again while they recover. What
// they wrote stays, whether it was synced or not.
func TestAllAreKilled(t *testing.T) {
	tell(t, story{want: []string{"all died"}, happens: func(w *Workload, did bites) {
		for range 3 {
			for _, m := range w.c.Members {
				m.Kill()
				w.dump(m, fmt.Sprintf("when killed at %v", w.c.now()), false)
			}
			did["all died"]++
			time.Sleep(w.c.some(0, 2*time.Second))
			for _, m := range w.c.Members {
				m.Start()
			}
			time.Sleep(w.c.some(time.Millisecond, 8*time.Second))
		}
	}})
}

// TestPowerLossOfOne: with log.durability=os one machine at a time may lose what it had
// not synced, when all replicas are in sync (min.insync.replicas is 2).
func TestPowerLossOfOne(t *testing.T) {
	tell(t, story{want: []string{"a leader died"}, happens: func(w *Workload, did bites) {
		for range 4 {
			w.losePower(w.c.any(), did)
			time.Sleep(w.c.some(200*time.Millisecond, 5*time.Second))
			w.c.Heal(w.topic)
			time.Sleep(w.c.some(time.Second, 3*time.Second))
		}
	}})
}

func (w *Workload) losePower(m *Member, did bites) {
	did["a leader died"] += w.leads(m)
	w.c.say("node %d loses power", m.ID)
	m.LosePower()
	w.dump(m, fmt.Sprintf("after it lost power at %v", w.c.now()), false)
}

// TestPowerLoss: with log.durability=fsync machines lose what was not synced, also all
// of them at once.
func TestPowerLoss(t *testing.T) {
	tell(t, story{overrides: []string{"log.durability=fsync"}, want: []string{"a leader died", "all died"}, happens: func(w *Workload, did bites) {
		for range 2 {
			m := w.c.any()
			w.losePower(m, did)
			time.Sleep(w.c.some(200*time.Millisecond, 5*time.Second))
			m.Start()
			time.Sleep(w.c.some(2*time.Second, 5*time.Second))
		}
		for _, m := range w.c.Members {
			w.losePower(m, did)
		}
		did["all died"]++
		time.Sleep(time.Second)
		for _, m := range w.c.Members {
			m.Start()
		}
		time.Sleep(10 * time.Second)
	}})
}

// TestPowerLossAfterFsyncWasTurnedOn: log.durability=fsync is turned on while the cluster
// is used; from then on all machines may lose power at once, what was written before
// included. Processes that start later have it from the metadata.
func TestPowerLossAfterFsyncWasTurnedOn(t *testing.T) {
	tell(t, story{want: []string{"all died"}, happens: func(w *Workload, did bites) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		value := "fsync"
		_, err := w.c.Admin().AlterBrokerConfigs(ctx, []kadm.AlterConfig{{Name: "log.durability", Value: &value}})
		if err != nil {
			w.c.found("turning fsync on: %v", err)
		}
		for range 2 {
			time.Sleep(w.c.some(time.Second, 3*time.Second))
			for _, m := range w.c.Members {
				w.losePower(m, did)
			}
			did["all died"]++
			time.Sleep(time.Second)
			for _, m := range w.c.Members {
				m.Start()
			}
			time.Sleep(10 * time.Second)
		}
	}})
}
