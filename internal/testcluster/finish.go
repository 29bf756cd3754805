package testcluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// healLimit is how long replicas may take to be in sync again after all faults, in the
// bubble's time (I24 of the design gives them 60 s).
const healLimit = 60 * time.Second

// Heal takes all faults back, starts who does not run and waits until every partition of
// the topics has all of its replicas in sync.
func (c *Cluster) Heal(topics ...string) {
	c.T.Helper()
	c.Net.Heal()
	for _, m := range c.Members {
		m.unstall()
		m.SlowDisk(0)
		if !m.Running() {
			m.Start()
		}
	}
	c.AwaitBrokers(len(c.Members))
	c.Eventually(healLimit, "all replicas in sync", func() error { return c.inSync(topics) })
}

func (c *Cluster) inSync(topics []string) error {
	for _, m := range c.Members {
		image := m.image()
		for _, name := range topics {
			t := image.TopicByName(name)
			if t == nil {
				return fmt.Errorf("node %d does not know %s", m.ID, name)
			}
			for number, p := range t.Partitions() {
				if p.Leader < 0 || len(p.ISR) != len(p.Replicas) || len(p.AddingReplicas)+len(p.RemovingReplicas) > 0 {
					return fmt.Errorf("node %d sees %s-%d led by %d, ISR %v of %v", m.ID, name, number, p.Leader, p.ISR, p.Replicas)
				}
			}
		}
	}
	return nil
}

// Judge ends a workload: everything heals, a new consumer reads all there is, the nodes
// stop, their files are read, and the checkers judge. It returns the history.
func (w *Workload) Judge() *history.History {
	c := w.c
	c.T.Helper()
	begin := c.now()
	c.Heal(w.topic)
	w.h.Waits = append(w.h.Waits, history.Wait{What: "all replicas in sync", Took: c.now() - begin, Limit: history.ISRLimit, Done: true})
	w.h.Healed = c.now()
	w.pause(3 * time.Second) // everybody gets through again
	w.Stop()
	w.askCommitted(c.Admin())
	w.readAll()
	w.recordImages("live")
	for _, m := range c.Members {
		m.Stop()
		if _, err := m.files.Stat(dataDir + "/.kafka_cleanshutdown"); err != nil {
			c.found("node %d was stopped and has no mark of a clean shutdown: %v", m.ID, err)
		}
	}
	c.T.Logf("seed %d: %v of its own time, %d records sent, %d acknowledged, %d read, %d recoveries rehearsed", c.Seed, c.now().Round(time.Millisecond),
		len(w.h.Produces), w.h.Acked(), len(w.h.Polls), len(w.h.Recoveries))
	for _, m := range c.Members {
		w.dump(m, "at the end", true)
	}
	if err := c.recordMetadata(w.h); err != nil {
		c.found("%v", err)
	}
	for _, f := range w.h.Check() {
		c.found("%s", f)
	}
	return w.h
}

// dump adds a member's replicas to the history.
func (w *Workload) dump(m *Member, when string, final bool) {
	replicas, err := m.dump(when, final, w.topic)
	if err != nil {
		w.c.found("%v", err)
	}
	w.h.Record(func(h *history.History) { h.Replicas = append(h.Replicas, replicas...) })
	if !final {
		w.rehearse(m, when)
	}
}

// recordImages adds what the running nodes believe to the history.
func (w *Workload) recordImages(how string) {
	for _, m := range w.c.Members {
		if image := m.image(); image != nil {
			one := history.Metadata{Node: m.ID, How: how, EndOffset: image.EndOffset(), Hash: dump.HashImage(image)}
			w.h.Record(func(h *history.History) { h.Metadata = append(h.Metadata, one) })
		}
	}
}

// readAll reads the topic from its beginning to its end.
func (w *Workload) readAll() {
	w.c.T.Helper()
	var ends map[int32]int64
	admin := w.c.Admin()
	w.c.Eventually(healLimit, "the last end offsets", func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		listed, err := admin.ListEndOffsets(ctx, w.topic)
		if err = errors.Join(err, listed.Error()); err != nil {
			return err
		}
		ends = map[int32]int64{}
		for p, o := range listed[w.topic] {
			ends[p] = o.Offset
		}
		return nil
	})
	offsets := map[int32]kgo.Offset{}
	for p := range ends {
		offsets[p] = kgo.NewOffset().AtStart()
	}
	client := w.c.Client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{w.topic: offsets}), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	ctx, cancel := context.WithTimeout(context.Background(), healLimit)
	defer cancel()
	for next := map[int32]int64{}; !reached(next, ends); {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			w.c.found("the last read came to %v of %v: %v", next, ends, fetches.Err())
			return
		}
		fetches.EachRecord(func(r *kgo.Record) {
			next[r.Partition] = r.Offset + 1
			w.h.Final = append(w.h.Final, history.Poll{Partition: w.at(r.Partition), Consumer: "the last read", Offset: r.Offset, Epoch: r.LeaderEpoch, Value: string(r.Value), At: w.c.now()})
		})
	}
}

func reached(next, ends map[int32]int64) bool {
	for p, end := range ends {
		if next[p] < end {
			return false
		}
	}
	return true
}
