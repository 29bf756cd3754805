package node

import (
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/brolga-io/brolga/internal/api"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/txn"
)

// build makes the rooms and connects them; nothing runs yet.
func (n *Node) build() error {
	n.runtime = shard.NewRuntime(n.o.Clock)
	n.probes = &probes{
		dial: n.o.Dial, listener: n.cfg.InterBrokerListener(), stop: make(chan struct{}),
		dead: func(id int32, epoch int64) { n.controller.BrokerProcessDead(id, epoch) },
	}
	if err := n.openMetadata(); err != nil {
		return err
	}
	n.publisher = newPublisher(n.log)
	n.publisher.failed = func(err error) {
		n.metrics.Controller.MetadataErrors.Inc()
		n.fail(err)
	}
	n.snapshots = &snapshots{
		log: n.metadataLog, maxBytes: n.cfg.Long("metadata.log.max.record.bytes.between.snapshots"),
		intervalMs: n.cfg.Long("metadata.log.max.snapshot.interval.ms"), nowMs: n.nowMs, failed: n.fail,
	}
	n.channel = n.newChannel()
	n.buildBroker()
	n.buildServers()
	n.connectMetrics()
	return nil
}

// buildBroker makes the rooms of the broker role. A process that is a controller
// only has them too, and they stay empty.
func (n *Node) buildBroker() {
	o := replica.Options{
		BrokerID: n.cfg.NodeID(), Logs: replicaLogs{n.dirs}, Settings: n.topicSettings, RandomInt32: rand.Int32,
		MaxSessions:    n.cfg.Int("max.incremental.fetch.session.cache.slots"),
		FetchLimits:    replica.FetchLimits{MaxBytes: n.cfg.Int("fetch.max.bytes")},
		ReplicaMetrics: &n.metrics.Replica, Metrics: &n.metrics.Topics, Log: n.logger(loggerReplica),
	}
	if !n.cfg.Alone() {
		o.Connect, o.AlterPartition, o.BrokerEpoch = n.connectLeader, n.channel.alterPartition, n.brokerEpoch
		o.Alive, o.Replication = n.alive, replicationConfig(n.cfg)
		o.Replication.SessionTimeout = n.durationOr("broker.session.timeout.ms", defaultSessionMs) // as alive counts it
		o.ThrottledRates = n.throttled.both
	}
	n.replicas = replica.NewSet(o)
	n.dirs.SetHighWatermarks(n.watermark)
	n.dirs.SetOnMoved(n.replicaMoved)
	n.dirs.SetOnShortened(n.replicas.LogShortened)
	n.groups = group.New(group.Options{
		Runtime: n.runtime, Config: groupConfig(n.cfg), Topics: groupTopics{n.publisher.Image},
		Partitions: n.offsetsPartitions, MaxMessageBytes: n.offsetsMaxMessageBytes, NewUUID: newUUID, Log: n.logger(loggerGroup),
		Metrics: &n.metrics.Group, Alive: n.alive,
	})
}

// buildServers makes what answers requests. Controllers are answered apart from
// clients: they are reached before the broker serves and after it has stopped, and
// limits of clients do not shut them out.
func (n *Node) buildServers() {
	o := api.Options{
		BrokerID: n.cfg.NodeID(), ClusterID: n.clusterID, Image: n.publisher.Image, Replicas: n.replicas,
		Controller: n.controller, MetadataLog: n.quorum, Groups: n.groups,
		ProducerIDs: txn.NewProducerIDs(n.allocateProducerIDs),
		Config:      func() config.Effective { return *n.effective.Load() }, Settle: n.settle,
		LogDirs: n.logDirs, MoveReplica: n.moveReplica, Quorum: n.metadataLog.Status, Metrics: &n.metrics.Requests,
		ControllerListeners: n.cfg.ControllerListenerNames(), ControllerAddress: n.controllerAddress, Loggers: loggersOf(n.log), Log: n.logger(loggerAPI),
	}
	if !n.cfg.Alone() {
		n.forwarder = newForwarder(func() *peer.Conn {
			return peer.NewConn(n.peerOptions("forwarding", forwardTimeout), n.channel.address)
		})
		o.Forward = n.forwarder.forward
		o.Await = n.await
	}
	n.api = api.New(o)
	cfg := server.Config{
		MaxRequestBytes: n.cfg.Int("socket.request.max.bytes"),
		MaxIdle:         time.Duration(n.cfg.Long("connections.max.idle.ms")) * time.Millisecond,
		Log:             n.logger(loggerServer),
	}
	if len(n.controllerListeners) > 0 {
		n.controllerServer = server.New(cfg, n.api)
	}
	cfg.SendBufferBytes = bufferBytes(n.cfg, "socket.send.buffer.bytes")
	cfg.ReceiveBufferBytes = bufferBytes(n.cfg, "socket.receive.buffer.bytes")
	cfg.Metrics = &n.metrics.Server
	cfg.Limits = connectionLimits(n.effective.Load())
	cfg.Trim = debug.FreeOSMemory
	n.server = server.New(cfg, n.api)
}

// settle waits until what is committed now has been handed to every room, which
// takes as long as making a partition's directory.
func (n *Node) settle() { n.await(n.metadataLog.HighWatermark()) }

// await is settle for metadata that another node has committed.
func (n *Node) await(endOffset int64) {
	const most = 2 * time.Second
	n.publisher.Await(most, func(image *metadata.Image) bool { return image.EndOffset() >= endOffset })
}
