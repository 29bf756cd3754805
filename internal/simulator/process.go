package simulator

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// process is one life of a node: the rooms of the product, put together as package node
// does it, and what drives them.
type process struct {
	w        *world
	node     *node
	rng      *rand.Rand
	life     int
	dead     bool
	failedIO bool
	// pausedUntil is when the process goes on that was stopped.
	pausedUntil time.Duration
	calling     *call
	open        []*exchange // requests that wait for this process

	static     *config.Static
	files      *files
	dirs       *logdir.Dirs
	runtime    *shard.Runtime
	quorum     *quorum
	feed       *feed
	controller *controller.Controller // nil on a node that has no vote
	replicas   *replica.Set
	groups     *group.Coordinator
	registrar  *registrar
	followers  []*follower
	held       []*heldFetch
	looking    bool
	committing bool
	asking     bool // the controller, for changes of ISRs
	tickets    map[uint64]func(code int16)
	lastTicket uint64
	ids        uint64
	strays     bool // settled
	// wrongDirs tells that the metadata may have replicas in another directory,
	// tellingDirs that the controller is being told.
	wrongDirs, tellingDirs bool
}

// start begins a process on what is in the node's files. A start that fails is tried
// again.
func (n *node) start() {
	n.lives++
	w := n.w
	p := &process{w: w, node: n, life: n.lives, rng: n.rng, tickets: map[uint64]func(int16){}}
	n.proc = p
	p.files = newFiles(p)
	if n.w.run.DieInStart && n.rng.IntN(6) == 0 && !w.stopped {
		p.files.dieAt, p.files.torn = 1+n.rng.IntN(30), n.rng.IntN(2) == 0
	}
	static, err := config.Load(config.Standalone(), w.settings(n.id))
	must(err)
	p.static = static
	if err := p.openDirs(); err != nil {
		if !p.dead && !p.failedIO {
			w.fail("node %d cannot start: %v", n.id, err)
		}
		p.die()
		return
	}
	p.build()
	w.note("node %d starts", n.id)
}

func (w *world) settings(id int32) []string {
	s := []string{
		fmt.Sprintf("node.id=%d", id), "offsets.topic.num.partitions=2", "offsets.topic.replication.factor=3",
		"default.replication.factor=3", "min.insync.replicas=2", "group.initial.rebalance.delay.ms=0",
		"broker.session.timeout.ms=1200", "broker.heartbeat.interval.ms=250", "leader.imbalance.check.interval.seconds=3",
		"log.retention.check.interval.ms=2000", "offsets.commit.timeout.ms=2000", "log.cleaner.backoff.ms=500",
	}
	if w.run.Fsync {
		s = append(s, "log.durability=fsync")
	}
	return s
}

func (p *process) openDirs() error {
	o := logdir.Config{
		Dirs: []string{dataDir}, NodeID: p.node.id, ClusterID: clusterID, RecoveryThreads: 1, Stepped: true,
		Log: replica.LogConfig(config.ResolveTopic(nil, p.static.Lookup)), Machine: p.node.machine, NewID: func() logdir.UUID { return logdir.UUID(p.newUUID()) },
		RetentionInterval: 2 * time.Second, CheckpointEvery: time.Second, FlushInterval: 2 * time.Second,
		Cleaner:   logdir.CleanerConfig{Enable: true, Threads: 1, Backoff: time.Second, DedupeBufferBytes: 1 << 16, LoadFactor: 0.9, MaxBytesPerSecond: 1e18},
		OnFailure: p.directoryFailed,
	}
	var err error
	if p.dirs, err = logdir.Open(o, p.files, p.wallMs); err != nil {
		return err
	}
	return p.dirs.SyncAll()
}

// directoryFailed ends a process whose only directory is offline.
func (p *process) directoryFailed(f logdir.Failure) {
	if p.dead {
		return
	}
	p.w.note("node %d: its directory is offline: %v", p.node.id, f.Err)
	if !p.failedIO {
		p.w.fail("node %d: its directory is offline for no reason: %v", p.node.id, f.Err)
	}
	p.w.after(p.shortly(), p, "offline", p.die)
}

// build makes the rooms and begins to drive them.
func (p *process) build() {
	p.runtime = shard.NewSteppedRuntime(clock{p}, stepper{p})
	p.registrar = newRegistrar(p)
	p.feed = newFeed(p)
	p.quorum = newQuorum(p)
	p.buildReplicas()
	p.groups = group.New(group.Options{
		Runtime: p.runtime, Config: groupConfig(p.static), Topics: groupTopics{p},
		Partitions:      func() int32 { return int32(p.static.Int("offsets.topic.num.partitions")) },
		MaxMessageBytes: func() int { return 1 << 20 }, NewUUID: p.newUUID, Alive: p.registrar.alive,
	})
	if p.node.id <= voters {
		p.controller = controller.New(controller.Options{
			Runtime: p.runtime, MetadataLog: p.quorum, NodeID: p.node.id, ClusterID: clusterID, Static: p.static,
			Rand: rand.New(rand.NewPCG(p.rng.Uint64(), 1)), NewUUID: p.newUUID,
		})
	}
	p.w.after(p.shortly(), p, "register", p.registrar.register)
	p.background()
}

