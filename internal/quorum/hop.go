package quorum

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
)

// hopBytes is how much of the log is read at once.
const hopBytes = 1 << 20

// hop builds the table from a position to the end of the log: one batch is one entry.
// All of them are checked: the log has checked only what lies above the recovery point,
// and raft may ask for any of them.
func (l *loader) hop(from position) (*entryTable, error) {
	t := newEntryTable(from)
	for end := l.d.log.EndOffset(); t.end < end; {
		raw, err := l.d.read(t.end, hopBytes, end)
		if errors.Is(err, commitlog.ErrCorrupt) {
			return nil, fmt.Errorf("%w: %w", ErrLostEntries, err)
		}
		if err != nil {
			return nil, err
		}
		if err := hopBatches(t, raw); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// hopBatches adds whole batches to the table.
func hopBatches(t *entryTable, raw []byte) error {
	err := batch.ForEach(raw, func(h batch.Header, b []byte) error {
		lastTerm, _ := t.term(t.lastIndex())
		if h.BaseOffset != t.end || h.PartitionLeaderEpoch < 1 || uint64(h.PartitionLeaderEpoch) < lastTerm {
			return fmt.Errorf("%w: a batch at offset %d of epoch %d follows offset %d of epoch %d",
				ErrLostEntries, h.BaseOffset, h.PartitionLeaderEpoch, t.end, lastTerm)
		}
		if !batch.CheckCRC(b) {
			return fmt.Errorf("%w: the batch at offset %d is damaged", ErrLostEntries, h.BaseOffset)
		}
		t.add(ref{base: h.BaseOffset, size: int32(len(b)), term: h.PartitionLeaderEpoch}, h.NextOffset())
		return nil
	})
	if err != nil && !errors.Is(err, ErrLostEntries) {
		return fmt.Errorf("%w: at offset %d: %w", ErrLostEntries, t.end, err)
	}
	return err
}

// read returns whole batches from an offset on, none at maxOffset or behind it: at
// least one, and otherwise no more than maxBytes.
func (d *disk) read(offset int64, maxBytes int, maxOffset int64) ([]byte, error) {
	s, err := d.log.Read(offset, maxBytes, maxOffset, true)
	if err != nil {
		return nil, err
	}
	defer s.Release()
	if s.Len() == 0 {
		return nil, fmt.Errorf("%w: nothing at offset %d", commitlog.ErrOffsetOutOfRange, offset)
	}
	b := make([]byte, s.Len())
	if _, err := s.ReadAt(b, 0); err != nil {
		return nil, err
	}
	return b, nil
}

// deleteBefore deletes whole segments below an offset that a snapshot covers.
func (d *disk) deleteBefore(offset int64) error {
	if offset <= d.log.StartOffset() {
		return nil
	}
	if err := d.log.AdvanceStartOffset(offset); err != nil {
		return err
	}
	if _, err := d.log.EnforceRetention(0, offset); err != nil {
		return err
	}
	return d.log.RemoveDeleted(0)
}
