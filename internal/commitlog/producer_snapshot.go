package commitlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"sort"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Sizes of a producer snapshot: version int16, crc uint32, count int32, and
// the entries.
const (
	snapshotHeaderSize = 10
	snapshotEntrySize  = 46
	snapshotVersion    = 1
)

// maxSnapshotFile bounds what is read of a snapshot.
const maxSnapshotFile = 256 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errBadSnapshot = errors.New("malformed producer snapshot")

// encode returns the snapshot file of ps. It keeps the last batch of each
// producer only.
func (ps *producers) encode() []byte {
	all := make([]*producer, 0, len(ps.byID))
	for _, p := range ps.byID {
		all = append(all, p)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].id < all[j].id })
	be := binary.BigEndian
	b := make([]byte, snapshotHeaderSize, snapshotHeaderSize+len(all)*snapshotEntrySize)
	be.PutUint16(b, snapshotVersion)
	be.PutUint32(b[6:], uint32(len(all)))
	for _, p := range all {
		m := batchMeta{lastOffset: -1, lastSeq: batch.NoSequence}
		if p.n > 0 {
			m = *p.last()
		}
		b = be.AppendUint64(b, uint64(p.id))
		b = be.AppendUint16(b, uint16(p.epoch))
		b = be.AppendUint32(b, uint32(m.lastSeq))
		b = be.AppendUint64(b, uint64(m.lastOffset))
		b = be.AppendUint32(b, uint32(m.offsetDelta))
		b = be.AppendUint64(b, uint64(p.lastTimestamp))
		b = be.AppendUint32(b, uint32(p.coordinatorEpoch))
		b = be.AppendUint64(b, uint64(p.txnFirstOffset))
	}
	be.PutUint32(b[2:], crc32.Checksum(b[6:], castagnoli))
	return b
}

// decodeProducers reads a snapshot file. Anything that is not exactly as
// encode makes it is errBadSnapshot.
func decodeProducers(b []byte, max int) (*producers, error) {
	be := binary.BigEndian
	if len(b) < snapshotHeaderSize || be.Uint16(b) != snapshotVersion ||
		be.Uint32(b[2:]) != crc32.Checksum(b[6:], castagnoli) {
		return nil, errBadSnapshot
	}
	n := int64(be.Uint32(b[6:]))
	b = b[snapshotHeaderSize:]
	if n*snapshotEntrySize != int64(len(b)) {
		return nil, errBadSnapshot
	}
	ps := newProducers(max)
	for ; len(b) > 0; b = b[snapshotEntrySize:] {
		p := &producer{
			id:               int64(be.Uint64(b)),
			epoch:            int16(be.Uint16(b[8:])),
			lastTimestamp:    int64(be.Uint64(b[26:])),
			coordinatorEpoch: int32(be.Uint32(b[34:])),
			txnFirstOffset:   int64(be.Uint64(b[38:])),
		}
		m := batchMeta{lastSeq: int32(be.Uint32(b[10:])), lastOffset: int64(be.Uint64(b[14:])),
			offsetDelta: int32(be.Uint32(b[22:])), timestamp: p.lastTimestamp}
		if p.id < 0 || ps.byID[p.id] != nil || m.offsetDelta < 0 || p.txnFirstOffset < Unknown {
			return nil, errBadSnapshot
		}
		if m.lastOffset >= 0 {
			p.batches[0], p.n, p.partial, p.usedOffset = m, 1, true, m.lastOffset
		}
		if p.txnFirstOffset != Unknown {
			ps.open = append(ps.open, openTxn{firstOffset: p.txnFirstOffset, producerID: p.id})
		}
		ps.put(p)
	}
	sort.Slice(ps.open, func(i, j int) bool { return ps.open[i].firstOffset < ps.open[j].firstOffset })
	return ps, nil
}

// takeSnapshotLocked writes the producer state as of the end of the log. It
// is not fsynced: its CRC tells whether it survived, and the one before it
// plus the batches replace it.
func (l *Log) takeSnapshotLocked() error {
	if l.producers == nil || l.lastSnapshot() >= l.next {
		return nil
	}
	path := l.path(l.next, snapshotSuffix)
	f, err := l.env.FS.Open(path, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return l.failLocked("create snapshot in", err)
	}
	_, err = f.WriteAt(l.producers.encode(), 0)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return l.failLocked("write snapshot in", err)
	}
	l.flush.sinceSnapshot = 0
	l.snapshots = append(l.snapshots, l.next)
	return l.pruneSnapshotsLocked()
}

// syncSnapshotLocked makes a snapshot durable whose batches are about to go.
func (l *Log) syncSnapshotLocked(offset int64) error {
	f, err := l.env.FS.Open(l.path(offset, snapshotSuffix), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // there is none of a log without batches
	}
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	l.flush.dirDirty = true
	return err
}

func (l *Log) lastSnapshot() int64 {
	if n := len(l.snapshots); n > 0 {
		return l.snapshots[n-1]
	}
	return Unknown
}

// pruneSnapshotsLocked keeps the newest two and those at the start of a
// segment, from which producer state can be rebuilt after a truncation.
func (l *Log) pruneSnapshotsLocked() error {
	list := l.segmentList()
	kept := l.snapshots[:0]
	for i, off := range l.snapshots {
		at := segmentFor(list, off)
		if i >= len(l.snapshots)-2 || at >= 0 && list[at].base == off {
			kept = append(kept, off)
			continue
		}
		if err := l.removeIfExists(l.path(off, snapshotSuffix)); err != nil {
			return l.failLocked("remove snapshot in", err)
		}
	}
	l.snapshots = kept
	return nil
}

// dropSnapshotsLocked removes the snapshots for which drop is true.
func (l *Log) dropSnapshotsLocked(drop func(offset int64) bool) error {
	kept := l.snapshots[:0]
	for _, off := range l.snapshots {
		if !drop(off) {
			kept = append(kept, off)
			continue
		}
		if err := l.removeIfExists(l.path(off, snapshotSuffix)); err != nil {
			return l.storage("remove snapshot in", err)
		}
		l.flush.dirDirty = true
	}
	l.snapshots = kept
	return nil
}

// newestSnapshotLocked returns the state of the newest readable snapshot and
// its offset. Unreadable ones are removed.
func (l *Log) newestSnapshotLocked() (*producers, int64, error) {
	for n := len(l.snapshots); n > 0; n = len(l.snapshots) {
		off := l.snapshots[n-1]
		b, err := vfs.ReadFile(l.env.FS, l.path(off, snapshotSuffix), maxSnapshotFile)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, vfs.ErrTooLarge) {
			return nil, 0, l.storage("read snapshot in", err)
		}
		if err == nil {
			if ps, err := decodeProducers(b, l.env.maxProducers()); err == nil {
				return ps, off, nil
			}
		}
		if err := l.removeIfExists(l.path(off, snapshotSuffix)); err != nil {
			return nil, 0, l.storage("remove snapshot in", err)
		}
		l.snapshots = l.snapshots[:n-1]
	}
	return newProducers(l.env.maxProducers()), Unknown, nil
}