func (p *process) buildReplicas() {
	o := replica.Options{
		BrokerID: p.node.id, Logs: replicaLogs{p.dirs}, Settings: p.topicSettings, MaxSessions: 100,
		RandomInt32: p.rng.Int32, Connect: func(id int32) replica.Leader { return leaderConn{p, id} },
		AlterPartition: func(*wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error) {
			panic("BUG: the set is stepped")
		},
		BrokerEpoch: func() int64 { return p.registrar.epoch }, Alive: p.registrar.alive, Stepper: p,
		Replication: replica.ReplicationConfig{WaitMax: 300 * time.Millisecond, BackoffMax: 200 * time.Millisecond,
			LagTimeMax: p.w.run.lag(), SessionTimeout: session, FetchMaxBytes: p.w.run.fetchBytes()},
	}
	if p.w.run.Fsync {
		o.Flusher = flusher{p}
	}
	p.replicas = replica.NewSet(o)
	p.dirs.SetOnShortened(func(tp commitlog.TopicPartition) {
		p.replicas.LogShortened(tp)
		p.news()
	})
	p.dirs.SetHighWatermarks(func(tp commitlog.TopicPartition) (int64, bool) {
		part, err := p.replicas.Find(p.feed.image, tp.Topic, tp.Partition)
		if err != nil {
			return 0, false
		}
		return part.HighWatermark(), true
	})
}

// background does what goroutines and tickers do in a node.
func (p *process) background() {
	p.w.every(1000*time.Millisecond, p, "flush", p.dirs.StepFlusher)
	p.w.every(1000*time.Millisecond, p, "housekeep", p.dirs.StepHousekeeper)
	p.w.every(700*time.Millisecond, p, "clean", p.dirs.StepCleaner)
	p.w.every(p.w.run.lag()/2, p, "review", p.replicas.ReviewISR)
	p.w.every(50*time.Millisecond, p, "ask for ISRs", p.askForISRs)
	p.w.every(200*time.Millisecond, p, "directories", p.tellDirectories)
}

// wallMs is the wall clock, which may jump.
func (p *process) wallMs() int64 { return time.Now().Add(p.node.skew).UnixMilli() }

// shortly is how long it takes until something is done that nothing keeps from it.
func (p *process) shortly() time.Duration {
	d := time.Duration(p.rng.IntN(300)) * time.Microsecond
	if p.rng.IntN(40) == 0 {
		d += time.Duration(p.rng.IntN(20)) * time.Millisecond
	}
	return d
}

// diskDelay is how long a sync takes.
func (p *process) diskDelay() time.Duration {
	d := time.Duration(50+p.rng.IntN(500)) * time.Microsecond
	if p.node.slow > 0 {
		d += time.Duration(p.rng.Int64N(int64(p.node.slow)))
	}
	return d
}

func (p *process) newUUID() wire.UUID {
	var id wire.UUID
	for i := range id {
		id[i] = byte(p.rng.Uint32())
	}
	return id
}

func (p *process) topicSettings(image *metadata.Image, topic string) config.TopicSettings {
	e := config.Effective{Static: p.static, Cluster: image.Config(metadata.BrokerResource, ""),
		PerBroker: image.Config(metadata.BrokerResource, fmt.Sprint(p.node.id))}
	return config.ResolveTopic(image.Config(metadata.TopicResource, topic), e.Lookup)
}

// replicaLogs gives the replicas their logs as package node does.
type replicaLogs struct{ *logdir.Dirs }

// Create implements replica.Logs.
func (r replicaLogs) Create(tp commitlog.TopicPartition, topicID [16]byte, home logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	log, err := r.Dirs.Create(tp, topicID, home, cfg)
	if errors.Is(err, logdir.ErrExists) {
		if err := r.Dirs.SetAside(tp); err != nil {
			return nil, err
		}
		log, err = r.Dirs.Create(tp, topicID, home, cfg)
	}
	if err != nil {
		return nil, err
	}
	log.SetConfig(cfg)
	return log, nil
}

// Delete implements replica.Logs.
func (r replicaLogs) Delete(tp commitlog.TopicPartition, topicID [16]byte) error {
	err := r.Dirs.Delete(tp, topicID)
	if errors.Is(err, logdir.ErrUnknownPartition) || errors.Is(err, logdir.ErrWrongTopicID) {
		return nil
	}
	return err
}
