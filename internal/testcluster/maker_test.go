package testcluster

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// maker makes topics, one after the other, and remembers which were acknowledged.
type maker struct {
	c       *Cluster
	stop    chan struct{}
	running sync.WaitGroup
	acked   []string
}

func (m *maker) run() {
	admin := m.c.Admin()
	for i := 0; ; i++ {
		select {
		case <-m.stop:
			return
		case <-time.After(100 * time.Millisecond):
		}
		name := fmt.Sprint("made-", i)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		r, err := admin.CreateTopics(ctx, 1, 3, nil, name)
		cancel()
		if err == nil && r[name].Err == nil {
			m.acked = append(m.acked, name)
		}
	}
}

// end stops and checks that everything that was acknowledged is known to every node
// soon (I17).
func (m *maker) end() int {
	close(m.stop)
	m.running.Wait()
	c := m.c
	c.AwaitBrokers(len(c.Members))
	c.Eventually(10*time.Second, "all topics", func() error {
		for _, member := range c.Members {
			for _, name := range m.acked {
				if member.image().TopicByName(name) == nil {
					return fmt.Errorf("node %d does not know %s, which was acknowledged", member.ID, name)
				}
			}
		}
		return nil
	})
	return len(m.acked)
}
