package commitlog

// rollLocked makes an empty segment starting at base the active one. What is
// staged goes into the old one first.
func (l *Log) rollLocked(base int64) error {
	if err := l.commitLocked(); err != nil {
		return err
	}
	if len(l.segmentList()) > 0 {
		old, err := l.activeLocked()
		if err != nil {
			return err
		}
		if old.base == base && old.size.Load() == 0 {
			return nil
		}
		if err := l.sealLocked(old); err != nil {
			return err
		}
	}
	if err := l.loadProducersLocked(); err != nil {
		return err
	}
	if err := l.takeSnapshotLocked(); err != nil {
		return err
	}
	if err := l.settleNamesLocked(); err != nil {
		return err
	}
	if _, err := l.createSegmentLocked(base); err != nil {
		return err
	}
	if l.env.Rolled != nil && l.Config().Compact {
		l.env.Rolled(l)
	}
	return nil
}

// settleNamesLocked has the names of the segments on the disk before a newer one's may be
// there: a log whose first segment a power loss took looks as if retention had done it, and
// whoever leads with it has the others delete theirs.
func (l *Log) settleNamesLocked() error {
	if len(l.segmentList()) == 0 || !l.flush.dirDirty {
		return nil
	}
	if err := l.env.FS.SyncDir(l.Dir()); err != nil {
		return l.failLocked("sync", err)
	}
	return nil
}

// sealLocked completes the index files of a segment that gets no more
// batches.
func (l *Log) sealLocked(s *segment) error {
	ix := s.ix.Load()
	if err := l.writeIndexes(s, ix, true); err != nil {
		return l.failLocked("write index in", err)
	}
	ix.trim()
	return nil
}

// trim gives memory back that only an active segment needs.
func (ix *indexes) trim() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if len(ix.offsets.pending) == 0 {
		ix.offsets.pending = nil
	}
	if len(ix.times.pending) == 0 {
		ix.times.pending = nil
	}
}

// RollIfDue starts a new segment if the active one has reached segment.ms at
// nowMs. Appends roll by themselves; this is for logs that get none.
func (l *Log) RollIfDue(nowMs int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return err
	}
	if len(l.segmentList()) == 0 {
		return nil
	}
	s, err := l.activeLocked()
	if err != nil {
		return err
	}
	cfg := l.Config()
	if s.size.Load()+l.staged.bytes == 0 || l.segmentAge(s.ix.Load(), cfg, nowMs) <= l.segmentMs(s.base, cfg) {
		return nil
	}
	return l.rollLocked(l.next)
}
