package quorum

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/vfs"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// fetchBytes is how much of a snapshot one request asks for.
const fetchBytes = 1 << 20

// snapshotFetch is the snapshot that the leader wants this node to start from.
type snapshotFetch struct {
	id     SnapshotID
	msg    *raftpb.Message // raft's, to be stepped when the file is here
	header *snapshotHeader // set when the file is here and verified
	done   bool            // nobody works on it any more
}

// fetched returns the header of the snapshot that was fetched for raft's s.
func (q *Quorum) fetched(s *raftpb.Snapshot) *snapshotHeader {
	id, err := snapshotIDOf(s)
	if err != nil || q.fetching == nil || q.fetching.header == nil || q.fetching.id != id {
		return nil
	}
	return q.fetching.header
}

// snapshotReadyLocked says whether the snapshot that raft's message names is here.
// If not, and none is being fetched, it begins to fetch it.
func (q *Quorum) snapshotReadyLocked(m *raftpb.Message) bool {
	id, err := snapshotIDOf(m.GetSnapshot())
	if err != nil || q.opts.Transport == nil {
		return false
	}
	f := q.fetching
	switch {
	case m.GetSnapshot().GetMetadata().GetIndex() <= q.applied:
		return true // raft only answers that it is further already
	case f != nil && f.id == id && f.header != nil:
		return true
	case f != nil && !f.done:
		if f.id == id {
			f.msg = m
		}
		return false
	}
	f = &snapshotFetch{id: id, msg: m}
	q.fetching = f
	q.running.Add(1)
	go q.runFetch(f, m.GetFrom())
	return false
}

// runFetch copies a snapshot from the leader, verifies it and lets raft go on. The
// file gets its name when raft has decided to start over from it.
func (q *Quorum) runFetch(f *snapshotFetch, from uint64) {
	defer q.running.Done()
	header, err := q.fetchSnapshot(f, from)
	if err != nil {
		q.log.Warn("cannot fetch a metadata snapshot", "snapshot", f.id.String(), "from", from, "err", err)
	}
	q.drive(func() error {
		f.done = true
		if err != nil || q.fetching != f {
			return nil
		}
		f.header = header
		return q.rn.Step(f.msg)
	})
}

func (q *Quorum) fetchSnapshot(f *snapshotFetch, from uint64) (*snapshotHeader, error) {
	err := q.copySnapshot(f.id, func(position int64) ([]byte, int64, error) {
		return q.opts.Transport.FetchSnapshot(from, f.id, position, fetchBytes)
	})
	if err != nil {
		return nil, err
	}
	header, err := walkSnapshot(q.opts.FS, q.opts.Dir, f.id, partSuffix, nil)
	if err == nil {
		q.mu.Lock()
		md := f.msg.GetSnapshot().GetMetadata()
		q.mu.Unlock()
		err = checkFetched(&header, md)
	}
	return &header, err
}

// checkFetched compares the file with what raft's message says of it.
func checkFetched(h *snapshotHeader, md *raftpb.SnapshotMetadata) error {
	want := sortedConf(h.Members.confState())
	got := sortedConf(proto.Clone(raftpb.EnsureConfState(md.GetConfState())).(*raftpb.ConfState))
	switch {
	case md.GetIndex() != h.Index:
		return fmt.Errorf("the snapshot says index %d, raft says %d", h.Index, md.GetIndex())
	case !proto.Equal(got, want):
		return fmt.Errorf("the snapshot names the controllers %v, raft names %v", want, got)
	}
	return nil
}

// copySnapshot writes the snapshot's bytes into a .part file and syncs it.
func (q *Quorum) copySnapshot(id SnapshotID, fetch fetchPart) error {
	part := filepath.Join(q.opts.Dir, id.String()+partSuffix)
	f, err := q.opts.FS.Open(part, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = q.copyParts(f, fetch)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// fetchPart reads a part of a snapshot from a position on, and tells its size.
type fetchPart func(position int64) (part []byte, size int64, err error)

func (q *Quorum) copyParts(f vfs.File, fetch fetchPart) error {
	for pos := int64(0); ; {
		part, size, err := fetch(pos)
		if err != nil {
			return err
		}
		if _, err := f.WriteAt(part, pos); err != nil {
			return err
		}
		pos += int64(len(part))
		switch {
		case pos == size:
			return nil
		case len(part) == 0 || pos > size:
			return fmt.Errorf("%w: ends at %d of %d bytes", errSnapshot, pos, size)
		case q.isStopped():
			return ErrClosed
		}
	}
}
