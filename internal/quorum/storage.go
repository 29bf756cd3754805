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
	hi = s.fit(lo, hi, maxSize)
	out := make([]*raftpb.Entry, 0, hi-lo)
	for i := lo; i < hi; i = lo + uint64(len(out)) {
		if e := s.table.cachedEntry(i); e != nil {
			out = append(out, e)
			continue
		}
		var err error
		if out, err = s.readEntries(out, i, min(hi, max(s.table.cacheFirst, i+1))); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fit lowers hi so that the entries do not exceed maxSize, but for the first.
func (s *storage) fit(lo, hi, maxSize uint64) uint64 {
	var size uint64
	for i := lo; i < hi; i++ {
		if size += uint64(s.table.bytes(i, i)); size > maxSize && i > lo {
			return i
		}
	}
	return hi
}

// readEntries appends entries from first on that one read of the log returns: at
// least one, and none from end on.
func (s *storage) readEntries(out []*raftpb.Entry, first, end uint64) ([]*raftpb.Entry, error) {
	index := first
	from, maxOffset := s.table.refs[first-s.table.firstIndex()].base, s.table.endOffset(end-1)
	raw, err := s.disk.read(from, hopBytes, maxOffset)
	if err != nil {
		return nil, err
	}
	err = batch.ForEach(raw, func(h batch.Header, b []byte) error {
		r := s.table.refs[index-s.table.firstIndex()]
		if h.BaseOffset != r.base || int32(len(b)) != r.size || h.PartitionLeaderEpoch != r.term || !batch.CheckCRC(b) {
			return fmt.Errorf("the batch at offset %d is not raft entry %d", r.base, index)
		}
		e, err := storedEntry(index, h, b)
		out = append(out, e)
		index++
		return err
	})
	return out, err
}

// Snapshot implements raft.Storage. What travels in raft's message is only the
// snapshot's name; the follower fetches the file.
func (s *storage) Snapshot() (*raftpb.Snapshot, error) {
	if len(s.snapshots) == 0 {
		return nil, raft.ErrSnapshotTemporarilyUnavailable
	}
	return raftSnapshot(&s.snapshots[len(s.snapshots)-1]), nil
}
