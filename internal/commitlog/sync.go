package commitlog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// flushState is what happened since the last Sync. Guarded by Log.mu.
type flushState struct {
	dirDirty      bool    // files were created, renamed or removed
	parentDirty   bool    // the log's directory may be new itself
	records       int64   // appended records
	bytes         int64   // appended bytes
	sinceSnapshot int64   // appended bytes since the last producer snapshot
	txnDirty      []int64 // bases of segments whose transaction index grew
	truncations   int     // counts, so that Sync notices one that overtook it
}

// snapshotEvery is how many bytes may be appended before Sync writes a
// producer snapshot: what a restart has to replay at most.
const snapshotEvery = 16 << 20

// UnflushedBytes is how much was committed since the last Sync.
func (l *Log) UnflushedBytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inUse == nil {
		return 0
	}
	return l.flush.bytes
}

// beginTurn waits until nobody else syncs. It is no mutex: waiting for a disk must not
// keep a processor or the clock of a simulation busy.
func (l *Log) beginTurn() {
	for {
		l.mu.Lock()
		other := l.syncing
		if other == nil {
			l.syncing = make(chan struct{})
		}
		l.mu.Unlock()
		if other == nil {
			return
		}
		<-other
	}
}

func (l *Log) endTurn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.syncing)
	l.syncing = nil
}

// Sync makes everything committed durable and advances the recovery point to
// the end it found. An error is final for this log: after a failed fsync
// nobody knows what is on disk.
func (l *Log) Sync() error {
	l.beginTurn()
	defer l.endTurn()
	job, err := l.beginSync()
	if err != nil || job == nil {
		return err
	}
	err = job.run()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed && errors.Is(err, fs.ErrNotExist) {
		return ErrClosed // the partition was deleted meanwhile: its files have other names
	}
	if err != nil && !planted.On(planted.AckAfterEIO) {
		return l.failLocked("sync", err)
	}
	point := job.end
	if l.flush.truncations != job.truncations {
		point = min(point, l.end.Load(), l.recoveryPoint.Load())
	}
	if point > l.recoveryPoint.Load() {
		l.recoveryPoint.Store(point)
	}
	return nil
}

// syncJob is one Sync's work outside of the lock.
type syncJob struct {
	l           *Log
	files       []*handle // logs, oldest first, then their indexes
	txns        []int64
	epochs      []byte // new content of the checkpoint, or nil
	dir, parent bool
	end         int64
	truncations int
}

// beginSync collects what is dirty, and writes down what lives in memory
// only. It returns nil if there is nothing to do.
func (l *Log) beginSync() (*syncJob, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	if l.failed != nil {
		return nil, l.failed
	}
	if !l.loaded.Load() {
		return nil, nil
	}
	if err := l.commitLocked(); err != nil {
		return nil, err
	}
	end := l.end.Load()
	if end == l.recoveryPoint.Load() && l.flush.bytes == 0 && !l.flush.dirDirty {
		return nil, nil
	}
	if l.flush.sinceSnapshot >= snapshotEvery {
		if err := l.takeSnapshotLocked(); err != nil {
			return nil, err
		}
	}
	job := &syncJob{l: l, end: end, dir: l.flush.dirDirty, parent: l.flush.parentDirty, txns: l.flush.txnDirty, truncations: l.flush.truncations,
		epochs: l.takeEpochsLocked()}
	if err := l.collectDirtyLocked(job); err != nil {
		job.release()
		return nil, l.failLocked("open segment in", err)
	}
	l.flush.dirDirty, l.flush.parentDirty, l.flush.txnDirty, l.flush.records, l.flush.bytes = false, false, nil, 0, 0
	return job, nil
}

// collectDirtyLocked opens the segments that reach above the recovery point.
// Indexes are synced once, when their segment is complete: the active one's
// are checked at recovery.
func (l *Log) collectDirtyLocked(job *syncJob) error {
	list := l.segmentList()
	point := l.recoveryPoint.Load()
	for i, s := range list {
		active := i == len(list)-1
		if !active && list[i+1].base <= point {
			continue
		}
		h, err := l.openLog(s)
		if err != nil {
			return err
		}
		job.files = append(job.files, h)
		ix := s.ix.Load()
		if ix == nil {
			continue
		}
		if err := l.writeIndexes(s, ix, !active); err != nil {
			return err
		}
		if active {
			continue
		}
		if err := l.collectIndexes(job, s, ix); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) collectIndexes(job *syncJob, s *segment, ix *indexes) error {
	if ix.offsets.onDisk > 0 {
		h, err := ix.offsets.file.acquire(l, s.base, indexSuffix, 0)
		if err != nil {
			return err
		}
		job.files = append(job.files, h)
	}
	if ix.times.onDisk > 0 {
		h, err := ix.times.file.acquire(l, s.base, timeSuffix, 0)
		if err != nil {
			return err
		}
		job.files = append(job.files, h)
	}
	return nil
}

func (j *syncJob) run() error {
	defer j.release()
	if planted.On(planted.SkipFsync) {
		return nil
	}
	if j.epochs != nil {
		if err := vfs.WriteFileAtomic(j.l.env.FS, filepath.Join(j.l.Dir(), epochCheckpointName), j.epochs); err != nil {
			return err
		}
	}
	for _, h := range j.files {
		if err := h.f.Datasync(); err != nil {
			return err
		}
	}
	if j.parent {
		if err := j.l.syncPartitionMetadata(); err != nil {
			return err
		}
	}
	for _, base := range j.txns {
		if err := j.l.syncTxnIndex(base); err != nil {
			return err
		}
	}
	if j.dir && !planted.On(planted.DirectoryUnsynced) {
		if err := j.l.env.FS.SyncDir(j.l.Dir()); err != nil {
			return err
		}
	}
	if j.parent {
		return j.l.env.FS.SyncDir(filepath.Dir(j.l.Dir()))
	}
	return nil
}

func (j *syncJob) release() {
	for _, h := range j.files {
		h.release()
	}
	j.files = nil
}

// syncTxnIndex syncs the transaction index of a segment; there is none if the segment
// was deleted meanwhile.
func (l *Log) syncTxnIndex(base int64) error { return l.syncFile(l.path(base, txnSuffix)) }

// syncPartitionMetadata has the first records on disk be those of a topic that is known
// (UnifiedLog.maybeFlushMetadataFile). The file was written without a sync.
func (l *Log) syncPartitionMetadata() error { return l.syncFile(l.join(partitionMetadataName)) }

// syncFile syncs a file if it is there.
func (l *Log) syncFile(name string) error {
	f, err := l.env.FS.Open(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = f.Datasync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// lowerRecoveryPointLocked prepares a truncation to offset. The lower point
// must be durable before bytes go, or a crash would look like damage.
func (l *Log) lowerRecoveryPointLocked(offset int64) error {
	l.flush.truncations++
	if offset >= l.recoveryPoint.Load() {
		return nil
	}
	if f := l.env.LowerRecoveryPoint; f != nil {
		if err := f(l.Dir(), offset); err != nil {
			return l.failLocked("lower the recovery point of", err)
		}
	}
	l.recoveryPoint.Store(offset)
	return nil
}
