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

// findClusterID is the id in the data directories. When nothing is formatted yet, it is
// the one that was given; a node that is alone makes one up, any other asks the
// controllers of a cluster that runs. isNew tells that the directories take it then.
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
	given := n.o.ClusterID
	switch {
	case id != "" && given != "" && id != given:
		return "", false, fmt.Errorf("The data directory %s belongs to cluster %s, but CLUSTER_ID says %s: "+
			"set CLUSTER_ID=%s to go on with its data, or start the new cluster with empty directories (log.dirs)", dirs[0], id, given, id)
	case id != "":
		return id, false, nil
	case given != "":
		return given, true, nil
	case lonely(n.cfg):
		return newUUID().String(), true, nil
	}
	if id = n.learnClusterID(); id != "" {
		return id, true, nil
	}
	return "", false, fmt.Errorf("No readable meta.properties files found, and no controller tells its cluster's id. "+
		"Format the data directory %s first: kafka-storage format --cluster-id <id> --config <file>, the same id on every node", filepath.Clean(dirs[0]))
}

// lonely tells whether this node is all there can be of its quorum: it is alone,
// or the only voter. Such a node may format itself.
func lonely(cfg *config.Static) bool {
	v := cfg.Voters()
	return cfg.Alone() || len(v) == 1 && v[0].ID == cfg.NodeID()
}
