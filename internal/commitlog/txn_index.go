package commitlog

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"

	"github.com/brolga-io/brolga/internal/vfs"
)

// txnEntrySize is version int16, producerId, firstOffset, lastOffset and
// lastStableOffset, int64 each.
const txnEntrySize = 34

// maxTxnIndex bounds what is read of a .txnindex.
const maxTxnIndex = 64 << 20

// AbortedTxn is a transaction whose records read_committed consumers skip.
type AbortedTxn struct {
	ProducerID       int64
	FirstOffset      int64
	LastOffset       int64 // of the abort marker
	LastStableOffset int64 // right after the marker
}

func (t *AbortedTxn) encode() []byte {
	be := binary.BigEndian
	b := be.AppendUint16(make([]byte, 0, txnEntrySize), 0)
	b = be.AppendUint64(b, uint64(t.ProducerID))
	b = be.AppendUint64(b, uint64(t.FirstOffset))
	b = be.AppendUint64(b, uint64(t.LastOffset))
	return be.AppendUint64(b, uint64(t.LastStableOffset))
}

// decodeTxnIndex returns the entries of a .txnindex. ok is false if anything
// in it cannot be right for a segment that starts at base.
func decodeTxnIndex(b []byte, base int64) (out []AbortedTxn, ok bool) {
	if len(b)%txnEntrySize != 0 {
		return nil, false
	}
	be := binary.BigEndian
	out = make([]AbortedTxn, 0, len(b)/txnEntrySize)
	for ; len(b) > 0; b = b[txnEntrySize:] {
		t := AbortedTxn{
			ProducerID:       int64(be.Uint64(b[2:])),
			FirstOffset:      int64(be.Uint64(b[10:])),
			LastOffset:       int64(be.Uint64(b[18:])),
			LastStableOffset: int64(be.Uint64(b[26:])),
		}
		if int16(be.Uint16(b)) < 0 || t.ProducerID < 0 || t.FirstOffset < 0 || t.LastOffset < base ||
			t.FirstOffset > t.LastOffset || t.LastStableOffset < 0 ||
			len(out) > 0 && t.LastOffset <= out[len(out)-1].LastOffset {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

// AbortedTxns returns the aborted transactions that overlap [from, to), for a
// read_committed fetch of that range.
func (l *Log) AbortedTxns(from, to int64) ([]AbortedTxn, error) {
	if err := l.Load(); err != nil {
		return nil, err
	}
	// A compaction moves entries from one file to another.
	l.layoutMu.RLock()
	defer l.layoutMu.RUnlock()
	list := l.segmentList()
	var out []AbortedTxn
	for i := max(segmentFor(list, from), 0); i < len(list); i++ {
		entries, err := l.readTxnIndex(list[i])
		if err != nil {
			return nil, err
		}
		for _, t := range entries {
			if t.LastOffset >= from && t.FirstOffset < to {
				out = append(out, t)
			}
			// Every later entry began at or above this one's last stable
			// offset.
			if t.LastStableOffset >= to {
				return out, nil
			}
		}
	}
	return out, nil
}

// readTxnIndex returns the aborted transactions whose marker is in s. As with
// Kafka, a missing file stands for none: only recovery compares it with the
// batches.
func (l *Log) readTxnIndex(s *segment) ([]AbortedTxn, error) {
	b, err := vfs.ReadFile(l.env.FS, l.path(s.base, txnSuffix), maxTxnIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil && !errors.Is(err, vfs.ErrTooLarge) {
		return nil, l.storage("read transaction index in", err)
	}
	if entries, ok := decodeTxnIndex(b, s.base); ok && err == nil {
		return entries, nil
	}
	return l.rebuildTxnIndex(s)
}

// appendTxnLocked adds an aborted transaction to the index of s.
func (l *Log) appendTxnLocked(s *segment, t *completedTxn) error {
	f, err := l.env.FS.Open(l.path(s.base, txnSuffix), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return l.failLocked("open transaction index in", err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return l.failLocked("read transaction index in", err)
	}
	e := AbortedTxn{ProducerID: t.producerID, FirstOffset: t.firstOffset, LastOffset: t.lastOffset, LastStableOffset: t.lastStable}
	if _, err := f.WriteAt(e.encode(), size-size%txnEntrySize); err != nil {
		return l.failLocked("write transaction index in", err)
	}
	l.flush.txnDirty = append(l.flush.txnDirty, s.base)
	l.flush.dirDirty = l.flush.dirDirty || size == 0 // a new file's name is not on the disk either
	return nil
}

// rebuildTxnIndex makes the transaction index of s again, from the producer
// state before s and the batches in it.
func (l *Log) rebuildTxnIndex(s *segment) ([]AbortedTxn, error) {
	ps, from, err := l.producersBefore(s.base)
	if err != nil {
		return nil, err
	}
	var out []AbortedTxn
	r := replay{l: l, ps: ps, from: from, completed: func(t completedTxn) {
		if t.aborted && t.lastOffset >= s.base {
			out = append(out, AbortedTxn{t.producerID, t.firstOffset, t.lastOffset, t.lastStable})
		}
	}}
	list := l.segmentList()
	for i := max(segmentFor(list, from), 0); i < len(list) && list[i].base <= s.base; i++ {
		if err := r.segment(list[i], 0); err != nil {
			return nil, err
		}
	}
	path := l.path(s.base, txnSuffix)
	if len(out) == 0 {
		return nil, l.storage("remove transaction index in", l.removeIfExists(path))
	}
	var b []byte
	for i := range out {
		b = append(b, out[i].encode()...)
	}
	return out, l.storage("write transaction index in", vfs.WriteFileAtomic(l.env.FS, path, b))
}

// cutTxnIndex removes the entries of s whose marker lies at or above end.
func (l *Log) cutTxnIndex(s *segment, end int64) error {
	entries, err := l.readTxnIndex(s)
	if err != nil {
		return err
	}
	n := len(entries)
	for n > 0 && entries[n-1].LastOffset >= end {
		n--
	}
	if n == len(entries) {
		return nil
	}
	f, err := l.env.FS.Open(l.path(s.base, txnSuffix), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Truncate(int64(n) * txnEntrySize)
}
