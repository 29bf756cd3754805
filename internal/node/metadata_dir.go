package node

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/wire"
)

// metadataDir is the directory that holds the metadata log, and its identity.
type metadataDir struct {
	path string
	id   wire.UUID
	lock io.Closer // nil if it is one of log.dirs, which have locks of their own
}

// takeMetadataDir finds metadata.log.dir among the data directories, or takes it
// as a directory of its own with an identity like theirs.
func (n *Node) takeMetadataDir() error {
	n.metadata.path = n.cfg.MetadataLogDir()
	for _, d := range n.dirs.Dirs() {
		if d.Path == n.metadata.path && d.Offline {
			return fmt.Errorf("The metadata log is in %s, which cannot be used: %w", d.Path, d.Err)
		}
		if d.Path == n.metadata.path {
			n.metadata.id = wire.UUID(d.DirectoryID)
			return nil
		}
	}
	path := n.metadata.path
	if err := n.o.FS.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("make metadata.log.dir: %w", err)
	}
	lock, err := n.o.FS.Lock(filepath.Join(path, ".lock"))
	if err != nil {
		return fmt.Errorf("Failed to acquire lock on file .lock in %s. A Kafka instance in another process is using this directory: %w", path, err)
	}
	n.metadata.lock = lock
	meta, err := logdir.ReadMetaProperties(n.o.FS, path)
	if errors.Is(err, logdir.ErrNotFormatted) && n.mayFormat {
		meta = logdir.MetaProperties{
			NodeID: n.cfg.NodeID(), ClusterID: n.clusterID, DirectoryID: logdir.NewDirectoryID(newID),
		}
		err = logdir.WriteMetaProperties(n.o.FS, path, meta)
	}
	if err != nil {
		return err
	}
	if meta.ClusterID != n.clusterID || meta.NodeID != n.cfg.NodeID() {
		return fmt.Errorf("metadata.log.dir %s belongs to node %d of cluster %s, but this is node %d of cluster %s",
			path, meta.NodeID, meta.ClusterID, n.cfg.NodeID(), n.clusterID)
	}
	n.metadata.id = wire.UUID(meta.DirectoryID)
	return nil
}

// close gives the directory back.
func (m *metadataDir) close() error {
	if m.lock == nil {
		return nil
	}
	return m.lock.Close()
}
