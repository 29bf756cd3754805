package quorum

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// snapshotBatchBytes is about how large the data batches of a snapshot get.
const snapshotBatchBytes = 1 << 20

// snapshotWriter writes one snapshot as a .part file.
type snapshotWriter struct {
	header  snapshotHeader
	file    vfs.File
	pos     int64
	offset  int64 // base offset of the next batch
	pending int   // bytes of the values in builder
	count   int
	builder *batch.Builder
	buf     []byte
}

// writeSnapshot writes a snapshot, reads it back to verify it, and gives it its
// name. records calls add with the value of each record.
func writeSnapshot(fsys vfs.FS, dir string, header snapshotHeader, records func(add func(value []byte) error) error) error {
	part := filepath.Join(dir, header.ID.String()+partSuffix)
	if err := writePart(fsys, part, header, records); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	if _, err := walkSnapshot(fsys, dir, header.ID, partSuffix, nil); err != nil {
		return err
	}
	return publishPart(fsys, dir, header.ID)
}

// publishPart gives a verified .part file, which has been synced, its name.
func publishPart(fsys vfs.FS, dir string, id SnapshotID) error {
	path := filepath.Join(dir, id.String())
	if err := fsys.Rename(path+partSuffix, path); err != nil {
		return err
	}
	return fsys.SyncDir(dir)
}

func writePart(fsys vfs.FS, part string, header snapshotHeader, records func(add func(value []byte) error) error) error {
	f, err := fsys.Open(part, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	w := &snapshotWriter{header: header, file: f, builder: batch.NewBuilder(batch.NoProducer())}
	err = w.begin()
	if err == nil {
		err = records(w.add)
	}
	if err == nil {
		err = w.end()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// begin writes the header batch: Kafka's header with our tag, the version of
// KRaft, and the voters.
func (w *snapshotWriter) begin() error {
	tag := wire.AppendInt8(nil, snapshotTagVersion)
	tag = wire.AppendInt64(tag, int64(w.header.Index))
	tag = w.header.Members.append(tag)
	rec := wire.SnapshotHeaderRecord{LastContainedLogTimestamp: w.header.LastTimestampMs}
	w.reset(true)
	w.control(batch.ControlSnapshotHeader, appendTag(rec.Append(nil, 0), tag))
	w.control(batch.ControlKRaftVersion, (&wire.KRaftVersionRecord{KRaftVersion: 1}).Append(nil, 0))
	w.control(batch.ControlKRaftVoters, w.header.Members.votersRecord().Append(nil, 0))
	if err := w.flush(); err != nil {
		return err
	}
	w.reset(false)
	return nil
}

// add appends one data record.
func (w *snapshotWriter) add(value []byte) error {
	if len(value) > maxEntryBytes {
		return fmt.Errorf("a record of %d bytes is too large for a snapshot", len(value))
	}
	if w.count > 0 && w.pending+len(value) > snapshotBatchBytes {
		if err := w.flush(); err != nil {
			return err
		}
		w.reset(false)
	}
	w.builder.Append(w.header.LastTimestampMs, nil, value)
	w.pending += len(value)
	w.count++
	return nil
}

// end writes the footer and syncs the file.
func (w *snapshotWriter) end() error {
	if err := w.flush(); err != nil {
		return err
	}
	w.reset(true)
	w.control(batch.ControlSnapshotFooter, (&wire.SnapshotFooterRecord{}).Append(nil, 0))
	if err := w.flush(); err != nil {
		return err
	}
	return w.file.Sync()
}

func (w *snapshotWriter) control(t batch.ControlType, value []byte) {
	w.builder.Append(w.header.LastTimestampMs, batch.AppendControlKey(nil, t), value)
	w.count++
}

// reset begins the next batch.
func (w *snapshotWriter) reset(control bool) {
	o := batch.NoProducer()
	o.BaseOffset, o.LeaderEpoch, o.Control = w.offset, w.header.ID.Epoch, control
	w.builder.Reset(o)
	w.pending, w.count = 0, 0
}

// flush writes the batch, if it has records.
func (w *snapshotWriter) flush() error {
	if w.count == 0 {
		return nil
	}
	w.buf = w.builder.Build(w.buf[:0])
	if _, err := w.file.WriteAt(w.buf, w.pos); err != nil {
		return err
	}
	w.pos += int64(len(w.buf))
	w.offset += int64(w.count)
	return nil
}
