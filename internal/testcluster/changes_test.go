package testcluster

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestRollingRestarts: every node is stopped in order and started again.
func TestRollingRestarts(t *testing.T) {
	tell(t, story{want: []string{"a leader stopped"}, happens: func(w *Workload, did bites) {
		for _, m := range w.c.Members {
			did["a leader stopped"] += w.leads(m)
			w.c.say("stop node %d", m.ID)
			m.Stop()
			time.Sleep(w.c.some(100*time.Millisecond, 2*time.Second))
			m.Start()
			time.Sleep(w.c.some(2*time.Second, 6*time.Second))
		}
	}})
}

// controller is the member that leads the quorum, nil if nobody knows.
func (c *Cluster) controller() *Member {
	for _, m := range c.Members {
		if n := m.Node(); n != nil && n.ActiveController() == m.ID {
			return m
		}
	}
	return nil
}

// TestControllerLoss: whoever leads the quorum dies, is cut off or loses power, while
// topics are made. What was acknowledged to be made is there at the end.
func TestControllerLoss(t *testing.T) {
	tell(t, story{want: []string{"the controller was lost", "topics were made"}, happens: func(w *Workload, did bites) {
		c := w.c
		made := &maker{c: c, stop: make(chan struct{})}
		made.running.Go(made.run)
		for i := range 4 {
			m := c.controller()
			if m == nil {
				time.Sleep(time.Second)
				continue
			}
			did["the controller was lost"]++
			c.say("node %d, the controller, is lost", m.ID)
			switch i % 2 {
			case 0:
				m.Kill()
				time.Sleep(c.some(100*time.Millisecond, 4*time.Second))
				m.Start()
			case 1:
				c.Net.Split([]string{m.Host}, c.others(m))
				time.Sleep(c.some(time.Second, 6*time.Second))
				c.Net.Heal()
			}
			time.Sleep(c.some(time.Second, 3*time.Second))
		}
		did["topics were made"] = made.end()
	}})
}

// TestReassignmentUnderLoad: replicas move between four nodes while records come in, and
// one node dies meanwhile, and one is cut off.
func TestReassignmentUnderLoad(t *testing.T) {
	tell(t, story{nodes: 4, want: []string{"moves", "partition"}, happens: func(w *Workload, did bites) {
		c := w.c
		admin := c.Admin()
		for i := range 3 {
			var req kadm.AlterPartitionAssignmentsReq
			for p := range w.partitions {
				req.Assign(w.topic, p, c.pick(3))
			}
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			r, err := admin.AlterPartitionAssignments(ctx, req)
			cancel()
			if err == nil && r.Error() == nil {
				did["moves"]++
			}
			switch m := c.any(); i {
			case 1:
				m.Kill()
				time.Sleep(c.some(100*time.Millisecond, 2*time.Second))
				m.Start()
			case 2:
				w.held(did, "partition", c.some(time.Second, 5*time.Second),
					func() { c.Net.Split([]string{m.Host}, c.others(m)) }, c.Net.Heal)
			}
			time.Sleep(c.some(200*time.Millisecond, 4*time.Second))
		}
	}})
}

// pick chooses nodes.
func (c *Cluster) pick(n int) []int32 {
	ids := make([]int32, 0, len(c.Members))
	for _, m := range c.Members {
		ids = append(ids, m.ID)
	}
	c.rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:n]
}

// TestTopicIsCreatedAnew: a topic is deleted and created again under load and faults.
// Nothing of the old one is seen in the new one (I21).
func TestTopicIsCreatedAnew(t *testing.T) {
	tell(t, story{want: []string{"created anew"}, happens: func(w *Workload, did bites) {
		c := w.c
		const topic = "again"
		var asleep *Member // through the deletion: it must not bring anything back
		for life := range 3 {
			c.CreateTopic(topic, 1)
			if asleep != nil {
				time.Sleep(c.some(100*time.Millisecond, 2*time.Second))
				asleep.Start()
			}
			did["created anew"] += min(life, 1)
			for i := range 5 {
				c.mustProduce(topic, fmt.Sprint("life ", life), i)
			}
			c.mustRead(topic, fmt.Sprint("life ", life))
			if life == 1 {
				asleep = c.any()
				asleep.Kill()
			}
			if life < 2 {
				c.deleteTopic(topic)
			}
		}
		c.Heal(topic)
		c.mustRead(topic, "life 2")
	}})
}

func (c *Cluster) mustProduce(topic, value string, i int) {
	client := c.Client(kgo.DisableIdempotentWrite())
	defer client.Close()
	c.Eventually(formLimit, "a record for "+topic, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return client.ProduceSync(ctx, &kgo.Record{Topic: topic, Key: fmt.Append(nil, i), Value: []byte(value)}).FirstErr()
	})
}

func (c *Cluster) deleteTopic(topic string) {
	admin := c.Admin()
	c.Eventually(formLimit, "deleting "+topic, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, err := admin.DeleteTopic(ctx, topic)
		if image := c.sight(); image.TopicByName(topic) == nil {
			return nil
		}
		return err
	})
}

// mustRead reads a topic of one partition from its beginning: at least five records,
// all with the value.
func (c *Cluster) mustRead(topic, value string) {
	client := c.Client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}))
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), formLimit)
	defer cancel()
	var values []string
	for len(values) < 5 && ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) { values = append(values, string(r.Value)) })
	}
	if len(values) < 5 || slices.ContainsFunc(values, func(v string) bool { return v != value }) {
		c.found("topic %s holds %v, want only %q", topic, values, value)
	}
}
