package logdir

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/vfs"
)

// MetaProperties is the identity of a data directory.
type MetaProperties struct {
	Version     int // 1; 0 was written by brokers of the ZooKeeper time
	NodeID      int32
	ClusterID   string
	DirectoryID UUID // zero if the file has none (before Kafka 3.7)
}

// ErrNotFormatted says that a data directory has no meta.properties.
var ErrNotFormatted = errors.New("data directory is not formatted")

const maxMetaFile = 64 << 10

// ReadMetaProperties reads the identity of dir. A directory without one is
// ErrNotFormatted.
func ReadMetaProperties(fsys vfs.FS, dir string) (MetaProperties, error) {
	path := filepath.Join(dir, metaName)
	b, err := vfs.ReadFile(fsys, path, maxMetaFile)
	if errors.Is(err, fs.ErrNotExist) {
		return MetaProperties{}, fmt.Errorf("%s: %w", dir, ErrNotFormatted)
	}
	if err != nil {
		return MetaProperties{}, err
	}
	m, err := parseMeta(b)
	if err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func parseMeta(b []byte) (MetaProperties, error) {
	props := parseProperties(b)
	version, ok := props["version"]
	if !ok {
		version = "0"
	}
	var m MetaProperties
	idKey := "node.id"
	switch version {
	case "0":
		idKey = "broker.id"
	case "1":
		m.Version = 1
	default:
		return m, fmt.Errorf("unknown version %q", version)
	}
	id, err := strconv.ParseInt(props[idKey], 10, 32)
	if err != nil || id < 0 {
		return m, fmt.Errorf("%s is %q, not a node id", idKey, props[idKey])
	}
	m.NodeID = int32(id)
	if m.ClusterID = props["cluster.id"]; m.ClusterID == "" {
		return m, errors.New("cluster.id is missing")
	}
	if text, ok := props["directory.id"]; ok {
		if m.DirectoryID, ok = ParseID(text); !ok || reservedID(m.DirectoryID) {
			return m, fmt.Errorf("directory.id %q is not usable", text)
		}
	}
	return m, nil
}

// parseProperties reads the subset of Java's properties format that is found
// in these files. The last value of a key wins, as in Java.
func parseProperties(b []byte) map[string]string {
	props := map[string]string{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		props[strings.TrimSpace(key)] = strings.ReplaceAll(strings.TrimSpace(value), `\`, "")
	}
	return props
}

// WriteMetaProperties makes m the identity of dir, durably, as version 1.
func WriteMetaProperties(fsys vfs.FS, dir string, m MetaProperties) error {
	var b strings.Builder
	b.WriteString("#\n")
	fmt.Fprintf(&b, "cluster.id=%s\n", m.ClusterID)
	if m.DirectoryID != (UUID{}) {
		fmt.Fprintf(&b, "directory.id=%s\n", FormatID(m.DirectoryID))
	}
	fmt.Fprintf(&b, "node.id=%d\nversion=1\n", m.NodeID)
	return vfs.WriteFileAtomic(fsys, filepath.Join(dir, metaName), []byte(b.String()))
}

// check compares the identity of a directory with what this node is.
func (m *MetaProperties) check(dir string, cfg *Config) error {
	if cfg.ClusterID != "" && m.ClusterID != cfg.ClusterID {
		return fmt.Errorf("the data directory %s belongs to cluster %s, but this node is part of cluster %s; "+
			"point log.dirs to the right directory, or empty this one if its data is not needed", dir, m.ClusterID, cfg.ClusterID)
	}
	if m.NodeID != cfg.NodeID {
		return fmt.Errorf("the data directory %s belongs to node %d, but this node is %d; "+
			"set node.id=%d, or point log.dirs to the right directory", dir, m.NodeID, cfg.NodeID, m.NodeID)
	}
	return nil
}

// NewDirectoryID returns a random id that is not reserved.
func NewDirectoryID(random func() UUID) UUID {
	for {
		if id := random(); !reservedID(id) {
			return id
		}
	}
}
