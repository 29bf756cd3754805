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
	dirty bool      // the log has been written since the last sync
	buf   []byte
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
		d.hard.Term, d.hard.Vote, d.hard.Commit = m.GetTerm(), m.GetVote(), m.GetCommit()
	}
	if w.restore != nil {
		if err := d.reset(w.restore.ID.EndOffset); err != nil {
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
	if !d.dirty {
		return nil
	}
	if err := d.log.Sync(); err != nil {
		return err
	}
	d.dirty = false
	return nil
}

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

// reset empties the log and lets it begin at the end of a snapshot, which lies in
// the directory already, verified. The hard state first stops claiming that
// anything is in the log, whose segments go one by one.
func (d *disk) reset(offset int64) error {
	if d.saved.SyncedOffset > 0 {
		if err := d.saveHardAt(0); err != nil {
			return err
		}
	}
	d.dirty = true
	return d.log.TruncateFullyAndStartAt(offset)
}

// close writes down what was synced and closes the log.
func (d *disk) close(clean bool, commit uint64) error {
	var err error
	if clean {
		d.hard.Commit = commit
		if err = d.sync(); err == nil {
			err = d.saveHard()
		}
	}
	if cerr := d.log.Close(clean && err == nil); err == nil {
		err = cerr
	}
	return err
}
