package node

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/api"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/txn"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Options are what a Node needs beside its configuration.
type Options struct {
	Log *slog.Logger
}

// Node is one running process: a broker and, in the same process, a controller.
type Node struct {
	cfg       *config.Static
	log       *slog.Logger
	clusterID string
	failed    chan error // capacity 1: the first reason why the node cannot go on
	effective atomic.Pointer[config.Effective]

	listeners  []bound
	dirs       *logdir.Dirs
	metadata   metadataDir
	runtime    *shard.Runtime
	quorum     *quorum.Quorum
	controller *controller.Controller
	publisher  *publisher
	snapshots  *snapshots
	unobserve  func()
	registrar  *registrar
	replicas   *replica.Set
	groups     *group.Coordinator
	api        *api.API
	server     *server.Server
	// serving tells that the listeners take connections.
	serving     atomic.Bool
	metrics     *metrics.Registry
	metricsHTTP *metricsServer
}

// Start brings a node up to where it serves, or explains in one sentence why it
// cannot.
func Start(cfg *config.Static, o Options) (n *Node, err error) {
	n = &Node{cfg: cfg, log: o.Log, failed: make(chan error, 1), metrics: metrics.New(time.Now)}
	n.effective.Store(&config.Effective{Static: cfg})
	if unknown := cfg.Unknown(); len(unknown) > 0 {
		n.log.Info(fmt.Sprintf("Ignoring configuration keys that are not known: %v", unknown))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	for _, step := range []func() error{n.openStorage, n.listen, n.build, n.join, n.serve, n.serveMetrics} {
		if err := step(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Failed tells why the node cannot go on, if it ever cannot.
func (n *Node) Failed() <-chan error { return n.failed }

// fail notes the first reason to stop.
func (n *Node) fail(err error) {
	select {
	case n.failed <- err:
	default:
	}
}

// metadataLogName is the directory of the metadata log, Kafka's.
const metadataLogName = metadata.ClusterMetadataTopic + "-0"

func nowMs() int64 { return time.Now().UnixMilli() }

// openStorage takes the data directories and recovers what is in them.
func (n *Node) openStorage() error {
	id, isNew, err := clusterID(n.cfg)
	if err != nil {
		return err
	}
	n.clusterID = id
	defaults := n.logConfig()
	n.dirs, err = logdir.Open(logdir.Config{
		Dirs: n.cfg.LogDirs(), NodeID: n.cfg.NodeID(), ClusterID: id, Format: lonely(n.cfg),
		Log: defaults, RecoveryThreads: n.cfg.Int("num.recovery.threads.per.data.dir"),
		ProducerIDExpirationMs: n.cfg.Long("producer.id.expiration.ms"),
		RetentionInterval:      time.Duration(n.cfg.Long("log.retention.check.interval.ms")) * time.Millisecond,
		Cleaner:                cleanerConfig(n.cfg, n.effective.Load()),
		OnFailure:              n.directoryFailed, FlushTimes: &n.metrics.Log.Flush, Logger: n.log, NewID: newID,
	}, vfs.OS, nowMs)
	if err != nil {
		return err
	}
	if isNew {
		n.log.Info("Formatted the data directories for a new cluster", "clusterId", id, "dirs", n.cfg.LogDirs())
	}
	n.warnOfCase(vfs.OS)
	return n.takeMetadataDir()
}

// newID is newUUID for a room that does not know the wire.
func newID() logdir.UUID { return logdir.UUID(newUUID()) }

// logConfig are the settings of a log until its topic's are known.
func (n *Node) logConfig() *commitlog.Config {
	return replica.LogConfig(config.ResolveTopic(nil, n.cfg.Lookup))
}

// directoryFailed is called when a data directory went offline.
func (n *Node) directoryFailed(f logdir.Failure) {
	n.log.Error("A data directory went offline", "dir", f.Dir, "partitions", len(f.Partitions), "err", f.Err)
	if len(n.cfg.LogDirs()) == 1 || f.Dir == n.cfg.MetadataLogDir() {
		n.fail(fmt.Errorf("the data directory %s failed: %w", f.Dir, f.Err))
	}
}

// listen takes the ports, so that what is advertised is known before the broker
// registers.
func (n *Node) listen() (err error) {
	n.listeners, err = bindAll(append(n.cfg.Listeners(), n.cfg.ControllerListeners()...))
	return err
}

// build makes the rooms and connects them; nothing runs yet.
func (n *Node) build() (err error) {
	n.runtime = shard.NewRuntime(shard.SystemClock{})
	relay := &role{}
	n.quorum, err = quorum.Open(quorum.Options{
		FS: vfs.OS, Dir: filepath.Join(n.metadata.path, metadataLogName),
		NodeID: n.cfg.NodeID(), DirectoryID: n.metadata.id,
		Role: relay, Failed: n.fail, Logger: n.log,
	})
	if err != nil {
		return err
	}
	first, err := bootstrapRecords(vfs.OS, n.metadata.path)
	if err != nil {
		return err
	}
	n.controller = controller.New(controller.Options{
		Runtime: n.runtime, MetadataLog: n.quorum, NodeID: n.cfg.NodeID(), ClusterID: n.clusterID, Static: n.cfg,
		Rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), NewUUID: newUUID, Bootstrap: first, Log: n.log,
	})
	relay.controller = n.controller
	n.publisher = newPublisher(n.log)
	n.publisher.failed = n.fail
	n.replicas = replica.NewSet(replica.Options{
		BrokerID: n.cfg.NodeID(), Logs: replicaLogs{n.dirs}, Settings: n.topicSettings, RandomInt32: rand.Int32,
		MaxSessions: n.cfg.Int("max.incremental.fetch.session.cache.slots"),
		FetchLimits: replica.FetchLimits{MaxBytes: n.cfg.Int("fetch.max.bytes")},
		Metrics:     &n.metrics.Topics, Log: n.log,
	})
	n.dirs.SetHighWatermarks(n.watermark)
	n.groups = group.New(group.Options{
		Runtime: n.runtime, Config: groupConfig(n.cfg), Topics: groupTopics{n.publisher.Image},
		Partitions: n.offsetsPartitions, MaxMessageBytes: n.offsetsMaxMessageBytes, NewUUID: newUUID, Log: n.log,
		Metrics: &n.metrics.Group,
	})
	n.snapshots = &snapshots{
		quorum: n.quorum, maxBytes: n.cfg.Long("metadata.log.max.record.bytes.between.snapshots"),
		intervalMs: n.cfg.Long("metadata.log.max.snapshot.interval.ms"), nowMs: nowMs, failed: n.fail,
	}
	n.api = api.New(api.Options{
		BrokerID: n.cfg.NodeID(), Image: n.publisher.Image, Replicas: n.replicas, Controller: n.controller, Groups: n.groups,
		ProducerIDs: txn.NewProducerIDs(n.allocateProducerIDs),
		Config:      func() config.Effective { return *n.effective.Load() }, Settle: n.settle,
		LogDirs: n.logDirs, Quorum: n.quorum.Status, Metrics: &n.metrics.Requests,
		ControllerListeners: n.cfg.ControllerListenerNames(), Log: n.log,
	})
	n.server = server.New(server.Config{
		MaxRequestBytes: n.cfg.Int("socket.request.max.bytes"),
		MaxIdle:         time.Duration(n.cfg.Long("connections.max.idle.ms")) * time.Millisecond,
		Limits:          connectionLimits(n.effective.Load()),
		Trim:            debug.FreeOSMemory,
		Log:             n.log,
	}, n.api)
	n.connectMetrics()
	return nil
}

// settle waits until what is committed now has been handed to every room, which
// takes as long as making a partition's directory.
func (n *Node) settle() {
	const most = 2 * time.Second
	committed := n.quorum.HighWatermark()
	n.publisher.Await(most, func(image *metadata.Image) bool { return image.EndOffset() >= committed })
}
