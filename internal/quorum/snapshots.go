package quorum

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
)

// keptSnapshots is how many snapshots stay; the log stays from the oldest on.
const keptSnapshots = 2

var (
	// ErrSnapshotPosition means that no snapshot can be taken there: the offset is
	// not the end of a committed batch that is still in the log, or not of that
	// epoch.
	ErrSnapshotPosition = errors.New("no snapshot can end at this offset and epoch")
	// ErrSnapshotNotFound means that this node does not hold that snapshot (any more).
	ErrSnapshotNotFound = errors.New("snapshot not found")
)

// raftSnapshot is a snapshot as raft's messages carry it.
func raftSnapshot(h *snapshotHeader) *raftpb.Snapshot {
	data := binary.BigEndian.AppendUint64(nil, uint64(h.ID.EndOffset))
	data = binary.BigEndian.AppendUint32(data, uint32(h.ID.Epoch))
	return &raftpb.Snapshot{
		Data: data,
		Metadata: &raftpb.SnapshotMetadata{
			Index:     new(h.Index),
			Term:      new(uint64(h.ID.Epoch)),
			ConfState: h.Members.confState(),
		},
	}
}

// snapshotIDOf is the name that raft's snapshot carries.
func snapshotIDOf(s *raftpb.Snapshot) (SnapshotID, error) {
	b := s.GetData()
	if len(b) != 12 {
		return SnapshotID{}, fmt.Errorf("a snapshot's name of %d bytes", len(b))
	}
	id := SnapshotID{EndOffset: int64(binary.BigEndian.Uint64(b)), Epoch: int32(binary.BigEndian.Uint32(b[8:]))}
	if id.EndOffset <= 0 || id.Epoch <= 0 || uint64(id.Epoch) != s.GetMetadata().GetTerm() {
		return SnapshotID{}, fmt.Errorf("a snapshot that ends at offset %d in epoch %d, term %d",
			id.EndOffset, id.Epoch, s.GetMetadata().GetTerm())
	}
	return id, nil
}

// WriteSnapshot stores the state after everything below endOffset, whose last
// batch has that epoch: write calls add with the value of each record. The snapshot
// is read back and verified before it counts; then the third-oldest one and the log
// below the older of the two that stay are deleted. It returns ErrSnapshotPosition
// if the two do not name a committed position, and does nothing if the snapshot
// exists. Only one WriteSnapshot may run at a time.
func (q *Quorum) WriteSnapshot(endOffset int64, epoch int32, write func(add func(value []byte) error) error) error {
	header, err := q.snapshotHeaderAt(SnapshotID{EndOffset: endOffset, Epoch: epoch})
	if err != nil || header == nil {
		return err
	}
	if err := writeSnapshot(q.opts.FS, q.opts.Dir, *header, write); err != nil {
		return fmt.Errorf("metadata snapshot: %w", err)
	}
	return q.adoptSnapshot(header)
}

// snapshotHeaderAt describes a snapshot that is about to be written, or returns nil
// if there is one already that covers as much.
func (q *Quorum) snapshotHeaderAt(id SnapshotID) (*snapshotHeader, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p, ok := q.table.find(id.EndOffset)
	if !ok || p.index == 0 || p.index > q.applied || p.term != uint64(id.Epoch) {
		return nil, fmt.Errorf("%w: %v", ErrSnapshotPosition, id)
	}
	if n := len(q.snapshots); n > 0 && q.snapshots[n-1].Index >= p.index {
		return nil, nil
	}
	header := &snapshotHeader{ID: id, Index: p.index, Members: q.confAtLocked(p.index)}
	raw, err := q.disk.read(q.table.endOffset(p.index-1), batch.HeaderSize, p.endOffset)
	if err != nil {
		return nil, err
	}
	h, err := batch.ParseHeader(raw)
	header.LastTimestampMs = h.MaxTimestamp
	return header, err
}

