package quorum

import (
	"errors"
	"math"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/vfs"
)

// discarding is the hard state's RestartOffset while the whole log is being deleted.
const discarding = math.MaxInt64

// Discard deletes the metadata log of a controller that was removed and is closed, but
// for what it has promised: when it is added again from the same directory it is the same
// one for raft, and must not vote a second time in a term. See TakenIn.
func (q *Quorum) Discard() error {
	q.mu.Lock()
	applied := q.applied
	q.mu.Unlock()
	return discard(q.opts.FS, q.opts.Dir, applied)
}

// TakenIn tells that this observer is a member of the quorum, and was one by its log up to
// an offset already. One that was removed before reads in the log's past that it once was a
// member: that does not count.
func (q *Quorum) TakenIn(endOffset int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.members.find(q.opts.RaftID) == nil {
		return false
	}
	p, ok := q.table.find(endOffset)
	return ok && p.index >= max(q.hard.Commit, q.history[0].index) && p.index <= q.applied &&
		q.confAtLocked(p.index).find(q.opts.RaftID) != nil
}

// discard deletes a closed log, of which its node knew what is committed up to an index.
func discard(fsys vfs.FS, dir string, applied uint64) error {
	h, found, err := loadHardState(fsys, dir)
	if err != nil {
		return err
	}
	if !found {
		return fsys.RemoveAll(dir)
	}
	h.Commit, h.SyncedOffset, h.RestartOffset = max(h.Commit, applied), 0, discarding
	h.Bindings = nil // whom it met may be gone when it is added again
	if err := h.save(fsys, dir); err != nil {
		return err
	}
	return h.finishDiscard(fsys, dir)
}

// FinishDiscard goes on where a crash interrupted Discard. Until then the directory may
// hold anything of the deleted log.
func FinishDiscard(fsys vfs.FS, dir string) error {
	h, found, err := loadHardState(fsys, dir)
	if err != nil || !found || h.RestartOffset != discarding {
		return err
	}
	return h.finishDiscard(fsys, dir)
}

// finishDiscard deletes everything but the hard state, and that too if it is an initial
// voter's: whoever is added again is so under JoinedRaftID.
func (h *hardState) finishDiscard(fsys vfs.FS, dir string) error {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == hardStateName {
			continue
		}
		if err := fsys.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	if err := fsys.SyncDir(dir); err != nil {
		return err
	}
	if h.RaftID != JoinedRaftID(h.DirectoryID) {
		return errors.Join(fsys.Remove(filepath.Join(dir, hardStateName)), fsys.SyncDir(dir))
	}
	h.RestartOffset = 0
	return h.save(fsys, dir)
}

// reach takes over a term in which this node has not voted.
func (h *hardState) reach(term uint64) {
	if term > h.Term {
		h.Term, h.Vote = term, 0
	}
}
