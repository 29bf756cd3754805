package quorum

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// maxSnapshotBatchBytes bounds one batch of a snapshot that is read.
	maxSnapshotBatchBytes = 2 * maxEntryBytes
	// snapshotTagVersion is the version of our tag in the snapshot's header.
	snapshotTagVersion = 1
)

var errSnapshot = errors.New("damaged snapshot")

// snapshotHeader is what a snapshot says about itself.
type snapshotHeader struct {
	ID              SnapshotID
	Index           uint64 // raft index of the last entry it covers
	LastTimestampMs int64
	Members         members
}

// position is the place in the log that the snapshot stands for.
func (h *snapshotHeader) position() position {
	return position{index: h.Index, endOffset: h.ID.EndOffset, term: uint64(h.ID.Epoch)}
}

// snapshotReader walks over the batches of a snapshot file and checks each: its
// length, checksum, epoch and offsets.
type snapshotReader struct {
	id     SnapshotID
	file   vfs.File
	size   int64
	pos    int64
	offset int64 // base offset that the next batch must have
	buf    []byte
}

func openSnapshot(fsys vfs.FS, path string, id SnapshotID) (*snapshotReader, error) {
	f, err := fsys.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	size, err := f.Size()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &snapshotReader{id: id, file: f, size: size}, nil
}

func (r *snapshotReader) close() { r.file.Close() }

// next returns the next batch, which is valid until the call after it, or nil at
// the end of the file.
func (r *snapshotReader) next() (batch.Header, []byte, error) {
	if r.pos == r.size {
		return batch.Header{}, nil, nil
	}
	var head [batch.HeaderSize]byte
	if r.size-r.pos < batch.HeaderSize {
		return batch.Header{}, nil, fmt.Errorf("%w: cut off at %d", errSnapshot, r.pos)
	}
	if err := vfs.ReadFull(r.file, head[:], r.pos); err != nil {
		return batch.Header{}, nil, err
	}
	h, err := batch.ParseHeader(head[:])
	switch {
	case err != nil:
		return h, nil, fmt.Errorf("%w: at %d: %w", errSnapshot, r.pos, err)
	case h.Size() > maxSnapshotBatchBytes || int64(h.Size()) > r.size-r.pos:
		return h, nil, fmt.Errorf("%w: a batch of %d bytes at %d", errSnapshot, h.Size(), r.pos)
	case h.BaseOffset != r.offset || h.PartitionLeaderEpoch != r.id.Epoch || h.Count < 1 || h.LastOffsetDelta != h.Count-1:
		return h, nil, fmt.Errorf("%w: not the batch that belongs at %d", errSnapshot, r.pos)
	}
	if cap(r.buf) < h.Size() {
		r.buf = make([]byte, h.Size())
	}
	r.buf = r.buf[:h.Size()]
	if err := vfs.ReadFull(r.file, r.buf, r.pos); err != nil {
		return h, nil, err
	}
	if !batch.CheckCRC(r.buf) {
		return h, nil, fmt.Errorf("%w: checksum at %d", errSnapshot, r.pos)
	}
	r.pos += int64(h.Size())
	r.offset = h.NextOffset()
	return h, r.buf, nil
}

// header reads the first batch.
func (r *snapshotReader) header() (snapshotHeader, error) {
	h, raw, err := r.next()
	if err != nil {
		return snapshotHeader{}, err
	}
	if raw == nil || !h.IsControl() {
		return snapshotHeader{}, fmt.Errorf("%w: no header", errSnapshot)
	}
	key, value, err := firstRecord(raw)
	if err != nil {
		return snapshotHeader{}, fmt.Errorf("%w: header: %w", errSnapshot, err)
	}
	if t, err := batch.ParseControlKey(key); err != nil || t != batch.ControlSnapshotHeader {
		return snapshotHeader{}, fmt.Errorf("%w: begins with a control record of type %d", errSnapshot, t)
	}
	return decodeSnapshotHeader(r.id, value)
}

// decodeSnapshotHeader decodes Kafka's SnapshotHeaderRecord and our tag in it.
func decodeSnapshotHeader(id SnapshotID, value []byte) (snapshotHeader, error) {
	var rec wire.SnapshotHeaderRecord
	r := wire.NewReader(value)
	if rec.Decode(r, 0); r.Err() != nil {
		return snapshotHeader{}, fmt.Errorf("%w: header: %w", errSnapshot, r.Err())
	}
	tag, err := findTag(value, len(rec.Append(nil, 0))-1)
	if err != nil {
		return snapshotHeader{}, fmt.Errorf("%w: not written by brolga: %w", errSnapshot, err)
	}
	t := wire.NewReader(tag)
	version, index := t.Int8(), uint64(t.Int64())
	if t.Err() != nil || version != snapshotTagVersion || index == 0 || index > maxIndex {
		return snapshotHeader{}, fmt.Errorf("%w: raft's tag, version %d, index %d", errSnapshot, version, index)
	}
	ms, err := decodeMembers(t.Rest())
	if err != nil {
		return snapshotHeader{}, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	return snapshotHeader{ID: id, Index: index, LastTimestampMs: rec.LastContainedLogTimestamp, Members: ms}, nil
}

// walkSnapshot reads a whole snapshot and checks it to its footer. fn, which may
// be nil, gets the value of each data record; it must not keep it.
func walkSnapshot(fsys vfs.FS, dir string, id SnapshotID, suffix string, fn func(value []byte) error) (snapshotHeader, error) {
	path := filepath.Join(dir, id.String()+suffix)
	r, err := openSnapshot(fsys, path, id)
	if err != nil {
		return snapshotHeader{}, err
	}
	defer r.close()
	header, err := r.header()
	if err == nil {
		err = r.data(fn)
	}
	if err != nil {
		return header, fmt.Errorf("%s: %w", path, err)
	}
	return header, nil
}

// data reads what follows the header up to the footer, which must be the end.
func (r *snapshotReader) data(fn func(value []byte) error) error {
	for {
		h, raw, err := r.next()
		switch {
		case err != nil:
			return err
		case raw == nil:
			return fmt.Errorf("%w: no footer", errSnapshot)
		case h.IsControl():
			return r.footer(raw)
		}
		if err := eachValue(raw, fn); err != nil {
			return err
		}
	}
}

func (r *snapshotReader) footer(raw []byte) error {
	key, _, err := firstRecord(raw)
	if err != nil {
		return fmt.Errorf("%w: footer: %w", errSnapshot, err)
	}
	if t, err := batch.ParseControlKey(key); err != nil || t != batch.ControlSnapshotFooter {
		return fmt.Errorf("%w: a control record of type %d among the data", errSnapshot, t)
	}
	if r.pos != r.size {
		return fmt.Errorf("%w: %d bytes after the footer", errSnapshot, r.size-r.pos)
	}
	return nil
}

// firstRecord returns key and value of a batch's first record.
func firstRecord(raw []byte) (key, value []byte, err error) {
	r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
	if err != nil {
		return nil, nil, err
	}
	if !r.Next() {
		if r.Err() != nil {
			return nil, nil, r.Err()
		}
		return nil, nil, errors.New("no record")
	}
	return r.Record().Key, r.Record().Value, nil
}

// eachValue calls fn, which may be nil, for the value of each record of a batch.
func eachValue(raw []byte, fn func(value []byte) error) error {
	r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
	if err != nil {
		return err
	}
	for r.Next() {
		if fn == nil {
			continue
		}
		if err := fn(r.Record().Value); err != nil {
			return err
		}
	}
	return r.Err()
}
