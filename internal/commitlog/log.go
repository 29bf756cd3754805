package commitlog

import (
	"sync"
	"sync/atomic"
)

// Unknown stands for an offset that no checkpoint file told.
const Unknown int64 = -1

// Options open one log.
type Options struct {
	*Env
	Config *Config // not changed by the log, may be shared

	// RecoveryPoint is the offset up to which the log was fsynced, from the
	// checkpoint, or Unknown.
	RecoveryPoint int64
	// LogStartOffset is from its checkpoint, or Unknown (also 0).
	LogStartOffset int64
	// CleanShutdown says that the owner closed the log orderly, so nothing
	// needs recovery and loading can wait until the first use.
	CleanShutdown bool
	// NotMade says that the directory may not be there: Env.MakeDir is called
	// before its first use.
	NotMade bool
	// Salvage opens a log whose flushed part is damaged or missing with what
	// is left of it, instead of failing with ErrCorrupt.
	Salvage bool
}

// Log is the log of one partition.
type Log struct {
	dir  atomic.Pointer[string] // a move to another data directory replaces it
	env  *Env
	opts openState
	cfg  atomic.Pointer[Config]

	bare          atomic.Bool              // at rest and without any segment
	rest          atomic.Pointer[Overview] // what the directory said while at rest, if anybody asked
	loaded        atomic.Bool              // the fields below are filled
	start         atomic.Int64
	end           atomic.Int64 // exclusive; what readers may see
	recoveryPoint atomic.Int64
	fence         atomic.Int32 // lowest leader epoch that may append
	segments      atomic.Pointer[[]*segment]
	cuts          atomic.Int32 // truncations so far
	cutTo         atomic.Int64 // lowest offset of a truncation since the last compaction, or noCut
	seen          hints
	txnState      atomic.Int32

	// pub makes end and the size of the active segment one value for readers.
	pub       sync.Mutex
	tailSeg   *segment // nil while there is no file
	tailSize  int64
	published int64

	// layoutMu is held while sealed segments and their files are replaced or
	// removed; taken before syncing and mu. Appends do not take it.
	layoutMu sync.RWMutex

	indexMu sync.Mutex // held while the indexes of a sealed segment are loaded

	mu     sync.Mutex
	failed error // set once, by the first failed write
	closed bool
	// syncing is not nil while somebody syncs, and closed when that has ended. Whoever
	// has that turn takes layoutMu before it, if at all.
	syncing chan struct{}
	*inUse  // nil until the log is loaded
}

// inUse is what a log needs beside that from its first use on. Guarded by Log.mu.
type inUse struct {
	next      int64 // offset of the next batch, staged ones included
	epochs    epochCache
	producers *producers // nil until needed
	undecided unreplicated
	staged    staged
	flush     flushState
	snapshots []int64 // offsets of producer snapshots on disk, ascending
	doomed    []doomed
	damage    Recovery
}

// openState is what loading still needs of Options.
type openState struct {
	recoveryPoint, logStart int64
	clean, salvage, notMade bool
}

// Dir is the directory of the log.
func (l *Log) Dir() string { return *l.dir.Load() }

// Config returns the settings in force. They must not be changed.
func (l *Log) Config() *Config { return l.cfg.Load() }

// SetConfig replaces the settings, from the next append and the next
// retention pass on.
func (l *Log) SetConfig(c *Config) { l.cfg.Store(c) }

// StartOffset is the first offset that may be read. A log that cannot be
// loaded answers Unknown here and in EndOffset; its error comes from Load and
// every operation.
func (l *Log) StartOffset() int64 {
	if l.Load() != nil {
		return Unknown
	}
	return l.start.Load()
}

// EndOffset is the offset the next record will get: that of the last
// committed record plus one.
func (l *Log) EndOffset() int64 {
	if l.Load() != nil {
		return Unknown
	}
	return l.end.Load()
}

// RecoveryPoint is the offset below which everything was fsynced.
func (l *Log) RecoveryPoint() int64 {
	if l.Load() != nil {
		return Unknown
	}
	return l.recoveryPoint.Load()
}

// Err is the error that made the log refuse changes, or nil.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// Fail makes the log refuse everything with err from now on, reads too: its
// directory failed elsewhere and is offline.
func (l *Log) Fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failLocked("use", err)
	if l.loaded.Load() {
		l.opts.recoveryPoint, l.opts.logStart, _ = l.Checkpoints()
	}
	l.loaded.Store(false) // so every use comes by loadLocked
}

// Checkpoints returns what belongs into the checkpoint files: the recovery
// point (Unknown if it never was known), and the start offset with true if
// the names of the segments do not tell it. It does not load the log.
func (l *Log) Checkpoints() (recoveryPoint, start int64, startNeeded bool) {
	if !l.loaded.Load() {
		return l.opts.recoveryPoint, l.opts.logStart, l.opts.logStart > 0
	}
	start = l.start.Load()
	list := l.segmentList()
	return l.recoveryPoint.Load(), start, len(list) > 0 && start > list[0].base || len(list) == 0 && start > 0
}

// Loaded says whether the log was used since a clean Open.
func (l *Log) Loaded() bool { return l.loaded.Load() }

// FenceEpoch makes Stage refuse leader epochs below epoch, before any batch
// of the new epoch was appended. The leader role calls it when it ends.
func (l *Log) FenceEpoch(epoch int32) {
	for {
		old := l.fence.Load()
		if epoch <= old || l.fence.CompareAndSwap(old, epoch) {
			return
		}
	}
}

// segmentList returns the segments, oldest first. The slice is never changed.
func (l *Log) segmentList() []*segment {
	if p := l.segments.Load(); p != nil {
		return *p
	}
	return nil
}

// tail returns the readable end as an offset, and as a size of the segment it
// lies in.
func (l *Log) tail() (end int64, seg *segment, size int64) {
	l.pub.Lock()
	defer l.pub.Unlock()
	return l.published, l.tailSeg, l.tailSize
}

// publish makes everything up to end, which lies at size in seg, readable.
func (l *Log) publish(end int64, seg *segment, size int64) {
	l.pub.Lock()
	if seg != nil {
		seg.size.Store(size)
	}
	l.published, l.tailSeg, l.tailSize = end, seg, size
	l.pub.Unlock()
	l.end.Store(end)
}

// failLocked makes the log refuse changes from now on. What was staged is
// forgotten: nobody may be told that it is in the log.
func (l *Log) failLocked(op string, err error) error {
	if l.failed == nil {
		l.failed = l.storage(op, err)
		if l.inUse != nil {
			l.staged.reset()
		}
	}
	return l.failed
}

// changeableLocked loads the log and says whether it takes changes.
func (l *Log) changeableLocked() error {
	switch {
	case l.closed:
		return ErrClosed
	case l.failed != nil:
		return l.failed
	}
	return l.loadLocked()
}
