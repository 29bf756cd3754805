package quorum

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// hardStateName is the file that holds what a voter must never forget. It stands
// where Kafka keeps quorum-state, in a format of its own: docs/format/quorum.md.
const hardStateName = "raft-state"

const (
	hardStateMagic    = "brolgaRS"
	hardStateVersion  = 1
	hardStateOverhead = len(hardStateMagic) + 2 + 4 + 4 // magic, version, length, checksum
	maxHardStateBytes = 1 << 20
	maxBindings       = 10_000
)

var errHardState = errors.New("damaged raft-state file")

// hardState is the content of the file.
type hardState struct {
	// RaftID and DirectoryID are whose promises these are.
	RaftID      uint64
	DirectoryID wire.UUID
	Term, Vote  uint64
	// Commit is a hint: the file is not written for it alone.
	Commit uint64
	// SyncedOffset is an offset up to which the log was known to be on disk; what
	// is missing below it was lost, not torn.
	SyncedOffset int64
	// RestartOffset is not 0 while the log is being emptied to begin at the snapshot
	// that ends there.
	RestartOffset int64
	// Lost is set when this disk turned out to have lost entries that a leader
	// counted. It never votes again under this identity.
	Lost bool
	// Bindings are the directories in which the other members' identities were
	// first met, by raft id.
	Bindings map[uint64]wire.UUID
}

// encode is the file's content: magic, version, length, body, CRC-32C of all that.
func (h *hardState) encode() []byte {
	body := binary.BigEndian.AppendUint64(nil, h.RaftID)
	body = append(body, h.DirectoryID[:]...)
	for _, v := range []uint64{h.Term, h.Vote, h.Commit, uint64(h.SyncedOffset), uint64(h.RestartOffset)} {
		body = binary.BigEndian.AppendUint64(body, v)
	}
	body = wire.AppendBool(body, h.Lost)
	body = binary.BigEndian.AppendUint32(body, uint32(len(h.Bindings)))
	ids := make([]uint64, 0, len(h.Bindings))
	for id := range h.Bindings {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		dir := h.Bindings[id]
		body = append(binary.BigEndian.AppendUint64(body, id), dir[:]...)
	}
	b := append(make([]byte, 0, hardStateOverhead+len(body)), hardStateMagic...)
	b = binary.BigEndian.AppendUint16(b, hardStateVersion)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli()))
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// decodeHardState checks and decodes the file's content.
func decodeHardState(b []byte) (hardState, error) {
	var h hardState
	head := len(hardStateMagic) + 2 + 4
	if len(b) < hardStateOverhead || string(b[:len(hardStateMagic)]) != hardStateMagic {
		return h, fmt.Errorf("%w: no such format", errHardState)
	}
	if crc32.Checksum(b[:len(b)-4], castagnoli()) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		return h, fmt.Errorf("%w: checksum", errHardState)
	}
	if v := binary.BigEndian.Uint16(b[len(hardStateMagic):]); v != hardStateVersion {
		return h, fmt.Errorf("raft-state file of unknown version %d", v)
	}
	if n := binary.BigEndian.Uint32(b[head-4:]); int64(n) != int64(len(b)-hardStateOverhead) {
		return h, fmt.Errorf("%w: length", errHardState)
	}
	return decodeHardStateBody(b[head : len(b)-4])
}

func decodeHardStateBody(body []byte) (hardState, error) {
	r := wire.NewReader(body)
	h := hardState{RaftID: uint64(r.Int64()), DirectoryID: r.UUID()}
	h.Term, h.Vote, h.Commit = uint64(r.Int64()), uint64(r.Int64()), uint64(r.Int64())
	h.SyncedOffset, h.RestartOffset, h.Lost = r.Int64(), r.Int64(), r.Bool()
	n := r.Uint32()
	if r.Err() != nil || n > maxBindings || int(n)*24 != r.Remaining() {
		return hardState{}, fmt.Errorf("%w: body", errHardState)
	}
	if h.Term > maxTerm || h.SyncedOffset < 0 || h.RestartOffset < 0 {
		return hardState{}, fmt.Errorf("%w: term %d, offsets %d, %d", errHardState, h.Term, h.SyncedOffset, h.RestartOffset)
	}
	h.Bindings = make(map[uint64]wire.UUID, n)
	for range n {
		h.Bindings[uint64(r.Int64())] = r.UUID()
	}
	return h, nil
}

// loadHardState reads the file; found is false if there is none. A file that
// cannot be trusted is an error: votes that were given must not be forgotten.
func loadHardState(fsys vfs.FS, dir string) (h hardState, found bool, err error) {
	path := filepath.Join(dir, hardStateName)
	b, err := vfs.ReadFile(fsys, path, maxHardStateBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return hardState{Bindings: map[uint64]wire.UUID{}}, false, nil
	}
	if err != nil {
		return h, false, err
	}
	h, err = decodeHardState(b)
	if err != nil {
		return h, false, fmt.Errorf("%s: %w", path, err)
	}
	return h, true, nil
}

// save replaces the file; it is on disk when save returns nil.
func (h *hardState) save(fsys vfs.FS, dir string) error {
	if planted.On(planted.VoteUnsynced) {
		return vfs.WriteFile(fsys, filepath.Join(dir, hardStateName), h.encode())
	}
	return vfs.WriteFileAtomic(fsys, filepath.Join(dir, hardStateName), h.encode())
}
