package commitlog

import (
	"errors"
	"fmt"
	"io/fs"
)

// doomed is a segment whose files have the .deleted suffix and go at a time.
type doomed struct {
	base int64
	atMs int64
}

// EnforceRetention deletes the oldest segments that retention.ms,
// retention.bytes or the log start offset allow to go, never one that reaches
// beyond highWatermark. It returns how many went. Their files stay under a
// .deleted name until RemoveDeleted finds file.delete.delay.ms over.
func (l *Log) EnforceRetention(nowMs, highWatermark int64) (deleted int, err error) {
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return 0, err
	}
	if err := l.commitLocked(); err != nil {
		return 0, err
	}
	for {
		n, err := l.expendableLocked(nowMs, highWatermark)
		if err != nil || n == 0 {
			return deleted, err
		}
		if err := l.deleteOldestLocked(n, nowMs); err != nil {
			return deleted, err
		}
		deleted += n
	}
}

// expendableLocked returns how many of the oldest segments may go.
func (l *Log) expendableLocked(nowMs, highWatermark int64) (int, error) {
	cfg := l.Config()
	list := l.segmentList()
	var total int64
	for _, s := range list {
		total += s.size.Load()
	}
	for i, s := range list {
		next := l.next
		if i+1 < len(list) {
			next = list[i+1].base
		}
		if next > highWatermark || s.size.Load() == 0 && i == len(list)-1 {
			return i, nil
		}
		total -= s.size.Load()
		due, err := l.dueLocked(s, cfg, next, total, nowMs)
		if err != nil || !due {
			return i, err
		}
	}
	return len(list), nil
}

// dueLocked says whether s may go: next is the offset after it, rest the size
// of the segments behind it.
func (l *Log) dueLocked(s *segment, cfg *Config, next, rest, nowMs int64) (bool, error) {
	if next <= l.start.Load() {
		return true, nil
	}
	if !cfg.Delete {
		return false, nil
	}
	if cfg.RetentionBytes >= 0 && rest >= cfg.RetentionBytes {
		return true, nil
	}
	if cfg.RetentionMs < 0 {
		return false, nil
	}
	ts, err := l.largestTimestamp(s)
	return err == nil && nowMs-ts > cfg.RetentionMs, err
}

// largestTimestamp is that of the records in s; of a segment whose records
// have none, the time its file was last written.
func (l *Log) largestTimestamp(s *segment) (int64, error) {
	ix, err := l.indexesOf(s)
	if err != nil {
		return 0, err
	}
	ix.mu.Lock()
	ts := ix.max.timestamp
	ix.mu.Unlock()
	if ts >= 0 {
		return ts, nil
	}
	fi, err := l.env.FS.Stat(l.path(s.base, logSuffix))
	if err != nil {
		return 0, l.storage("stat segment in", err)
	}
	return fi.ModTime().UnixMilli(), nil
}

// deleteOldestLocked takes the first n segments out of the log. If that is
// all of them, an empty segment keeps the end of the log.
func (l *Log) deleteOldestLocked(n int, nowMs int64) error {
	if err := l.keepProducersLocked(n); err != nil {
		return err
	}
	list := l.segmentList()
	if n == len(list) {
		if err := l.rollLocked(l.next); err != nil {
			return err
		}
		list = l.segmentList()
	}
	if l.flush.dirDirty {
		// What takes over must be on disk before anything goes.
		if err := l.env.FS.SyncDir(l.Dir()); err != nil {
			return l.failLocked("sync", err)
		}
	}
	rest := append([]*segment(nil), list[n:]...)
	if start := rest[0].base; start > l.start.Load() {
		if err := l.moveStartLocked(start); err != nil {
			return err
		}
	}
	l.segments.Store(&rest)
	for _, s := range list[:n] {
		if err := l.doomLocked(s, nowMs); err != nil {
			return l.failLocked("delete segment in", err)
		}
	}
	return nil
}

// keepProducersLocked makes sure that a snapshot on the disk knows the producers whose
// last batches are in the first n segments.
func (l *Log) keepProducersLocked(n int) error {
	if err := l.loadProducersLocked(); err != nil {
		return err
	}
	list := l.segmentList()
	if n == len(list) || l.lastSnapshot() < list[n].base {
		if err := l.takeSnapshotLocked(); err != nil {
			return err
		}
	}
	if err := l.syncSnapshotLocked(l.lastSnapshot()); err != nil {
		return l.failLocked("sync snapshot in", err)
	}
	return nil
}

// doomLocked renames the files of s. Readers that have it open go on.
func (l *Log) doomLocked(s *segment, nowMs int64) error {
	l.closeSegment(s)
	for i, suffix := range segmentSuffixes {
		if err := l.renameIfExists(l.path(s.base, suffix), l.path(s.base, suffix+deletedSuffix)); err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		// The log goes alone: a power loss may keep any of several renames. The hole
		// that a later segment leaves looks like a lost tail, and a log without its
		// transaction index like one without aborted transactions.
		if err := l.env.FS.SyncDir(l.Dir()); err != nil {
			return err
		}
	}
	keep := l.snapshots[:0]
	for _, off := range l.snapshots {
		if off != s.base {
			keep = append(keep, off)
			continue
		}
		if err := l.renameIfExists(l.path(off, snapshotSuffix), l.path(off, snapshotSuffix+deletedSuffix)); err != nil {
			return err
		}
	}
	l.snapshots = keep
	l.flush.dirDirty = true
	l.doomed = append(l.doomed, doomed{base: s.base, atMs: nowMs + l.Config().FileDeleteDelayMs})
	if len(l.doomed) == 1 {
		l.tellDoomedLocked()
	}
	return nil
}

func (l *Log) renameIfExists(from, to string) error {
	err := l.env.FS.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// RemoveDeleted removes the files of deleted segments whose delay is over.
func (l *Log) RemoveDeleted(nowMs int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.removeDeletedLocked(nowMs)
}

func (l *Log) removeDeletedLocked(nowMs int64) error {
	if l.inUse == nil {
		return nil
	}
	for len(l.doomed) > 0 && l.doomed[0].atMs <= nowMs {
		base := l.doomed[0].base
		for _, suffix := range [...]string{logSuffix, indexSuffix, timeSuffix, txnSuffix, snapshotSuffix} {
			if err := l.removeIfExists(l.path(base, suffix+deletedSuffix)); err != nil {
				return l.failLocked("remove segment in", err)
			}
		}
		l.doomed = l.doomed[1:]
	}
	if len(l.doomed) == 0 {
		l.doomed = nil
	}
	l.tellDoomedLocked()
	return nil
}

// AdvanceStartOffset makes offset the first one that may be read
// (DeleteRecords). A lower one than the present changes nothing. The segments
// below go with the next EnforceRetention.
func (l *Log) AdvanceStartOffset(offset int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return err
	}
	if err := l.commitLocked(); err != nil {
		return err
	}
	if offset > l.next {
		return fmt.Errorf("start offset %d, log end %d: %w", offset, l.next, ErrOffsetOutOfRange)
	}
	if offset <= l.start.Load() {
		return nil
	}
	return l.moveStartLocked(offset)
}

func (l *Log) moveStartLocked(offset int64) error {
	if err := l.loadEpochsLocked(); err != nil {
		return err
	}
	l.start.Store(offset)
	l.epochs.truncateStart(offset)
	return nil
}
