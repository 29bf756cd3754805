package node

import (
	"math"
	"strconv"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
)

// reconfigure keeps the configuration in force up to date. It is a publisher's
// step and comes before those whose rooms read it.
func (n *Node) reconfigure(image *metadata.Image, _ *metadata.Delta) {
	e := n.effectiveIn(image)
	n.takeDurability(image, e)
	if cleaner := cleanerConfig(n.cfg, e); cleaner != cleanerConfig(n.cfg, n.effective.Load()) {
		n.dirs.SetCleaner(cleaner)
	}
	n.effective.Store(e)
	n.cordon(e)
	n.server.SetLimits(connectionLimits(e))
	n.throttled.leader.Store(throttledRate(e, "leader.replication.throttled.rate"))
	n.throttled.follower.Store(throttledRate(e, "follower.replication.throttled.rate"))
	if fetchers, ok := e.Lookup("num.replica.fetchers"); ok {
		if count, err := strconv.Atoi(fetchers); err == nil {
			n.replicas.SetFetchers(count)
		}
	}
	n.dirs.SetMoveRate(throttledRate(e, "replica.alter.log.dirs.io.max.bytes.per.second"))
}

// cordon keeps new partitions out of directories, and lets the controller know soon
// (KIP-1066).
func (n *Node) cordon(e *config.Effective) {
	list, _ := e.Lookup("cordoned.log.dirs")
	if n.dirs.SetCordoned(config.SplitList(list)) {
		n.hurryHeartbeat()
	}
}

// throttledRates are the limits of replication in force (KIP-73), in bytes per second.
type throttledRates struct {
	leader, follower atomic.Int64
}

func (r *throttledRates) both() (leader, follower int64) { return r.leader.Load(), r.follower.Load() }

// throttledRate reads a limit that only dynamic configs set.
func throttledRate(cfg *config.Effective, key string) int64 {
	if value, ok := cfg.Lookup(key); ok {
		if rate, err := strconv.ParseInt(value, 10, 64); err == nil {
			return rate
		}
	}
	return math.MaxInt64
}

func (n *Node) effectiveIn(image *metadata.Image) *config.Effective {
	return &config.Effective{
		Static:    n.cfg,
		PerBroker: image.Config(metadata.BrokerResource, strconv.Itoa(int(n.cfg.NodeID()))),
		Cluster:   image.Config(metadata.BrokerResource, ""),
	}
}

// topicSettings are the settings of a topic in force on this broker.
func (n *Node) topicSettings(image *metadata.Image, topic string) config.TopicSettings {
	return config.ResolveTopic(image.Config(metadata.TopicResource, topic), n.effectiveIn(image).Lookup)
}

// offsetsMaxMessageBytes is the largest batch that __consumer_offsets takes.
func (n *Node) offsetsMaxMessageBytes() int {
	return int(n.topicSettings(n.publisher.Image(), metadata.OffsetsTopic).MaxMessageBytes)
}

// watermark is a partition's high watermark now.
func (n *Node) watermark(tp commitlog.TopicPartition) (int64, bool) {
	p, err := n.replicas.Find(n.publisher.Image(), tp.Topic, tp.Partition)
	if err != nil {
		return 0, false
	}
	return p.HighWatermark(), true
}