// adoptSnapshot counts a new snapshot in and deletes what is not needed any more.
func (q *Quorum) adoptSnapshot(header *snapshotHeader) error {
	q.mu.Lock()
	if n := len(q.snapshots); n > 0 && q.snapshots[n-1].Index >= header.Index {
		q.mu.Unlock()
		return nil // a newer one was fetched meanwhile
	}
	q.snapshots = append(q.snapshots[:len(q.snapshots):len(q.snapshots)], *header)
	if n := len(q.snapshots) - keptSnapshots; n > 0 {
		q.garbage = append(q.garbage, q.snapshots[:n]...)
		q.snapshots = q.snapshots[n:]
	}
	old := q.garbage
	q.garbage = nil
	q.unsnapped = q.table.bytes(header.Index+1, q.applied)
	oldest := q.snapshots[0].position()
	compact := len(q.snapshots) == keptSnapshots && q.pins == 0
	if compact {
		q.table.compact(oldest)
		q.forgetConfLocked(oldest.index)
	}
	q.mu.Unlock()
	for _, h := range old {
		if err := q.opts.FS.Remove(filepath.Join(q.opts.Dir, h.ID.String())); err != nil {
			return fmt.Errorf("remove metadata snapshot: %w", err)
		}
	}
	if !compact {
		return nil
	}
	return q.disk.deleteBefore(oldest.endOffset)
}

// forgetConfLocked drops configurations that were replaced before that index.
func (q *Quorum) forgetConfLocked(index uint64) {
	for len(q.history) > 1 && q.history[1].index <= index {
		q.history = q.history[1:]
	}
}

// Snapshots names the snapshots this node holds, oldest first.
func (q *Quorum) Snapshots() []SnapshotID {
	q.mu.Lock()
	defer q.mu.Unlock()
	ids := make([]SnapshotID, len(q.snapshots))
	for i := range q.snapshots {
		ids[i] = q.snapshots[i].ID
	}
	return ids
}

// ReadSnapshot returns at most maxBytes of a snapshot's file from a position on,
// and the file's size (FetchSnapshot, KIP-630). It returns ErrSnapshotNotFound if
// the snapshot is not held, and an empty part at or behind the end.
func (q *Quorum) ReadSnapshot(id SnapshotID, position int64, maxBytes int) (part []byte, size int64, err error) {
	if !q.holds(id) {
		return nil, 0, ErrSnapshotNotFound
	}
	r, err := openSnapshot(q.opts.FS, filepath.Join(q.opts.Dir, id.String()), id)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrSnapshotNotFound, err)
	}
	defer r.close()
	if position < 0 || position >= r.size || maxBytes <= 0 {
		return nil, r.size, nil
	}
	part = make([]byte, min(int64(maxBytes), r.size-position))
	return part, r.size, vfs.ReadFull(r.file, part, position)
}

func (q *Quorum) holds(id SnapshotID) bool {
	for _, held := range q.Snapshots() {
		if held == id {
			return true
		}
	}
	return false
}

// restoreLocked lets the table begin where a snapshot ends: raft has decided that
// the log does not reach it. The append loop does the same on disk.
func (q *Quorum) restoreLocked(s *raftpb.Snapshot) *snapshotHeader {
	header := q.fetched(s)
	if header == nil {
		panic(fmt.Sprintf("BUG: raft restores a snapshot at index %d that was not fetched", s.GetMetadata().GetIndex()))
	}
	q.table = newEntryTable(header.position())
	q.members = header.Members
	q.history = []confAt{{index: header.Index, members: header.Members}}
	return header
}

// restoredLocked makes the state at the snapshot visible, when the log on disk
// begins there. The log before it is gone, and with it the use of older snapshots.
func (q *Quorum) restoredLocked(header *snapshotHeader) {
	q.applied, q.high = header.Index, header.ID.EndOffset
	q.commitLocked(uint64(header.ID.Epoch))
	q.garbage = append(q.garbage, q.snapshots...)
	q.snapshots = []snapshotHeader{*header}
	q.unsnapped = 0
	q.effects.committed = true
	q.wakeObserversLocked()
}
