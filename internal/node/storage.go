package node

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
)

// metadataLogName is the directory of the metadata log, Kafka's.
const metadataLogName = metadata.ClusterMetadataTopic + "-0"

// openStorage takes the data directories and recovers what is in them.
func (n *Node) openStorage() error {
	id, isNew, err := n.findClusterID()
	if err != nil {
		return err
	}
	n.clusterID, n.mayFormat = id, isNew || n.neverRan()
	n.dirs, err = logdir.Open(logdir.Config{
		Dirs: n.cfg.LogDirs(), NodeID: n.cfg.NodeID(), ClusterID: id, Format: n.mayFormat,
		Log: n.logConfig(), RecoveryThreads: n.cfg.Int("num.recovery.threads.per.data.dir"),
		ProducerIDExpirationMs: n.cfg.Long("producer.id.expiration.ms"),
		RetentionInterval:      time.Duration(n.cfg.Long("log.retention.check.interval.ms")) * time.Millisecond,
		Cleaner:                cleanerConfig(n.cfg, n.effective.Load()),
		Replicated:             !n.cfg.Alone(),
		Machine:                n.o.Machine, OnFailure: n.directoryFailed, FlushTimes: &n.metrics.Log.Flush, Logger: n.logger(loggerLogs), NewID: newID,
	}, n.o.FS, n.nowMs)
	if errors.Is(err, logdir.ErrNotFormatted) {
		return fmt.Errorf("%w, and others of this node are: mount its disk, or if it is a new one format it by "+
			"kafka-storage format --ignore-formatted --cluster-id %s --config <file>", err, id)
	}
	if err != nil {
		return err
	}
	if isNew {
		n.log.Info("Formatted the data directories for a new cluster", "clusterId", id, "dirs", n.cfg.LogDirs())
	}
	n.warnOfCase(n.o.FS)
	if err := n.settleDurability(); err != nil {
		return err
	}
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
	n.resignOffline(f.Partitions)
	n.hurryHeartbeat()
	if len(n.cfg.LogDirs()) == 1 || f.Dir == n.cfg.MetadataLogDir() {
		n.fail(fmt.Errorf("the data directory %s failed: %w", f.Dir, f.Err))
	}
}
