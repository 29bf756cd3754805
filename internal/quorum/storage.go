package quorum

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

// storage is what raft's core reads the log through. All calls come from inside
// the core, so the quorum's mutex is held.
//
// The table knows entries before they are on disk. Raft does not mind: it asks the
// storage only for what it was told is stored, and what is not stored is cached.
type storage Quorum

var _ raft.Storage = (*storage)(nil)

// InitialState implements raft.Storage.
func (s *storage) InitialState() (*raftpb.HardState, *raftpb.ConfState, error) {
	hs := &raftpb.HardState{Term: new(s.hard.Term), Vote: new(s.hard.Vote), Commit: new(s.hard.Commit)}
	return hs, s.members.confState(), nil
}

// FirstIndex implements raft.Storage.
func (s *storage) FirstIndex() (uint64, error) { return s.table.firstIndex(), nil }

// LastIndex implements raft.Storage.
func (s *storage) LastIndex() (uint64, error) { return s.table.lastIndex(), nil }

// Term implements raft.Storage.
func (s *storage) Term(index uint64) (uint64, error) {
	term, ok := s.table.term(index)
	switch {
	case ok:
		return term, nil
	case index < s.table.anchor.index:
		return 0, raft.ErrCompacted
	}
	return 0, raft.ErrUnavailable
}

// Entries implements raft.Storage. Recent entries are cached; older ones are read
// from the log, for a follower that is far behind or after a restart.
func (s *storage) Entries(lo, hi, maxSize uint64) ([]*raftpb.Entry, error) {
	switch {
	case lo < s.table.firstIndex():
		return nil, raft.ErrCompacted
	case hi > s.table.lastIndex()+1:
		return nil, raft.ErrUnavailable
	}
	var out []*raftpb.Entry
	var size uint64
	for i := lo; i < hi; i++ {
		r := s.table.refs[i-s.table.firstIndex()]
		if size += uint64(r.size); size > maxSize && len(out) > 0 {
			break
		}
		e := s.table.cachedEntry(i)
		if e == nil {
			var err error
			if e, err = s.readEntry(i, r); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// readEntry reads one entry from the log.
func (s *storage) readEntry(index uint64, r ref) (*raftpb.Entry, error) {
	raw, err := s.disk.read(r.base, int(r.size), s.table.endOffset(index))
	if err != nil {
		return nil, err
	}
	h, raw, _, err := batch.Next(raw)
	switch {
	case err != nil:
		return nil, err
	case h.BaseOffset != r.base || int32(len(raw)) != r.size || h.PartitionLeaderEpoch != r.term || !batch.CheckCRC(raw):
		return nil, fmt.Errorf("the batch at offset %d is not raft entry %d", r.base, index)
	}
	return storedEntry(index, h, raw)
}

// Snapshot implements raft.Storage. What travels in raft's message is only the
// snapshot's name; the follower fetches the file.
func (s *storage) Snapshot() (*raftpb.Snapshot, error) {
	if len(s.snapshots) == 0 {
		return nil, raft.ErrSnapshotTemporarilyUnavailable
	}
	return raftSnapshot(&s.snapshots[len(s.snapshots)-1]), nil
}
