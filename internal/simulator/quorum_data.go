package simulator

import (
	"encoding/binary"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// encodeRecords makes the data of an entry: each record with its length before it.
func encodeRecords(values [][]byte) []byte {
	var b []byte
	for _, v := range values {
		b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
	}
	return b
}

func decodeRecords(b []byte) [][]byte {
	var values [][]byte
	for len(b) > 0 {
		n, size := binary.Uvarint(b)
		b = b[size:]
		values = append(values, b[:n:n])
		b = b[n:]
	}
	return values
}

// encodeSnapshot makes the data of a snapshot of an image.
func encodeSnapshot(image *metadata.Image) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(image.EndOffset()))
	b = binary.BigEndian.AppendUint32(b, uint32(image.Epoch()))
	return append(b, encodeRecords(recordsOf(image))...)
}

func decodeSnapshot(b []byte) (end int64, epoch int32, values [][]byte) {
	if len(b) == 0 {
		return 0, -1, nil
	}
	return int64(binary.BigEndian.Uint64(b)), int32(binary.BigEndian.Uint32(b[8:])), decodeRecords(b[12:])
}

// recordsOf writes an image as records.
func recordsOf(image *metadata.Image) [][]byte {
	level := image.Feature(metadata.MetadataVersion)
	var values [][]byte
	for r := range image.Records() {
		values = append(values, wire.AppendMetadataRecord(nil, r, metadata.RecordVersion(r, level)))
	}
	return values
}

// takeSnapshot has the metadata begin anew from a snapshot.
func (q *quorum) takeSnapshot(s *raftpb.Snapshot) {
	if end, epoch, values := decodeSnapshot(s.GetData()); end > 0 {
		q.end = end
		q.p.feed.take(batchOf{end: end, epoch: epoch, records: values, snapshot: true})
	}
}

// compact now and then writes a snapshot of what this node has applied, and drops most
// of the log before it, so that nodes which were away get the snapshot.
func (q *quorum) compact() {
	first, _ := q.storage.FirstIndex()
	if q.applied-first < 40 || q.p.rng.IntN(10) > 0 {
		return
	}
	image := q.p.feed.image
	if image.EndOffset() != q.end || image.Feature(metadata.MetadataVersion) == 0 {
		return // the image is not there yet
	}
	if _, err := q.storage.CreateSnapshot(q.applied, nil, encodeSnapshot(image)); err == raft.ErrSnapOutOfDate {
		return
	} else {
		must(err)
	}
	keep := uint64(q.p.rng.IntN(20))
	if to := q.applied - keep; to > first {
		must(q.storage.Compact(to))
	}
}

// quietLogger keeps raft's core quiet; what it gives up on is a bug.
type quietLogger struct{}

func (quietLogger) Debug(...any)            {}
func (quietLogger) Debugf(string, ...any)   {}
func (quietLogger) Info(...any)             {}
func (quietLogger) Infof(string, ...any)    {}
func (quietLogger) Warning(...any)          {}
func (quietLogger) Warningf(string, ...any) {}
func (quietLogger) Error(...any)            {}
func (quietLogger) Errorf(string, ...any)   {}
func (quietLogger) Fatal(...any)            { panic("BUG: raft gave up") }
func (quietLogger) Fatalf(s string, v ...any) {
	panic("BUG: raft gave up: " + s)
}
func (quietLogger) Panic(...any) { panic("BUG: raft panicked") }
func (quietLogger) Panicf(s string, v ...any) {
	panic("BUG: raft panicked: " + s)
}
