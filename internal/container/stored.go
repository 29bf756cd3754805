package container

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/vfs"
)

// stored is what formatted data directories say of themselves.
type stored struct {
	clusterID string
	nodeID    int
	every     bool // every directory is formatted
}

// readStored looks at the data directories of a server.
func readStored(p map[string]string) (s stored, err error) {
	s.every = true
	for _, dir := range dirsOf(p) {
		meta, err := logdir.ReadMetaProperties(vfs.OS, dir)
		switch {
		case errors.Is(err, logdir.ErrNotFormatted):
			s.every = false
		case err != nil:
			return s, err
		default:
			s.clusterID, s.nodeID = meta.ClusterID, int(meta.NodeID)
		}
	}
	return s, nil
}

// dirsOf are the data directories.
func dirsOf(p map[string]string) []string {
	if dirs := config.SplitList(p["log.dirs"]); len(dirs) > 0 {
		return dirs
	}
	return config.SplitList(p["log.dir"])
}

// keeperDir is where a controller in the place of ZooKeeper keeps its data: below
// ZooKeeper's directory where a compose file mounts that, else where brokers have
// theirs.
func keeperDir(mounts string) string {
	const theirs = "/var/lib/zookeeper/data"
	f, err := os.Open(mounts)
	if err != nil {
		return dataDir
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		const mountPoint = 4 // see proc_pid_mountinfo(5)
		if fields := strings.Fields(in.Text()); len(fields) > mountPoint && fields[mountPoint] == theirs {
			return filepath.Join(theirs, "brolga")
		}
	}
	return dataDir
}
