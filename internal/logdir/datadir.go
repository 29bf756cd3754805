package logdir

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// dataDir is one entry of log.dirs.
type dataDir struct {
	path        string
	id          UUID
	lock        io.Closer // nil for one that could not be locked
	clean       bool
	brokerEpoch int64
	before      *incarnation // of the process before, nil if nothing is known
	machine     string
	settled     bool                  // SyncAll went well
	failure     atomic.Pointer[error] // set once, when it goes offline
	cordoned    atomic.Bool           // it takes no new partitions

	points, starts, watermarks, cleaned offsets // checkpoints as found at start; nil after Open

	live   []commitlog.TopicPartition // found at start; nil after Open
	copies []foundCopy                // so are these

	commits groupCommit

	synced atomic.Bool // a log was, and its recovery point is not in the checkpoint

	checkpointMu sync.Mutex        // held while a checkpoint file is written
	last         map[string]uint64 // checksums of the checkpoint files written last

	// ordered is the partitions of the directory as the checkpoints list them; nil
	// when one came or went. It is not changed. Guarded by Dirs.mu.
	ordered []*partition

	mu     sync.Mutex
	doomed []doomed // deleted partitions, in the order they go
	stale  map[commitlog.TopicPartition]struct{}
	count  int // live partitions, to place new ones
}

// doomed is a directory that is removed at a time.
type doomed struct {
	name string
	atMs int64
}

// foundCopy is the directory of a future replica.
type foundCopy struct {
	tp   commitlog.TopicPartition
	name string
}

// doom has a directory removed at a time.
func (dd *dataDir) doom(name string, atMs int64) {
	dd.mu.Lock()
	defer dd.mu.Unlock()
	dd.doomed = append(dd.doomed, doomed{name: name, atMs: atMs})
}

// counted notes that partitions came or went.
func (dd *dataDir) counted(n int) {
	dd.mu.Lock()
	defer dd.mu.Unlock()
	dd.count += n
}

func (dd *dataDir) offline() bool { return dd.failure.Load() != nil }

// readState takes the clean-shutdown mark and reads the checkpoints. A
// malformed checkpoint is as good as none: what it would have told is found
// out from the logs, as far as they tell.
func (dd *dataDir) readState(fsys vfs.FS, cfg *Config) error {
	var err error
	if dd.clean, dd.brokerEpoch, err = takeCleanMark(fsys, dd.path); err != nil {
		return err
	}
	if dd.before, err = readIncarnation(fsys, dd.path); err != nil {
		return err
	}
	dd.machine = cfg.Machine(dd.path)
	for name, into := range map[string]*offsets{recoveryPointName: &dd.points, logStartName: &dd.starts,
		highWatermarkName: &dd.watermarks, cleanerOffsetName: &dd.cleaned} {
		*into, err = readCheckpoint(fsys, dd.path, name)
		if errors.Is(err, errBadCheckpoint) {
			cfg.Logger.Warn("ignoring a malformed checkpoint file", "err", err)
			*into = nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// list sorts the sub-directories by what they are. Deleted partitions of an
// earlier run are removed with the first pass of the housekeeper.
func (dd *dataDir) list(fsys vfs.FS, cfg *Config) (live []commitlog.TopicPartition, err error) {
	entries, err := fsys.ReadDir(dd.path)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		switch tp, kind := parseDirName(e.Name()); kind {
		case liveDir:
			live = append(live, tp)
		case deleteDir:
			dd.doomed = append(dd.doomed, doomed{name: e.Name()})
		case futureDir:
			dd.copies = append(dd.copies, foundCopy{tp: tp, name: e.Name()})
		case retiredDir:
			cfg.Logger.Info("leaving a retired partition directory alone", "dir", filepath.Join(dd.path, e.Name()))
		}
	}
	dd.count = len(live)
	return live, nil
}

// readTopicID reads partition.metadata.
func (p *partition) readTopicID(fsys vfs.FS) (UUID, error) {
	text, err := commitlog.ReadPartitionMetadata(fsys, filepath.Join(p.dir.path, p.tp.String()))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, commitlog.ErrBadMetadata) {
		return UUID{}, nil
	}
	if err != nil {
		return UUID{}, err
	}
	id, _ := ParseID(text)
	return id, nil
}
