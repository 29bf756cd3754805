package testcluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// TestReplicasThatLeftMeanwhile: while a broker is down, a partition of it moves away
// and a topic of it is deleted. When it is back the first one's log goes, the second
// one's is set aside, and what it still has stays.
func TestReplicasThatLeftMeanwhile(t *testing.T) {
	Run(t, 1, 4, nil, func(c *Cluster) {
		admin := c.Admin()
		assign := func(topic string, replicas ...int32) {
			c.Eventually(formLimit, topic, func() error {
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				defer cancel()
				var req kadm.AlterPartitionAssignmentsReq
				req.Assign(topic, 0, replicas)
				r, err := admin.AlterPartitionAssignments(ctx, req)
				if err == nil {
					err = r.Error()
				}
				return err
			})
			c.Eventually(healLimit, topic, func() error {
				p := c.sight().TopicByName(topic).Partition(0)
				if !slices.Equal(p.Replicas, replicas) || len(p.AddingReplicas)+len(p.RemovingReplicas) > 0 {
					return fmt.Errorf("replicas %v", p.Replicas)
				}
				return nil
			})
		}
		for _, topic := range []string{"moves", "goes", "stays"} {
			c.CreateTopic(topic, 1)
			assign(topic, 1, 2, 3)
			c.mustProduce(topic, "x", 0)
		}
		m := c.Members[2]
		m.Kill()
		assign("moves", 1, 2, 4)
		c.deleteTopic("goes")
		m.Start()
		c.AwaitBrokers(4)
		time.Sleep(2 * time.Minute) // file.delete.delay.ms
		left := m.directories("moves", "goes", "stays")
		if len(left) != 2 || !strings.HasPrefix(left[0], "goes-0.") || !strings.HasSuffix(left[0], "-stray") || left[1] != "stays-0" {
			t.Errorf("the broker has %v", left)
		}
	})
}

// directories are the names of those that begin with a topic's name.
func (m *Member) directories(topics ...string) []string {
	entries, err := m.files.ReadDir(dataDir)
	if err != nil {
		m.c.T.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		topic, _, _ := strings.Cut(e.Name(), "-")
		if slices.Contains(topics, topic) {
			all = append(all, e.Name())
		}
	}
	return all
}
