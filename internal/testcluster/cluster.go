package testcluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
)

const (
	clusterID = "4L6g3nShT-eMCtK--X86sw"
	// trip is what a byte takes from host to host at least; twice that at most.
	trip = 200 * time.Microsecond
	// formLimit is how long a cluster may take to form, in its own time.
	formLimit = 30 * time.Second
)

// Cluster is several members, each a broker and a controller, and their network.
type Cluster struct {
	T       testing.TB
	Seed    uint64
	Net     *Network
	Members []*Member
	Begin   time.Time

	rng       *rand.Rand
	log       *journal
	overrides []string
	observers int // of the last members: they have no part in the quorum
	running   sync.WaitGroup

	mu       sync.Mutex
	findings []string
	clients  int
	open     []*kgo.Client
	work     []*Workload
}

// Run makes a cluster of n members in a bubble and calls f when it has formed.
// Overrides are key=value for every node. Everything ends with f.
func Run(t *testing.T, seed uint64, n int, overrides []string, f func(c *Cluster)) {
	t.Helper()
	RunWithObservers(t, seed, n, 0, overrides, f)
}

// RunWithObservers is Run with the last members being brokers only.
func RunWithObservers(t *testing.T, seed uint64, n, observers int, overrides []string, f func(c *Cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := form(t, seed, n, overrides)
		c.observers = observers
		defer c.end()
		for _, m := range c.Members {
			m.Start()
		}
		c.AwaitBrokers(n)
		f(c)
	})
}

func form(t testing.TB, seed uint64, n int, overrides []string) *Cluster {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	c := &Cluster{T: t, Seed: seed, Net: NewNetwork(rand.New(rand.NewPCG(seed, 2)), trip), Begin: time.Now(),
		rng: rng, log: newJournal(time.Now()), overrides: overrides}
	for id := 1; id <= n; id++ {
		m := &Member{ID: int32(id), Host: fmt.Sprintf("10.0.0.%d", id), c: c, files: vfs.NewMem()}
		if err := m.format(); err != nil {
			t.Fatal(err)
		}
		c.Members = append(c.Members, m)
	}
	return c
}

// settings are a node's properties.
func (m *Member) settings() []string {
	var voters []string
	for _, other := range m.c.Members[:len(m.c.Members)-m.c.observers] {
		voters = append(voters, fmt.Sprintf("%d@%s", other.ID, other.controllerAddress()))
	}
	roles, listeners := "broker,controller", fmt.Sprintf("PLAINTEXT://%s,CONTROLLER://%s", m.Address(), m.controllerAddress())
	if int(m.ID) > len(m.c.Members)-m.c.observers {
		roles, listeners = "broker", "PLAINTEXT://"+m.Address()
	}
	return append([]string{
		fmt.Sprintf("node.id=%d", m.ID),
		"controller.quorum.voters=" + strings.Join(voters, ","),
		"process.roles=" + roles, "listeners=" + listeners,
		"controller.listener.names=CONTROLLER", "inter.broker.listener.name=PLAINTEXT",
		"log.dirs=" + dataDir, "offsets.topic.num.partitions=2", "offsets.topic.replication.factor=3",
		"default.replication.factor=3", "min.insync.replicas=2", "group.initial.rebalance.delay.ms=0",
		"replica.lag.time.max.ms=5000", "metrics.listener=none", "console.listener=none",
	}, m.c.overrides...)
}

// end stops everything: a goroutine that is left would keep the bubble open.
func (c *Cluster) end() {
	c.Net.Heal()
	for _, w := range c.work { // one that was not judged
		w.stop()
	}
	for _, client := range c.open {
		client.Close()
	}
	for _, m := range c.Members {
		m.unstall()
		m.SlowDisk(0)
		if m.Running() {
			m.proc.end(false)
		}
	}
	c.running.Wait()
	for _, w := range c.work {
		w.running.Wait()
	}
	for _, text := range c.log.bugs() {
		c.found("the log says %s", text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.findings {
		c.T.Errorf("seed %d: %s", c.Seed, f)
	}
	if c.T.Failed() {
		c.T.Logf("seed %d, the end of the nodes' logs:\n%s", c.Seed, c.log.tail())
	}
}

// found notes what must not be.
func (c *Cluster) found(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.findings) < 30 {
		c.findings = append(c.findings, fmt.Sprintf(format, args...))
	}
}

// say puts what the test does into the log, between what the nodes say.
func (c *Cluster) say(format string, args ...any) { c.log.note(fmt.Sprintf(format, args...)) }

// sight is the newest image that any running node has.
func (c *Cluster) sight() *metadata.Image {
	newest := metadata.Empty()
	for _, m := range c.Members {
		if image := m.image(); image != nil && image.EndOffset() > newest.EndOffset() {
			newest = image
		}
	}
	return newest
}

// now is the time since the cluster began.
func (c *Cluster) now() time.Duration { return time.Since(c.Begin) }

// Client is a client on a host of its own, until the cluster ends.
func (c *Cluster) Client(opts ...kgo.Opt) *kgo.Client {
	c.T.Helper()
	c.mu.Lock()
	c.clients++
	host := fmt.Sprintf("10.0.1.%d", c.clients)
	c.mu.Unlock()
	var seeds []string
	for _, m := range c.Members {
		seeds = append(seeds, m.Address())
	}
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(seeds...), kgo.Dialer(c.Net.dialer(host)), kgo.MetadataMinAge(50 * time.Millisecond),
		kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.RequestTimeoutOverhead(2 * time.Second),
	}, opts...)...)
	if err != nil {
		c.T.Fatal(err)
	}
	c.mu.Lock()
	c.open = append(c.open, client)
	c.mu.Unlock()
	return client
}

// Admin is an admin client.
func (c *Cluster) Admin(opts ...kgo.Opt) *kadm.Client { return kadm.NewClient(c.Client(opts...)) }

// CreateTopic makes a topic, trying again until it is there.
func (c *Cluster) CreateTopic(name string, partitions int32, configs ...string) {
	c.T.Helper()
	settings := map[string]*string{}
	for _, kv := range configs {
		key, value, _ := strings.Cut(kv, "=")
		settings[key] = &value
	}
	admin, tried := c.Admin(), false
	c.Eventually(formLimit, "the topic "+name, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		r, err := admin.CreateTopics(ctx, partitions, 3, settings, name)
		if err == nil {
			err = r[name].Err
		}
		if errors.Is(err, kerr.TopicAlreadyExists) && tried {
			return nil // by a request whose answer was lost
		}
		tried = true
		return err
	})
}

// Eventually tries until nothing is wrong any more, in the bubble's time.
func (c *Cluster) Eventually(limit time.Duration, what string, try func() error) {
	c.T.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			c.found("%s: %v after %v", what, err, limit)
			c.T.FailNow()
		}
	}
}

// AwaitBrokers waits until every running member sees that many unfenced brokers.
func (c *Cluster) AwaitBrokers(want int) {
	c.T.Helper()
	c.Eventually(formLimit, fmt.Sprintf("%d brokers", want), func() error {
		for _, m := range c.Members {
			if !m.Running() {
				continue
			}
			image := m.image()
			if image == nil {
				return fmt.Errorf("node %d has not started", m.ID)
			}
			n := 0
			for b := range image.Brokers() {
				if !b.Fenced {
					n++
				}
			}
			if n != want {
				return fmt.Errorf("node %d sees %d", m.ID, n)
			}
		}
		return nil
	})
}
