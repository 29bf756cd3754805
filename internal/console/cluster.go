package console

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// cluster is one cluster that the console shows.
type cluster struct {
	ClusterOptions
	id        string
	name      string
	bootstrap []string
	readOnly  bool
	log       *slog.Logger
	now       func() time.Time

	options   []kgo.Opt
	client    *kgo.Client
	admin     *kadm.Client
	producers *producers

	meta     *poller[metaPart]
	ends     *poller[endsPart]
	groups   *poller[groupsPart]
	dirs     *poller[dirsPart]
	events   *eventLog
	history  *history
	version  atomic.Pointer[string] // guessed
	policies *policies
	ages     ages
	tallies  tallies

	watchedUntil atomic.Int64 // nanoseconds since 1970
	changes      atomic.Int64 // counts what pollers learn
	startsMoved  atomic.Bool
	noDeletion   atomic.Bool // delete.topic.enable is false
	lastGood     atomic.Pointer[kgo.Broker]
	noQuorum     atomic.Bool   // the cluster knows no quorum: it is of the time before
	turn         atomic.Uint64 // of messages without a key
	ctx          context.Context
	stop         context.CancelFunc
	running      sync.WaitGroup
}

// watchTime is how long a look at a cluster keeps its pollers fast.
const watchTime = 15 * time.Second

func openCluster(ctx context.Context, s *Server, id string, o ClusterOptions) (*cluster, error) {
	k := &cluster{ClusterOptions: o, id: id, name: o.Name, bootstrap: o.Bootstrap, readOnly: o.ReadOnly,
		log: s.log.With("cluster", clip(o.Name, 100)), now: s.now, events: newEventLog(), history: newHistory(), policies: newPolicies()}
	security, secure, err := securityOptions(o.Properties)
	if err != nil {
		return nil, err
	}
	k.options = append([]kgo.Opt{
		kgo.SeedBrokers(o.Bootstrap...),
		kgo.ClientID("brolga-console"),
		kgo.DisableClientMetrics(),
		kgo.DialTimeout(3 * time.Second),
		kgo.RequestTimeoutOverhead(3 * time.Second),
		kgo.RetryTimeout(4 * time.Second),
		kgo.RequestRetries(3),
		kgo.RetryBackoffFn(func(int) time.Duration { return 100 * time.Millisecond }),
		kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.ConnIdleTimeout(time.Minute),
		kgo.BrokerMaxReadBytes(maxAnswerBytes),
	}, security...)
	if dial := dialer(o.Dial, secure); dial != nil {
		k.options = append(k.options, kgo.Dialer(dial))
	}
	if k.client, err = kgo.NewClient(k.options...); err != nil {
		return nil, fmt.Errorf("the cluster %s: %w", clip(o.Name, 100), err)
	}
	k.admin = kadm.NewClient(k.client)
	k.admin.SetTimeoutMillis(10_000)
	k.producers = newProducers(k)
	k.meta = newPoller(time.Second, 10*time.Second, k.askMeta)
	k.ends = newPoller(time.Second, 10*time.Second, k.askEnds)
	k.groups = newPoller(time.Second, 10*time.Second, k.askGroups)
	k.dirs = newPoller(5*time.Second, time.Minute, k.askDirs)
	k.meta.then = k.metaLearnt
	k.ends.then = k.endsLearnt
	k.groups.then = k.groupsLearnt
	k.dirs.then = func(_, _ *dirsPart) { k.changes.Add(1) }
	k.ctx, k.stop = context.WithCancel(ctx)
	return k, nil
}

// maxAnswerBytes is the largest answer that is taken from a broker.
const maxAnswerBytes = 128 << 20

// start begins to ask.
func (k *cluster) start() {
	k.running.Go(func() { k.learnVersions(k.ctx) })
	k.running.Go(func() { k.runPolicies(k.ctx) })
	for _, run := range []func(context.Context, func() time.Time, func() bool){k.meta.run, k.ends.run, k.groups.run, k.dirs.run} {
		k.running.Go(func() { run(k.ctx, k.now, k.watched) })
	}
	k.running.Go(func() { k.producers.run(k.ctx) })
}

func (k *cluster) close() {
	k.stop()
	k.running.Wait()
	k.producers.close()
	k.client.Close()
}

// touch notes that somebody looks at the cluster.
func (k *cluster) touch() {
	was := k.watchedUntil.Swap(k.now().Add(watchTime).UnixNano())
	if was < k.now().UnixNano() {
		k.meta.kick()
		k.ends.kick()
		k.groups.kick()
		k.dirs.kick()
	}
}

func (k *cluster) watched() bool { return k.watchedUntil.Load() > k.now().UnixNano() }

// settle waits, after a change, until the pollers know what has come of it.
func (k *cluster) settle(ctx context.Context, parts ...refresher) {
	const patience = 3 * time.Second
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var all sync.WaitGroup
	for _, p := range parts {
		all.Go(func() { p.refresh(waiting) })
	}
	all.Wait()
}

type refresher interface{ refresh(context.Context) }

// status says whether the cluster answers.
func (k *cluster) status() (view.ClusterStatus, string) {
	err := k.meta.problem()
	switch {
	case err != nil:
		f, _ := explain(err)
		return view.StatusOffline, f.message
	case k.meta.newest.Load() == nil:
		return view.StatusConnecting, ""
	}
	return view.StatusOnline, ""
}

// cluster finds the cluster in the path.
func (c *call) cluster() (*cluster, error) {
	k := c.s.clusters.find(c.vars("cluster"))
	if k == nil {
		return nil, notFound("There is no such cluster.")
	}
	k.touch()
	return k, nil
}

// metadata returns what is known of the cluster's topics and brokers, a second
// old at most where that costs little.
func (k *cluster) metadata(ctx context.Context) (*metaPart, error) {
	if m := k.meta.fresh(ctx, k.now, time.Second); m != nil {
		return m, nil
	}
	if err := k.meta.problem(); err != nil {
		return nil, err
	}
	return nil, context.DeadlineExceeded
}
