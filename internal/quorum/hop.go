package quorum

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
)

// hopBytes is how much of the log is read at once.
const hopBytes = 1 << 20

// hop builds the table from a position to the end of the log: one batch is one
// entry. The log has checked the batches above the recovery point.
func (l *loader) hop(from position) (*entryTable, error) {
	t := newEntryTable(from)
	for end := l.d.log.EndOffset(); t.end < end; {
		raw, err := l.d.read(t.end, hopBytes, end)
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
	return batch.ForEach(raw, func(h batch.Header, b []byte) error {
		lastTerm, _ := t.term(t.lastIndex())
		if h.BaseOffset != t.end || h.PartitionLeaderEpoch < 1 || uint64(h.PartitionLeaderEpoch) < lastTerm {
			return fmt.Errorf("%w: a batch at offset %d of epoch %d follows offset %d of epoch %d",
				ErrLostEntries, h.BaseOffset, h.PartitionLeaderEpoch, t.end, lastTerm)
		}
		t.add(ref{base: h.BaseOffset, size: int32(len(b)), term: h.PartitionLeaderEpoch}, h.NextOffset())
		return nil
	})
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
