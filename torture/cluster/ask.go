package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Client is a client of the cluster; the caller closes it.
func (c *Cluster) Client(opts ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(c.Addresses()...), kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.MetadataMaxAge(5 * time.Second), kgo.DialTimeout(2 * time.Second), kgo.RetryTimeout(10 * time.Second)}, opts...)...)
}

// CreateTopic makes a topic and waits until every node's clients can see it.
func (c *Cluster) CreateTopic(ctx context.Context, admin *kadm.Client, topic string, partitions int32, configs map[string]*string) error {
	replicas := int16(min(3, len(c.Nodes)))
	for {
		resp, err := admin.CreateTopic(ctx, partitions, replicas, configs, topic)
		if err == nil {
			err = resp.Err
		}
		if err == nil || err == kerr.TopicAlreadyExists {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("create %s: %w", topic, err)
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// Leader is the node that leads a partition, nil if nobody tells.
func (c *Cluster) Leader(ctx context.Context, admin *kadm.Client, topic string, partition int32) *Node {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	topics, err := admin.ListTopics(ctx, topic)
	if err != nil {
		return nil
	}
	p, ok := topics[topic].Partitions[partition]
	if !ok {
		return nil
	}
	return c.Node(p.Leader)
}

// Active is the node with the active controller, nil if nobody tells.
func (c *Cluster) Active(ctx context.Context, client *kgo.Client) *Node {
	p, err := describeQuorum(ctx, client)
	if err != nil {
		return nil
	}
	return c.Node(p.LeaderID)
}

// Coordinator is the node that coordinates a group, nil if nobody tells.
func (c *Cluster) Coordinator(ctx context.Context, admin *kadm.Client, group string) *Node {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	found := admin.FindGroupCoordinators(ctx, group)
	if one, ok := found[group]; ok && one.Err == nil {
		return c.Node(one.NodeID)
	}
	return nil
}

// Whole returns nil when every node sees all nodes and every partition of the topics
// with a leader and all of its replicas in sync.
func (c *Cluster) Whole(ctx context.Context, topics ...string) error {
	return c.everywhere(ctx, topics, func(m *kmsg.MetadataResponse, p *kmsg.MetadataResponseTopicPartition) error {
		if len(m.Brokers) != len(c.Nodes) {
			return fmt.Errorf("sees %d brokers", len(m.Brokers))
		}
		if p != nil && (p.Leader < 0 || len(p.ISR) != len(p.Replicas)) {
			return fmt.Errorf("sees partition %d led by %d, ISR %v of %v", p.Partition, p.Leader, p.ISR, p.Replicas)
		}
		return nil
	})
}

// Led returns nil when every node sees every partition of the topics with a leader.
func (c *Cluster) Led(ctx context.Context, topics ...string) error {
	return c.everywhere(ctx, topics, func(_ *kmsg.MetadataResponse, p *kmsg.MetadataResponseTopicPartition) error {
		if p != nil && p.Leader < 0 {
			return fmt.Errorf("sees partition %d without a leader", p.Partition)
		}
		return nil
	})
}

// view judges what a node says: once without a partition, and each partition.
type view func(m *kmsg.MetadataResponse, p *kmsg.MetadataResponseTopicPartition) error

func (c *Cluster) everywhere(ctx context.Context, topics []string, judge view) error {
	for _, n := range c.Nodes {
		if err := n.see(ctx, topics, judge); err != nil {
			return fmt.Errorf("node %d: %w", n.ID, err)
		}
	}
	return nil
}

// see asks this node alone.
func (n *Node) see(ctx context.Context, topics []string, judge view) error {
	if !n.Running() || n.Paused() {
		return errors.New("does not run")
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(n.Address), kgo.RequestRetries(0), kgo.DialTimeout(2*time.Second))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req := kmsg.NewPtrMetadataRequest()
	for _, topic := range topics {
		one := kmsg.NewMetadataRequestTopic()
		one.Topic = kmsg.StringPtr(topic)
		req.Topics = append(req.Topics, one)
	}
	resp, err := client.SeedBrokers()[0].Request(ctx, req)
	if err != nil {
		return err
	}
	meta := resp.(*kmsg.MetadataResponse)
	if err := judge(meta, nil); err != nil {
		return err
	}
	for _, t := range meta.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil {
			return fmt.Errorf("%s: %w", *t.Topic, err)
		}
		for _, p := range t.Partitions {
			if err := judge(meta, &p); err != nil {
				return fmt.Errorf("%s: %w", *t.Topic, err)
			}
		}
	}
	return nil
}

// Await waits until everything is whole.
func (c *Cluster) Await(ctx context.Context, limit time.Duration, topics ...string) error {
	return c.Eventually(ctx, limit, func() error { return c.Whole(ctx, topics...) })
}

// Eventually waits until a question has no error for an answer.
func (c *Cluster) Eventually(ctx context.Context, limit time.Duration, ask func() error) error {
	begin := time.Now()
	for {
		err := ask()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if took := time.Since(begin); took > limit {
			return fmt.Errorf("after %v: %w", took.Round(time.Second), err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}
