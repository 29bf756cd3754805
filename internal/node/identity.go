package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/wire"
)

// newUUID makes a random UUID (version 4) that Kafka would make too: not one of
// the reserved ids, and its text does not begin with a dash, which a command
// line would take for an option.
func newUUID() wire.UUID {
	for {
		var id wire.UUID
		rand.Read(id[:]) // never fails: see crypto/rand
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
		if id.String()[0] != '-' {
			return id
		}
	}
}

// findClusterID is the id in the data directories. A node that is alone makes one up
// when nothing is formatted yet; any other has to be formatted first.
func (n *Node) findClusterID() (id string, isNew bool, err error) {
	dirs := n.cfg.LogDirs()
	for _, dir := range dirs {
		meta, err := logdir.ReadMetaProperties(n.o.FS, dir)
		switch {
		case err == nil && id != "" && meta.ClusterID != id:
			return "", false, fmt.Errorf("The data directory %s belongs to cluster %s, and another one of this node to cluster %s: "+
				"start each cluster with its own directories (log.dirs)", dir, meta.ClusterID, id)
		case err == nil:
			id = meta.ClusterID
		case !errors.Is(err, logdir.ErrNotFormatted):
			return "", false, err
		}
	}
	if id != "" {
		return id, false, nil
	}
	if !lonely(n.cfg) {
		return "", false, fmt.Errorf("No readable meta.properties files found. Format the data directory %s first: "+
			"kafka-storage format --cluster-id <id> --config <file>", filepath.Clean(dirs[0]))
	}
	return newUUID().String(), true, nil
}

// lonely tells whether this node is all there can be of its quorum: it is alone,
// or the only voter. Such a node may format itself.
func lonely(cfg *config.Static) bool {
	v := cfg.Voters()
	return cfg.Alone() || len(v) == 1 && v[0].ID == cfg.NodeID()
}
