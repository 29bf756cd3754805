package testcluster

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// maker makes topics, one after the other, and remembers which were acknowledged.
type maker struct {
	c       *Cluster
	stop    chan struct{}
	running sync.WaitGroup
	acked   []string
	h       history.History
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
		one := history.Change{Resource: "topic " + name, Client: "the maker", Op: history.Create, Value: "there", Invoked: m.c.now()}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		r, err := admin.CreateTopics(ctx, 1, 3, nil, name)
		cancel()
		if err == nil && r[name].Err == nil {
			m.acked = append(m.acked, name)
			one.Outcome = history.OK
		}
		one.Ended = m.c.now()
		m.h.Changes = append(m.h.Changes, one)
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
	m.look()
	for _, f := range history.Linearizability(&m.h) {
		c.found("I17 metadata linearizable: %s", f)
	}
	return len(m.acked)
}

// look adds to the history what every node has in the end.
func (m *maker) look() {
	for _, member := range m.c.Members {
		image := member.image()
		for _, made := range m.h.Changes {
			if made.Op != history.Create {
				continue
			}
			seen := history.Change{Resource: made.Resource, Client: fmt.Sprint("node ", member.ID), Op: history.Read, Invoked: m.c.now(), Outcome: history.OK}
			if image.TopicByName(strings.TrimPrefix(made.Resource, "topic ")) != nil {
				seen.Value = made.Value
			}
			seen.Ended = m.c.now()
			m.h.Changes = append(m.h.Changes, seen)
		}
	}
}
