package testcluster

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestThreeNodesInABubble: a cluster forms, takes records and ends.
func TestThreeNodesInABubble(t *testing.T) {
	Run(t, 1, 3, nil, func(c *Cluster) {
		c.CreateTopic("t", 3)
		client := c.Client(kgo.DefaultProduceTopic("t"))
		for range 20 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			if err := client.ProduceSync(ctx, kgo.StringRecord("x")).FirstErr(); err != nil {
				t.Error(err)
			}
			cancel()
		}
		t.Logf("took %v of its own time", c.now())
	})
}
