package quorum

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
)

// loaded is what a disk holds when it is opened.
type loaded struct {
	table     *entryTable
	hard      hardState
	snapshots []snapshotHeader // oldest first
	applied   uint64           // index of the newest snapshot, or 0
	members   members          // at applied
}

// loader opens the metadata directory.
type loader struct {
	o     *Options
	d     *disk
	found bool             // there is a hard state
	snaps []snapshotHeader // usable ones, oldest first, at most keptSnapshots
}

// openDisk opens the metadata directory, repairs what a crash may leave, and
// refuses what a crash does not leave: then something is lost that this node may
// have promised to keep.
func openDisk(o *Options) (*disk, *loaded, error) {
	d, st, err := tryDisk(o)
	if !o.Disposable || !errors.Is(err, ErrLostEntries) {
		return d, st, err
	}
	o.Logger.Warn("this copy of the metadata log cannot be used and is fetched anew", "err", err)
	if err := discard(o.FS, o.Dir, 0); err != nil {
		return nil, nil, err
	}
	return tryDisk(o)
}

func tryDisk(o *Options) (*disk, *loaded, error) {
	l := &loader{o: o, d: &disk{fs: o.FS, dir: o.Dir}}
	st, err := l.load()
	if err != nil && l.d.log != nil {
		return nil, nil, errors.Join(err, l.d.log.Close(false))
	}
	return l.d, st, err
}

func (l *loader) load() (*loaded, error) {
	if err := makeDir(l.o.FS, l.o.Dir); err != nil {
		return nil, err
	}
	if err := FinishDiscard(l.o.FS, l.o.Dir); err != nil {
		return nil, err
	}
	if err := l.loadHard(); err != nil {
		return nil, err
	}
	if err := l.loadSnapshots(); err != nil {
		return nil, err
	}
	if err := l.openLog(); err != nil {
		return nil, err
	}
	table, err := l.loadTable()
	if err != nil {
		return nil, err
	}
	return l.result(table)
}

// loadHard reads the hard state and checks that it is ours.
func (l *loader) loadHard() error {
	h, found, err := loadHardState(l.o.FS, l.o.Dir)
	switch {
	case err != nil:
		return err
	case !found:
		h.RaftID, h.DirectoryID = l.o.RaftID, l.o.DirectoryID
	case h.Lost && l.o.Source == nil: // an observer promises nothing
		return ErrLostEntries
	case h.RaftID != l.o.RaftID || h.DirectoryID != l.o.DirectoryID:
		return fmt.Errorf("%s belongs to raft id %d in directory %v, this node is raft id %d in directory %v: "+
			"the metadata directory was copied or its meta.properties changed",
			filepath.Join(l.o.Dir, hardStateName), h.RaftID, h.DirectoryID, l.o.RaftID, l.o.DirectoryID)
	}
	l.found = found
	l.d.saved, l.d.hard = h, h
	return nil
}

// loadSnapshots finds the newest snapshots. The newest is verified whole, so that
// a damaged one gives way to the one before, from which the log still reaches on.
func (l *loader) loadSnapshots() error {
	ids, err := listSnapshots(l.o.FS, l.o.Dir)
	if err != nil {
		return err
	}
	for i := len(ids) - 1; i >= 0; i-- {
		if len(l.snaps) == keptSnapshots {
			if err := l.o.FS.Remove(filepath.Join(l.o.Dir, ids[i].String())); err != nil {
				return err
			}
			continue
		}
		h, err := l.checkSnapshot(ids[i], len(l.snaps) == 0)
		switch {
		case errors.Is(err, errSnapshot):
			l.o.Logger.Error("a metadata snapshot is damaged and is left out", "err", err)
		case err != nil:
			return err
		default:
			l.snaps = append([]snapshotHeader{h}, l.snaps...)
		}
	}
	return nil
}

func (l *loader) checkSnapshot(id SnapshotID, whole bool) (snapshotHeader, error) {
	if whole {
		return walkSnapshot(l.o.FS, l.o.Dir, id, "", nil)
	}
	r, err := openSnapshot(l.o.FS, filepath.Join(l.o.Dir, id.String()), id)
	if err != nil {
		return snapshotHeader{}, err
	}
	defer r.close()
	return r.header()
}

