package commitlog

import (
	"slices"
)

// swapIn puts a compacted segment in the place of its sources, with the steps
// that finishSwaps completes or undoes after a crash:
//
//	.cleaned files, durable          undone
//	the log named .swap, durable     completed from here on
//	sources removed, durable
//	the log in place, durable
//	its transaction index in place
//
// Appends go on meanwhile. Readers that hold a source finish with it; others
// find the new segment, through a descriptor that does not care about names.
func (l *Log) swapIn(group []source, o *cleaned) error {
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	if err := l.stillThere(group); err != nil {
		return err
	}
	base := group[0].base
	if err := l.nameSwap(o); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.failLocked("compact", err)
	}
	s := newSegment(base, o.size)
	s.ix.Store(o.ix)
	h := l.env.FDs.add(o.f) // kept open by our reference until it has its name
	o.f = nil
	s.log.p.Store(h)
	defer h.release()
	if err := l.exchange(group, s); err != nil {
		return err
	}
	err := l.completeSwap(group, o)
	if err == nil {
		err = l.writeSealed(s)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		return l.failLocked("compact", err)
	}
	return l.pruneSnapshotsLocked()
}

// stillThere says whether the log still consists of the group's segments where
// they were. Nothing can take them away while layoutMu is held.
func (l *Log) stillThere(group []source) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	if l.failed != nil {
		return l.failed
	}
	list := l.segmentList()
	at := slices.Index(list, group[0].segment)
	if at < 0 || at+len(group) >= len(list) {
		return ErrOvertaken
	}
	for i, g := range group {
		if list[at+i] != g.segment {
			return ErrOvertaken
		}
	}
	return nil
}

// nameSwap gives the files their .swap names, the log last: until then all of
// them count as unfinished.
func (l *Log) nameSwap(o *cleaned) error {
	base := o.group[0].base
	if o.txns {
		if err := l.env.FS.Rename(o.path(txnSuffix), l.path(base, txnSuffix+swapSuffix)); err != nil {
			return err
		}
	}
	if err := l.env.FS.Rename(o.path(logSuffix), l.path(base, logSuffix+swapSuffix)); err != nil {
		return err
	}
	return l.env.FS.SyncDir(l.Dir())
}

// exchange replaces the group by s in the list that readers use, and cuts the
// old segments off from their names.
func (l *Log) exchange(group []source, s *segment) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	// No index of a source may be loaded or written any more.
	l.indexMu.Lock()
	defer l.indexMu.Unlock()
	old := l.segmentList()
	at := slices.Index(old, group[0].segment)
	list := slices.Concat(old[:at], []*segment{s}, old[at+len(group):])
	l.segments.Store(&list)
	for _, g := range group {
		g.log.retire(l)
		if ix := g.ix.Load(); ix != nil {
			ix.offsets.file.retire(l)
			ix.times.file.retire(l)
		}
	}
	return nil
}

// completeSwap does what completeSwaps does after a crash.
func (l *Log) completeSwap(group []source, o *cleaned) error {
	base := group[0].base
	for _, g := range group {
		for _, suffix := range segmentSuffixes {
			if err := l.removeIfExists(l.path(g.base, suffix)); err != nil {
				return err
			}
		}
	}
	if err := l.env.FS.SyncDir(l.Dir()); err != nil {
		return err
	}
	if err := l.env.FS.Rename(l.path(base, logSuffix+swapSuffix), l.path(base, logSuffix)); err != nil {
		return err
	}
	if err := l.env.FS.SyncDir(l.Dir()); err != nil || !o.txns {
		return err
	}
	if err := l.env.FS.Rename(l.path(base, txnSuffix+swapSuffix), l.path(base, txnSuffix)); err != nil {
		return err
	}
	return l.env.FS.SyncDir(l.Dir())
}

// writeSealed writes the indexes of a new sealed segment down. They are not
// fsynced with care: what is missing of them is made again from the batches.
func (l *Log) writeSealed(s *segment) error {
	l.indexMu.Lock()
	defer l.indexMu.Unlock()
	ix := s.ix.Load()
	if err := l.writeIndexes(s, ix, true); err != nil {
		return err
	}
	ix.trim()
	return nil
}
