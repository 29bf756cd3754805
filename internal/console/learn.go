package console

import (
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// partitioner shows where a key goes.
func (c *call) partitioner(q view.PartitionerQuery) (view.Partitioner, error) {
	const longestKey, mostPartitions = 4096, 1_000_000
	key, err := bytesOf(&q.Key, q.Encoding)
	if err != nil {
		return view.Partitioner{}, invalid("key", err.Error())
	}
	if len(key) > longestKey {
		return view.Partitioner{}, invalid("key", "The key is too long to be shown.")
	}
	n := q.Partitions
	if n == 0 && q.Topic != "" {
		k := c.s.clusters.find(q.Cluster)
		if k == nil {
			return view.Partitioner{}, notFound("There is no such cluster.")
		}
		m, err := k.metadata(c)
		if err != nil {
			return view.Partitioner{}, err
		}
		t, err := m.topic(q.Topic)
		if err != nil {
			return view.Partitioner{}, err
		}
		n = int32(len(t.partitions))
	}
	if n < 1 || n > mostPartitions {
		return view.Partitioner{}, invalid("partitions", "Say how many partitions there are, or name a topic.")
	}
	return explainPartition(key, n), nil
}

// Names that the tour uses unless it is told others.
const (
	tourTopic = "mytopic"
	tourGroup = "Pizza"
	tourKey   = "my key"
)

// tourMessages is how many of the newest messages the tour looks at.
const tourMessages = 1000

// learnFacts is what the cluster shows of the tour's steps, so that the page can
// tell which are done.
func (c *call) learnFacts(q view.LearnQuery) (view.LearnFacts, error) {
	k, err := c.cluster()
	if err != nil {
		return view.LearnFacts{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.LearnFacts{}, err
	}
	orDefault(&q.Topic, tourTopic)
	orDefault(&q.Group, tourGroup)
	orDefault(&q.Key, tourKey)
	v := view.LearnFacts{Brokers: m.online(), BrokersOffline: len(m.brokers) - m.online(), GroupLag: -1, AsOf: view.Millis(m.at.UnixMilli())}
	e := k.ends.fresh(c, k.now, liveAge)
	t := m.topics[q.Topic]
	if t != nil && len(t.partitions) > 0 {
		v.TopicExists, v.Partitions, v.ReplicationFactor, v.UnderReplicated = true, len(t.partitions), t.replicas, t.under
		records, _, _ := e.records(t.name, len(t.partitions))
		v.Records = view.Int64(records)
		v.Partitioner = explainPartition([]byte(q.Key), int32(len(t.partitions)))
		if err := c.tally(k, t, e, q.Key, &v); err != nil {
			return view.LearnFacts{}, err
		}
	} else {
		v.Partitioner = explainPartition([]byte(q.Key), 5)
	}
	g := k.groups.fresh(c, k.now, liveAge)
	if s := g.of(q.Group); s != nil {
		v.GroupExists, v.GroupState, v.GroupMembers = true, s.state, len(s.members)
		v.GroupLag = view.Int64(s.lag(e, q.Topic))
		for p, commit := range s.commits {
			if p.topic == q.Topic {
				v.GroupCommitted += view.Int64(commit.offset)
			}
		}
	}
	k.history.mu.Lock()
	if gh := k.history.byGroup[q.Group]; gh != nil {
		v.LagWas = view.Int64(gh.lag.largest(view.Millis(c.s.now().Add(-10 * time.Minute).UnixMilli())))
	}
	k.history.mu.Unlock()
	return v, nil
}

func orDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// tallies remembers what was counted, until the topic grows.
type tallies struct {
	mu    sync.Mutex
	known map[string]tally
}

type tally struct {
	ends  []int64
	facts []view.PartitionTally
}

const maxTallies = 100

// tally counts the newest messages of a topic by partition and key.
func (c *call) tally(k *cluster, t *topicMeta, e *endsPart, key string, v *view.LearnFacts) error {
	ends := make([]int64, len(t.partitions))
	for p := range ends {
		ends[p] = e.of(t.name, int32(p)).end
	}
	name := t.name + "\x00" + key
	k.tallies.mu.Lock()
	known, ok := k.tallies.known[name]
	k.tallies.mu.Unlock()
	if !ok || !slices.Equal(known.ends, ends) {
		facts, err := c.countMessages(t, key)
		if err != nil {
			return err
		}
		known = tally{ends, facts}
		k.tallies.mu.Lock()
		if k.tallies.known == nil || len(k.tallies.known) >= maxTallies {
			k.tallies.known = map[string]tally{}
		}
		k.tallies.known[name] = known
		k.tallies.mu.Unlock()
	}
	for i, f := range known.facts {
		p := t.partitions[i]
		f.Leader, f.InSync, f.Replicas = p.leader, len(p.isr), len(p.replicas)
		v.PerPartition = append(v.PerPartition, f)
		v.Keyless += f.Keyless
		v.Keyed += f.Keyed
		v.WithKey += f.WithKey
		if f.WithKey > 0 {
			v.KeyPartitions = append(v.KeyPartitions, f.Partition)
		}
	}
	return nil
}

func (c *call) countMessages(t *topicMeta, key string) ([]view.PartitionTally, error) {
	one := *c
	one.vars = func(name string) string {
		if name == "topic" {
			return t.name
		}
		return c.vars(name)
	}
	p, err := one.planQuery(view.MessageQuery{})
	if err != nil {
		return nil, err
	}
	facts := make([]view.PartitionTally, len(t.partitions))
	for i := range facts {
		facts[i].Partition = int32(i)
	}
	n := 0
	err = p.scan(pageBudget).run(c, func(r *kgo.Record) error {
		if n++; n > tourMessages {
			return errEnough
		}
		if int(r.Partition) >= len(facts) {
			return nil
		}
		f := &facts[r.Partition]
		f.Records++
		switch {
		case r.Key == nil:
			f.Keyless++
		case string(r.Key) == key:
			f.Keyed++
			f.WithKey++
		default:
			f.Keyed++
		}
		return nil
	})
	return facts, err
}
