package quorum

import (
	"fmt"
	"maps"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
)

// disk writes the metadata log and the hard state. After openDisk, only the append
// loop changes them.
type disk struct {
	fs    vfs.FS
	dir   string
	log   *commitlog.Log
	saved hardState // what the file holds
	hard  hardState // what it shall hold at the next sync
	// commit is what raft calls committed. It goes into the hard state only when the
	// entries up to it are on disk: before, other entries may lie there.
	commit uint64
	dirty  bool // the log has been written since the last sync
	// conf says that a change of the controllers was written since the last sync.
	conf bool
	// mirrored is the size of an observer's log at its last sync.
	mirrored int64
	buf      []byte
}

// take does everything for one piece of work but the sync.
func (d *disk) take(w appendWork) error {
	switch {
	case w.lost:
		d.hard.Lost = true
		return nil
	case w.bind != nil:
		d.hard.Bindings = maps.Clone(d.hard.Bindings)
		d.hard.Bindings[w.bind.raftID] = w.bind.dir
		return nil
	}
	m := w.msg
	if m.Term != nil {
		d.hard.Term, d.hard.Vote, d.commit = m.GetTerm(), m.GetVote(), m.GetCommit()
	}
	if w.restore != nil {
		if err := d.restart(w.restore.ID); err != nil {
			return err
		}
	}
	return d.append(m.GetEntries(), w.base)
}

// append writes entries at base, after cutting off a tail which they replace.
func (d *disk) append(entries []*raftpb.Entry, base int64) error {
	if len(entries) == 0 {
		return nil
	}
	// No entry may lie on disk whose term this node could forget.
	if d.hard.differs(&d.saved) {
		if err := d.saveHard(); err != nil {
			return err
		}
	}
	end := d.log.EndOffset()
	switch {
	case base > end:
		return fmt.Errorf("BUG: entry %d belongs at offset %d, but the log ends at %d", entries[0].GetIndex(), base, end)
	case base < end:
		if err := d.cut(base); err != nil {
			return err
		}
	}
	d.buf = d.buf[:0]
	for _, e := range entries {
		var err error
		if d.buf, err = appendStored(d.buf, e, base); err != nil {
			return fmt.Errorf("BUG: %w", err)
		}
		_, records := mustMeasure(e)
		base += int64(records)
		d.conf = d.conf || e.GetType() == raftpb.EntryConfChangeV2
	}
	d.dirty = true
	if _, err := d.log.AppendAsFollower(d.buf); err != nil {
		return err
	}
	if cap(d.buf) > maxKeptBuffer {
		d.buf = nil
	}
	return nil
}

// maxKeptBuffer is the largest buffer that stays between appends.
const maxKeptBuffer = 256 << 10

// cut takes back a tail that another leader never had. The hard state must not
// claim any more that it is on disk.
func (d *disk) cut(offset int64) error {
	if offset < d.saved.SyncedOffset {
		if err := d.saveHardAt(offset); err != nil {
			return err
		}
	}
	return d.log.TruncateTo(offset)
}

// sync makes everything taken durable.
func (d *disk) sync() error {
	if d.hard.differs(&d.saved) {
		if err := d.saveHard(); err != nil {
			return err
		}
	}
	if d.dirty {
		if err := d.log.Sync(); err != nil {
			return err
		}
		d.dirty = false
	}
	d.hard.Commit = d.commit
	if !d.conf && d.log.RecoveryPoint()-d.saved.SyncedOffset < unclaimedRecords {
		return nil
	}
	// Whoever stores a change knows after every crash that the one before it is
	// committed. Else it could elect somebody by a configuration two steps back, of
	// which no majority need know what the newest one decides.
	d.conf = false
	return d.saveHard()
}

// unclaimedRecords is how many records the log may have synced that the hard state does
// not claim yet. After a kill, damage among those cannot be told from a torn write.
const unclaimedRecords = 1000

// saveHard writes the hard state. What the log has synced so far goes with it.
func (d *disk) saveHard() error {
	return d.saveHardAt(min(d.log.RecoveryPoint(), d.log.EndOffset()))
}

// saveHardAt writes the hard state, which claims that everything below the offset
// is on disk.
func (d *disk) saveHardAt(syncedOffset int64) error {
	d.hard.SyncedOffset = syncedOffset
	if err := d.hard.save(d.fs, d.dir); err != nil {
		return err
	}
	d.saved = d.hard
	return nil
}

// differs says that something changed which must not be forgotten.
func (h *hardState) differs(saved *hardState) bool {
	return h.Term != saved.Term || h.Vote != saved.Vote || h.Lost != saved.Lost ||
		!maps.Equal(h.Bindings, saved.Bindings)
}

// restart makes the log begin where a verified snapshot ends, which has been fetched
// into its .part file. The hard state says so before anything is touched, and stops
// claiming that anything is in the log: its segments go one by one, and the next
// start must not take what a crash leaves of them for a loss.
func (d *disk) restart(id SnapshotID) error {
	d.hard.RestartOffset = id.EndOffset
	if err := d.saveHardAt(0); err != nil {
		return err
	}
	if err := publishPart(d.fs, d.dir, id); err != nil {
		return err
	}
	return d.beginAt(id.EndOffset)
}

// beginAt empties the log, which begins at that offset from then on, and ends the
// restart.
func (d *disk) beginAt(offset int64) error {
	if err := d.log.TruncateFullyAndStartAt(offset); err != nil {
		return err
	}
	if err := d.log.Sync(); err != nil {
		return err
	}
	d.hard.RestartOffset = 0
	return d.saveHard()
}

// close writes down what was synced and closes the log.
func (d *disk) close(clean bool) error {
	var err error
	if clean {
		if err = d.sync(); err == nil {
			err = d.saveHard()
		}
	}
	if cerr := d.log.Close(clean && err == nil); err == nil {
		err = cerr
	}
	return err
}
