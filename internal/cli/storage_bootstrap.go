package cli

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// bootstrapName is the file in the metadata directory that holds the records
// with which the first controller begins the metadata log, where they are not
// simply the defaults. Kafka up to 4.3 calls it the same.
const bootstrapName = "bootstrap.checkpoint"

// writeBootstrap writes the feature levels and the SCRAM credentials that were
// asked for as one batch of metadata records.
func (p *formatPlan) writeBootstrap(dir string) error {
	records := []wire.Record{&wire.FeatureLevelRecord{Name: "metadata.version", FeatureLevel: p.metadata}}
	for _, f := range features() {
		// kraft.version belongs to the quorum, not to the metadata.
		if level := p.levels[f.name]; level > 0 && f.name != "kraft.version" {
			records = append(records, &wire.FeatureLevelRecord{Name: f.name, FeatureLevel: level})
		}
	}
	for _, credential := range p.scram {
		records = append(records, credential)
	}
	b := batch.NewBuilder(batch.NoProducer())
	for _, r := range records {
		b.Append(0, nil, wire.AppendMetadataRecord(nil, r, 0))
	}
	return vfs.WriteFileAtomic(vfs.OS, filepath.Join(dir, bootstrapName), b.Build(nil))
}

// votersName is the snapshot before the first record, which holds the initial
// controllers of a dynamic quorum (KIP-853), as Kafka's tool writes it.
const votersName = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"

// writeVoters writes the initial controllers; id is this node's directory.
func (p *formatPlan) writeVoters(dir string, id wire.UUID) error {
	listener := p.static.AdvertisedControllerListeners()[0]
	voters := slices.SortedFunc(maps.Values(p.voters), func(a, b wire.VotersRecordVoter) int {
		return cmp.Compare(a.VoterId, b.VoterId)
	})
	if p.alone {
		host := listener.Host
		if host == "" {
			var err error
			if host, err = os.Hostname(); err != nil {
				return fmt.Errorf("the listener %s needs a host name to advertise: %w", listener.Name, err)
			}
		}
		voters = []wire.VotersRecordVoter{initialVoter(p.static.NodeID(), id, wire.VotersRecordEndpoint{Host: host, Port: uint16(listener.Port)})}
	}
	for i := range voters {
		voters[i].Endpoints[0].Name = p.static.ControllerListenerNames()[0]
	}
	path := filepath.Join(dir, votersName)
	if err := vfs.OS.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return vfs.WriteFileAtomic(vfs.OS, path, votersSnapshot(voters))
}

// votersSnapshot is a snapshot that holds nothing but voters.
func votersSnapshot(voters []wire.VotersRecordVoter) []byte {
	o := batch.NoProducer()
	o.Control = true
	b := batch.NewBuilder(o)
	control := func(t batch.ControlType, r wire.Message) {
		b.Append(0, batch.AppendControlKey(nil, t), r.Append(nil, 0))
	}
	control(batch.ControlSnapshotHeader, &wire.SnapshotHeaderRecord{})
	control(batch.ControlKRaftVersion, &wire.KRaftVersionRecord{KRaftVersion: 1})
	control(batch.ControlKRaftVoters, &wire.VotersRecord{Voters: voters})
	data := b.Build(nil)
	const before = 3 // records in the batch above
	o.BaseOffset = before
	b.Reset(o)
	control(batch.ControlSnapshotFooter, &wire.SnapshotFooterRecord{})
	return append(data, b.Build(nil)...)
}
