package testcluster

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestObserverLeavesAFrozenController: a broker without a part in the quorum follows the
// metadata through one of the controllers. When that one freezes, it asks another after a
// second (the connection stays open: nothing breaks).
func TestObserverLeavesAFrozenController(t *testing.T) {
	RunWithObservers(t, 1, 4, 1, nil, func(c *Cluster) {
		observer, led := c.Members[3], 0
		for i := range 6 {
			m := c.Members[i%3]
			if c.controller() == m {
				led++
			}
			frozen := c.now()
			m.Pause()
			name := fmt.Sprint("t", i)
			c.createAt(c.Members[(i+1)%3], name)
			created := c.now()
			c.Eventually(formLimit, "the topic at the observer", func() error {
				if observer.image().TopicByName(name) == nil {
					return fmt.Errorf("%s is not there", name)
				}
				return nil
			})
			t.Logf("node %d froze, the topic was made %v later, and was at the observer %v after that", m.ID, created-frozen, c.now()-created)
			if late := c.now() - max(created, frozen+time.Second); late > 700*time.Millisecond {
				t.Errorf("the observer was behind for %v", late)
			}
			m.Resume()
			c.AwaitBrokers(4)
			time.Sleep(3 * time.Second)
		}
		if led == 0 || led == 6 {
			t.Errorf("%d of those that froze led", led)
		}
	})
}

// createAt makes a topic by way of one broker.
func (c *Cluster) createAt(m *Member, name string) {
	client := c.Client()
	defer client.Close()
	c.Eventually(formLimit, "the topic "+name, func() error {
		req := kmsg.NewPtrCreateTopicsRequest()
		topic := kmsg.NewCreateTopicsRequestTopic()
		topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, 1, 2
		req.Topics = append(req.Topics, topic)
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		answer, err := client.Broker(int(m.ID)).Request(ctx, req)
		if err != nil {
			return err
		}
		err = kerr.ErrorForCode(answer.(*kmsg.CreateTopicsResponse).Topics[0].ErrorCode)
		if errors.Is(err, kerr.TopicAlreadyExists) {
			return nil
		}
		return err
	})
}