// openLog opens the log and syncs it: what a dead process left unsynced counts as
// stored from now on.
func (l *loader) openLog() error {
	start := commitlog.Unknown
	if len(l.snaps) == keptSnapshots {
		start = l.snaps[0].ID.EndOffset // the log is deleted below it
	}
	log, err := commitlog.Open(l.o.Dir, commitlog.Options{
		Env: &commitlog.Env{
			FS:  l.o.FS,
			Now: func() int64 { return shard.WallMs(l.o.Clock) },
			FDs: commitlog.NewFDCache(maxOpenFiles),
		},
		Config:         l.o.logConfig(),
		RecoveryPoint:  l.d.saved.SyncedOffset,
		LogStartOffset: start,
	})
	if errors.Is(err, commitlog.ErrCorrupt) {
		return fmt.Errorf("%w: %w", ErrLostEntries, err)
	}
	if err != nil {
		return err
	}
	l.d.log = log
	if !l.found && (log.EndOffset() > 0 || len(l.snaps) > 0) {
		return fmt.Errorf("%s is missing beside a metadata log that ends at offset %d: this node's votes are forgotten; %w",
			filepath.Join(l.o.Dir, hardStateName), log.EndOffset(), ErrLostEntries)
	}
	return log.Sync()
}

// maxOpenFiles is enough for one log; snapshots are opened for a moment only.
const maxOpenFiles = 16

// loadTable rebuilds the table of entries by hopping over the batches since the
// oldest position that the log reaches.
func (l *loader) loadTable() (*entryTable, error) {
	if t, err := l.finishRestart(); t != nil || err != nil {
		return t, err
	}
	log := l.d.log
	for _, from := range l.anchors() {
		if log.StartOffset() > from.endOffset || log.EndOffset() < from.endOffset {
			continue
		}
		t, err := l.hop(from)
		if err != nil {
			return nil, err
		}
		return t, l.compare(t)
	}
	return nil, fmt.Errorf("%w: the log holds the offsets %d to %d, which no snapshot connects with the beginning",
		ErrLostEntries, log.StartOffset(), log.EndOffset())
}

// finishRestart goes on where a crash interrupted the log's restart at a snapshot.
// If the snapshot had not got its name, nothing else had been touched.
func (l *loader) finishRestart() (*entryTable, error) {
	offset, n := l.d.hard.RestartOffset, len(l.snaps)
	switch {
	case offset == 0:
		return nil, nil
	case n == 0 || l.snaps[n-1].ID.EndOffset != offset:
		// Forgotten at once: a snapshot that is taken there later is another matter.
		l.d.hard.RestartOffset = 0
		return nil, l.d.saveHard()
	}
	l.snaps = l.snaps[n-1:]
	l.o.Logger.Info("the metadata log begins again at a fetched snapshot", "snapshot", l.snaps[0].ID.String())
	return newEntryTable(l.snaps[0].position()), l.d.beginAt(offset)
}

// anchors are the positions from which the table could begin, best first.
func (l *loader) anchors() []position {
	var out []position
	if l.d.log.StartOffset() == 0 && len(l.snaps) < keptSnapshots {
		out = append(out, position{})
	}
	for i := range l.snaps {
		out = append(out, l.snaps[i].position())
	}
	return out
}

// compare wants each snapshot to stand for a position in the log.
func (l *loader) compare(t *entryTable) error {
	for i := range l.snaps {
		want := l.snaps[i].position()
		if want.endOffset < t.anchor.endOffset {
			continue
		}
		if p, ok := t.find(want.endOffset); !ok || p != want {
			return fmt.Errorf("%w: snapshot %v stands for entry %d, and the log has entry %d of epoch %d there",
				ErrLostEntries, l.snaps[i].ID, want.index, p.index, p.term)
		}
	}
	return nil
}

// result checks what was found against the hard state.
func (l *loader) result(t *entryTable) (*loaded, error) {
	h := l.d.saved
	last := t.at(t.lastIndex())
	if last.term > h.Term {
		return nil, fmt.Errorf("%w: the log is in epoch %d, %s in epoch %d", ErrLostEntries, last.term, hardStateName, h.Term)
	}
	if end := l.d.log.EndOffset(); end < h.SyncedOffset {
		return nil, fmt.Errorf("%w: the log ends at offset %d and was on disk up to %d", ErrLostEntries, end, h.SyncedOffset)
	}
	st := &loaded{table: t, snapshots: l.snaps, members: l.o.Voters}
	if n := len(l.snaps); n > 0 {
		st.applied, st.members = l.snaps[n-1].Index, l.snaps[n-1].Members
	}
	h.Commit = max(h.Commit, st.applied)
	if l.o.Source == nil { // an observer goes on to it: see TakenIn
		h.Commit = min(h.Commit, t.lastIndex())
	}
	st.hard = h
	l.d.commit = h.Commit
	return st, nil
}

// makeDir makes a directory and its parents so that they outlive a crash.
func makeDir(fsys vfs.FS, dir string) error {
	_, err := fsys.Stat(dir)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeDir(fsys, parent); err != nil {
			return err
		}
	}
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return fsys.SyncDir(parent)
}
