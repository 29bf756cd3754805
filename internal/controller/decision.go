package controller

import (
	"errors"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// maxRecords bounds what one request of a client may change, as in Kafka.
	maxRecords = 10_000
	// maxNewPartitions bounds the partitions that one request may create. It is
	// checked before anything is made of them.
	maxNewPartitions = 10_000
)

// decision is one decision under way: the state it sees and the records it wants.
type decision struct {
	*machine
	image   *metadata.Image
	records []wire.Record
	// batchLimit is how many records the batch of a longer work may have.
	batchLimit int
	// resolved are the settings of resolvedTopic, as most requests are about many
	// partitions of few topics; defaults, once known, are those of a topic without
	// configs.
	resolvedTopic string
	resolved      electionSettings
	defaults      *electionSettings
	changing      change // used again for each partition
}

// electionSettings are the settings of a topic that decide who may lead.
type electionSettings struct {
	minISR  int
	unclean bool
}

func (d *decision) add(r wire.Record) { d.records = append(d.records, r) }

// tooLarge says that a client's request would change too much at once.
func (d *decision) tooLarge() *fault {
	if len(d.records) <= maxRecords {
		return nil
	}
	return refuse(wire.PolicyViolation, "Unable to perform excessively large batch operation.")
}

// encode returns the records as they are stored, in one piece of memory.
func (d *decision) encode(metadataVersion int16) []shard.Record {
	if len(d.records) == 0 {
		return nil
	}
	var all []byte
	ends := make([]int, len(d.records))
	for i, r := range d.records {
		all = wire.AppendMetadataRecord(all, r, metadata.RecordVersion(r, metadataVersion))
		ends[i] = len(all)
	}
	stored := make([]shard.Record, len(ends))
	begin := 0
	for i, end := range ends {
		stored[i].Value = all[begin:end:end]
		begin = end
	}
	return stored
}

// directories tells whether records carry the directories of replicas.
func (d *decision) directories() bool {
	return metadata.DirectoriesSupported(d.image.Feature(metadata.MetadataVersion))
}

// cluster is the configuration that all brokers share: what the controller was
// started with and the dynamic defaults.
func (d *decision) cluster() config.Effective {
	return config.Effective{Static: d.Static, Cluster: d.image.Config(metadata.BrokerResource, "")}
}

// electionSettings resolves the settings of a topic that must be the same wherever
// they are looked up: from the topic or the cluster, never from one broker.
func (d *decision) electionSettings(topic string) electionSettings {
	if d.resolvedTopic == topic {
		return d.resolved
	}
	configs := d.image.Config(metadata.TopicResource, topic)
	if len(configs) == 0 {
		if d.defaults == nil {
			s := d.resolveElection(nil)
			d.defaults = &s
		}
		return *d.defaults
	}
	d.resolvedTopic, d.resolved = topic, d.resolveElection(configs)
	return d.resolved
}

func (d *decision) resolveElection(configs map[string]string) electionSettings {
	minISR, unclean := config.ElectionSettings(configs, d.cluster().Lookup)
	return electionSettings{minISR, unclean}
}

// decide runs fn on the loop and waits until its answer may leave. An error of fn
// refuses the whole request.
func decide[T any](c *Controller, fn func(d *decision) (T, error)) (T, error) {
	if c.shard == nil {
		var zero T
		return zero, c.refusal
	}
	metrics, rt := c.machine.Metrics, c.machine.Runtime
	metrics.Started.Inc()
	asked := rt.Monotonic()
	value, err := shard.Call(c.shard, func(int64) ([]shard.Record, T, error) {
		began := rt.Monotonic()
		metrics.Waited.Observe(began - asked)
		defer func() { metrics.Worked.Observe(rt.Monotonic() - began) }()
		d, err := c.machine.decision()
		if err != nil {
			var zero T
			return nil, zero, err
		}
		value, err := fn(d)
		if err != nil {
			return nil, value, err
		}
		return d.encode(d.image.Feature(metadata.MetadataVersion)), value, nil
	})
	if errors.Is(err, shard.ErrUnknownOutcome) {
		metrics.TimedOut.Inc()
	}
	return value, whole(err)
}
