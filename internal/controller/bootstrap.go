package controller

import (
	"strconv"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// minISRKey is the config that says how many replicas make an acknowledgement.
const minISRKey = "min.insync.replicas"

// DefaultFeatures returns the records that finalise the features of a new cluster
// at that level of metadata.version, as `kafka-storage format` of Kafka 4.4 does.
func DefaultFeatures(metadataVersion int16) []wire.Record {
	records := []wire.Record{&wire.FeatureLevelRecord{Name: metadata.MetadataVersion, FeatureLevel: metadataVersion}}
	for _, f := range metadata.Features() {
		level := f.DefaultLevel(metadataVersion)
		// The level of kraft.version is in the control records of the log.
		if f.Name == metadata.MetadataVersion || f.Name == metadata.KRaftVersion || level == 0 {
			continue
		}
		records = append(records, &wire.FeatureLevelRecord{Name: f.Name, FeatureLevel: level})
	}
	return records
}

// submitBootstrap writes the first records of a cluster: one batch, so that there
// is never a part of them.
func (m *machine) submitBootstrap() {
	m.Log.Info("The metadata log is empty: writing the first records of the cluster")
	m.shard.Submit(func(int64) shard.Result {
		d := &decision{machine: m, image: m.image()}
		level := d.bootstrap()
		return shard.Result{Records: d.encode(level), Done: m.active}
	}, nil)
}

// bootstrap adds the first records and returns the level of metadata.version that
// they finalise.
func (d *decision) bootstrap() int16 {
	first := d.Bootstrap
	if len(first) == 0 {
		first = DefaultFeatures(metadata.LastMetadataVersion)
	}
	level, elr := metadata.MinMetadataVersion, false
	for _, r := range first {
		f, ok := r.(*wire.FeatureLevelRecord)
		switch {
		case ok && f.Name == metadata.MetadataVersion:
			level = f.FeatureLevel
		case ok && f.Name == metadata.ELRVersion:
			elr = f.FeatureLevel > 0
		}
	}
	if elr {
		first = append(first[:len(first):len(first)], clusterMinISR(d.Static))
	}
	if d.Static.IsSet(durabilityKey) {
		first = append(first[:len(first):len(first)], clusterConfig(durabilityKey, d.Static.String(durabilityKey)))
	}
	if !metadata.TransactionsSupported(level) {
		d.records = first
		return level
	}
	// The transaction's name carries the id of the cluster.
	name := metadata.BootstrapName(d.ClusterID)
	d.add(&wire.BeginTransactionRecord{Name: &name})
	d.records = append(d.records, first...)
	d.add(&wire.EndTransactionRecord{})
	return level
}

// clusterMinISR fixes min.insync.replicas for the whole cluster. Eligible leader
// replicas are only safe if leaders and controller agree about it (KIP-966).
func clusterMinISR(static *config.Static) wire.Record {
	return clusterConfig(minISRKey, strconv.Itoa(static.Int(minISRKey)))
}

// clusterConfig is the record of a config that holds for every broker.
func clusterConfig(key, value string) wire.Record {
	return &wire.ConfigRecord{ResourceType: metadata.BrokerResource, Name: key, Value: &value}
}
