package quorum

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
)

// An observer is a Quorum without raft's core: it keeps a copy of the committed log
// that it fetches from the controllers (KIP-595). Everything in its log is
// committed, so nothing of it is ever cut off.

// ErrDiverged means that an observer held something that the controllers never
// committed. Its copy was deleted; the next start fetches it anew.
var ErrDiverged = errors.New("the local copy of the metadata log differs from the controllers' and was deleted")

const (
	minMirrorPause = 20 * time.Millisecond
	maxMirrorPause = 500 * time.Millisecond
	// mirrorSyncBytes is how much an observer writes between two syncs: what it
	// loses it fetches again.
	mirrorSyncBytes = 1 << 20
)

// mirrors tells whether this node only observes.
func (q *Quorum) mirrors() bool { return q.opts.Source != nil }

// adoptMirrored makes everything in the log of an observer visible.
func (q *Quorum) adoptMirrored() error {
	for at, end := q.table.endOffset(q.applied), q.table.end; at < end; {
		raw, err := q.disk.read(at, hopBytes, end)
		if err != nil {
			return err
		}
		err = batch.ForEach(raw, func(h batch.Header, b []byte) error {
			at = h.NextOffset()
			return q.applyMirroredLocked(h, b)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// applyMirroredLocked makes the next batch of the table visible.
func (q *Quorum) applyMirroredLocked(h batch.Header, raw []byte) error {
	index := q.applied + 1
	e, err := storedEntry(index, h, raw)
	if err != nil {
		return err
	}
	if h.IsControl() {
		_, ms, err := parseConfChange(e.GetData())
		if err != nil {
			return err
		}
		q.members = ms
		q.history = append(q.history, confAt{index: index, members: ms})
	}
	q.applied, q.high = index, h.NextOffset()
	q.unsnapped += int64(len(raw))
	return nil
}

// runMirror fetches the committed log until the quorum is closed.
func (q *Quorum) runMirror() {
	defer q.running.Done()
	pause := minMirrorPause
	for !q.isStopped() {
		err := q.mirrorOnce()
		if err == nil {
			pause = minMirrorPause
			continue
		}
		if q.mirrorFailed(err) {
			return
		}
		q.log.Debug("cannot fetch the metadata log", "err", err)
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-q.stop:
			t.Stop()
			return
		}
		pause = min(2*pause, maxMirrorPause)
	}
}

// mirrorFailed tells whether the observer is over, and why.
func (q *Quorum) mirrorFailed(err error) bool {
	var storage mirrorError
	if !errors.Is(err, ErrDiverged) && !errors.As(err, &storage) {
		return false
	}
	if q.isStopped() {
		return true
	}
	q.log.Error("the metadata log cannot be observed any more", "err", err)
	q.fail(fmt.Errorf("metadata log: %w", err))
	return true
}

// mirrorError is an error of this node's own storage.
type mirrorError struct{ error }

func (e mirrorError) Unwrap() error { return e.error }

// mirrorOnce asks once and takes in the answer.
func (q *Quorum) mirrorOnce() error {
	q.mu.Lock()
	offset := q.table.end
	term, _ := q.table.term(q.table.lastIndex())
	q.mu.Unlock()
	f, err := q.opts.Source.Fetch(offset, int32(term))
	if err != nil {
		q.noteLeader(-1, 0)
		return err
	}
	q.noteLeader(f.LeaderID, f.LeaderEpoch)
	switch {
	case f.Diverged:
		if err := q.wipe(); err != nil {
			return mirrorError{err}
		}
		return ErrDiverged
	case f.Snapshot != nil:
		return q.mirrorSnapshot(*f.Snapshot)
	case len(f.Batches) > 0:
		return q.mirrorBatches(f.Batches)
	case f.LeaderID < 0:
		return errNoLeader
	}
	return nil
}

var errNoLeader = errors.New("no active controller is known")

// noteLeader takes over who leads, as far as this observer was told.
func (q *Quorum) noteLeader(nodeID, epoch int32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if nodeID >= 0 {
		q.countLeaderLocked(epoch)
	}
	if epoch >= q.leaderEpoch {
		q.leaderNode, q.leaderEpoch = nodeID, epoch
	} else if nodeID < 0 {
		q.leaderNode = -1
	}
}

// mirrorBatches checks fetched batches, writes them and makes them visible.
func (q *Quorum) mirrorBatches(raw []byte) error {
	defer q.noteBusy(q.opts.Clock.Now())
	refs, end, err := q.checkMirrored(raw)
	if err != nil {
		return err
	}
	if err := q.disk.mirror(raw, refs[len(refs)-1].term); err != nil {
		return mirrorError{err}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hard.reach(uint64(refs[len(refs)-1].term))
	q.noteRecordsLocked(end - refs[0].base)
	for i, r := range refs {
		next := end
		if i+1 < len(refs) {
			next = refs[i+1].base
		}
		q.table.add(r, next)
	}
	at := 0
	for _, r := range refs {
		b := raw[at : at+int(r.size)]
		at += int(r.size)
		h, err := batch.ParseHeader(b)
		if err == nil {
			err = q.applyMirroredLocked(h, b)
		}
		if err != nil {
			return mirrorError{err} // it was checked
		}
	}
	q.wakeObserversLocked()
	return nil
}

// checkMirrored checks that batches follow the log and can be stored.
func (q *Quorum) checkMirrored(raw []byte) (refs []ref, end int64, err error) {
	q.mu.Lock()
	end = q.table.end
	term, _ := q.table.term(q.table.lastIndex())
	q.mu.Unlock()
	err = batch.ForEach(raw, func(h batch.Header, b []byte) error {
		if h.BaseOffset != end || h.PartitionLeaderEpoch < 1 || uint64(h.PartitionLeaderEpoch) < term || h.LastOffsetDelta != h.Count-1 || !batch.CheckCRC(b) {
			return fmt.Errorf("%w: a batch at offset %d of epoch %d after offset %d of epoch %d",
				errEntry, h.BaseOffset, h.PartitionLeaderEpoch, end, term)
		}
		if _, err := storedEntry(1, h, b); err != nil {
			return err
		}
		refs = append(refs, ref{base: h.BaseOffset, size: int32(len(b)), term: h.PartitionLeaderEpoch})
		end, term = h.NextOffset(), uint64(h.PartitionLeaderEpoch)
		return nil
	})
	if err == nil && len(refs) == 0 {
		err = fmt.Errorf("%w: no whole batch", errEntry)
	}
	return refs, end, err
}

// mirrorSnapshot fetches a snapshot and begins anew where it ends.
func (q *Quorum) mirrorSnapshot(id SnapshotID) error {
	err := q.copySnapshot(id, func(position int64) ([]byte, int64, error) {
		return q.opts.Source.FetchSnapshot(id, position, fetchBytes)
	})
	if err != nil {
		return err
	}
	header, err := walkSnapshot(q.opts.FS, q.opts.Dir, id, partSuffix, nil)
	if err != nil {
		return err
	}
	// The table first: who reads the log meanwhile sees that it starts over.
	q.mu.Lock()
	q.hard.reach(uint64(id.Epoch))
	q.table = newEntryTable(header.position())
	q.members = header.Members
	q.history = []confAt{{index: header.Index, members: header.Members}}
	q.mu.Unlock()
	q.disk.hard.reach(uint64(id.Epoch))
	if err := q.disk.restart(id); err != nil {
		return mirrorError{err}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.restoredLocked(&header)
	return nil
}

// wipe deletes an observer's copy of the log.
func (q *Quorum) wipe() error {
	return errors.Join(q.disk.log.Close(false), discard(q.opts.FS, q.opts.Dir, 0))
}

// mirror writes whole batches of an observer, which ends in that epoch.
func (d *disk) mirror(raw []byte, epoch int32) error {
	if d.hard.Term < uint64(epoch) {
		d.hard.reach(uint64(epoch))
		if err := d.saveHard(); err != nil {
			return err
		}
	}
	d.dirty = true
	if _, err := d.log.AppendAsFollower(raw); err != nil {
		return err
	}
	if d.log.EndOffset() == 0 || d.log.Size()-d.mirrored < mirrorSyncBytes {
		return nil
	}
	d.mirrored = d.log.Size()
	return d.sync()
}
