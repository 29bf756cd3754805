package cli

import (
	"path/filepath"

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
