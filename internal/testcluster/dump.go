package testcluster

import (
	"errors"
	"io/fs"

	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
)

const maxDumpBytes = 256 << 20

// dump reads the logs of some topics from a member's files, as nobody has to be asked
// about them.
func (m *Member) dump(when string, final bool, topics ...string) ([]history.Replica, error) {
	return dump.Replicas(m.files, dataDir, m.ID, when, final, topics...)
}

// recordMetadata adds what the metadata logs say to the history: every version of every
// partition, and the images that replaying gives, one for each node.
func (c *Cluster) recordMetadata(h *history.History) error {
	for i, m := range c.Members {
		err := dump.Metadata(h, m.files, dataDir, m.ID, i == 0)
		if errors.Is(err, fs.ErrNotExist) {
			err = dump.Metadata(h, m.files, metaDir, m.ID, i == 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
