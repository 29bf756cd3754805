package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/vfs"
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

// identities are what the data directories say of themselves.
type identities struct {
	clusterID string // "" if none has an identity
	dir       string // one that has it
	broken    error  // why another one could not be read
	lostDir   string // one that holds logs but has no identity
}

func readIdentities(fsys vfs.FS, dirs []string) (ids identities, err error) {
	for _, dir := range dirs {
		meta, err := logdir.ReadMetaProperties(fsys, dir)
		switch {
		case err == nil && ids.clusterID != "" && meta.ClusterID != ids.clusterID:
			return ids, fmt.Errorf("The data directory %s belongs to cluster %s, and another one of this node to cluster %s: "+
				"start each cluster with its own directories (log.dirs)", dir, meta.ClusterID, ids.clusterID)
		case err == nil:
			ids.clusterID, ids.dir = meta.ClusterID, dir
			continue
		case !errors.Is(err, logdir.ErrNotFormatted):
			ids.broken = err
			continue
		}
		if holds, err := logdir.HoldsLogs(fsys, dir); err != nil {
			ids.broken = err
		} else if holds {
			ids.lostDir = dir
		}
	}
	return ids, nil
}

// findClusterID is the id in the data directories, of which some may not be readable.
// When nothing is formatted yet, it is the one that was given; a node that is alone
// makes one up, voters agree on one, any other node asks the controllers. isNew tells that
// the directories take it then.
func (n *Node) findClusterID() (id string, isNew bool, err error) {
	dirs := n.cfg.LogDirs()
	ids, err := readIdentities(n.o.FS, dirs)
	given := n.o.ClusterID
	switch {
	case err != nil:
		return "", false, err
	case ids.clusterID != "" && given != "" && ids.clusterID != given:
		return "", false, fmt.Errorf("The data directory %s belongs to cluster %s, but CLUSTER_ID says %s: "+
			"set CLUSTER_ID=%s to go on with its data, or start the new cluster with empty directories (log.dirs)",
			ids.dir, ids.clusterID, given, ids.clusterID)
	case ids.clusterID != "":
		return ids.clusterID, false, nil
	case ids.broken != nil:
		return "", false, fmt.Errorf("No readable meta.properties files found: %w", ids.broken)
	case ids.lostDir != "":
		return "", false, fmt.Errorf("No readable meta.properties files found, but the data directory %s holds logs: "+
			"bring its meta.properties back, or write a new one with kafka-storage format --cluster-id <id> --config <file> "+
			"if you know that the logs are of that cluster and this node", ids.lostDir)
	case given != "":
		return given, true, nil
	case lonely(n.cfg):
		return newUUID().String(), true, nil
	case isVoter(n.cfg):
		id, err = n.agreeOnClusterID()
		return id, true, err
	}
	if id = n.learnClusterID(); id != "" {
		return id, true, nil
	}
	return "", false, fmt.Errorf("No readable meta.properties files found, and no controller tells its cluster's id. "+
		"Format the data directory %s first: kafka-storage format --cluster-id <id> --config <file>, the same id on every node", filepath.Clean(dirs[0]))
}

// neverRan tells whether none of the directories holds a log: a start that ended before
// all of them were formatted may go on with it.
func (n *Node) neverRan() bool {
	for _, dir := range slices.Concat(n.cfg.LogDirs(), []string{n.cfg.MetadataLogDir()}) {
		if holds, err := logdir.HoldsLogs(n.o.FS, dir); holds || err != nil {
			return false
		}
	}
	return true
}

// lonely tells whether this node is all there can be of its quorum: it is alone,
// or the only voter. Such a node may format itself.
func lonely(cfg *config.Static) bool {
	v := cfg.Voters()
	return cfg.Alone() || len(v) == 1 && v[0].ID == cfg.NodeID()
}
