package logdir

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/brolga-io/brolga/internal/vfs"
)

// refusal is why no process may go on with a directory: it is somebody else's, or
// nobody's yet. Whatever else is wrong with a directory takes only that offline.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func isRefusal(err error) bool {
	var r refusal
	return errors.As(err, &r)
}

// openDataDir locks a directory and finds out whose it is. With an error the directory
// is offline from the start, or after a refusal not to be used at all.
func openDataDir(fsys vfs.FS, path string, cfg *Config) (*dataDir, error) {
	dd := &dataDir{path: path}
	if err := fsys.MkdirAll(path, 0o755); err != nil {
		return dd, err
	}
	lock, err := fsys.Lock(filepath.Join(path, lockName))
	if errors.Is(err, vfs.ErrLocked) {
		return dd, refusal{fmt.Errorf("the data directory %s is used by another process: %w", path, err)}
	}
	if err != nil {
		return dd, err
	}
	dd.lock = lock
	return dd, dd.identify(fsys, cfg)
}

// unlock gives the directory back.
func (dd *dataDir) unlock() error {
	if dd.lock == nil {
		return nil
	}
	return dd.lock.Close()
}

// identify reads meta.properties, or writes it into a new directory. Files of
// older versions get what they lack.
func (dd *dataDir) identify(fsys vfs.FS, cfg *Config) error {
	m, err := ReadMetaProperties(fsys, dd.path)
	isNew := errors.Is(err, ErrNotFormatted)
	switch {
	case isNew:
		if err := dd.mayFormat(fsys, cfg, err); err != nil {
			return err
		}
		m = MetaProperties{NodeID: cfg.NodeID, ClusterID: cfg.ClusterID}
	case err != nil:
		return err
	}
	if err := m.check(dd.path, cfg); err != nil {
		return refusal{err}
	}
	if isNew {
		if err := fsys.SyncDir(filepath.Dir(dd.path)); err != nil {
			return err
		}
		// From now on a missing file means that it was lost, not that nothing
		// was ever flushed.
		if err := vfs.WriteFileAtomic(fsys, filepath.Join(dd.path, recoveryPointName), new(checkpoint).bytes()); err != nil {
			return err
		}
	}
	if m.Version != 1 || m.DirectoryID == (UUID{}) {
		m.Version = 1
		if m.DirectoryID == (UUID{}) {
			m.DirectoryID = NewDirectoryID(cfg.NewID)
		}
		if err := WriteMetaProperties(fsys, dd.path, m); err != nil {
			return err
		}
	}
	dd.id = m.DirectoryID
	return nil
}

// mayFormat tells whether a directory without an identity may be given one. One that
// holds logs has lost it, and nobody knows whose they are. An empty one may be the place
// where a disk is to be mounted: unless the whole node is new, it is formatted by a
// person only.
func (dd *dataDir) mayFormat(fsys vfs.FS, cfg *Config, notFormatted error) error {
	holds, err := HoldsLogs(fsys, dd.path)
	switch {
	case err != nil:
		return err
	case holds:
		return fmt.Errorf("%s holds logs, but its meta.properties is missing", dd.path)
	case !cfg.Format:
		return refusal{notFormatted}
	}
	return nil
}

// HoldsLogs tells whether there are logs in a directory, of partitions or of the
// metadata. One that does not exist holds none.
func HoldsLogs(fsys vfs.FS, dir string) (bool, error) {
	entries, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if _, kind := parseDirName(e.Name()); e.IsDir() && (kind != otherDir || strings.HasPrefix(e.Name(), clusterMetadataPrefix)) {
			return true, nil
		}
	}
	return false, nil
}
