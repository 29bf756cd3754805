package commitlog

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/planted"
)

// AppendAsFollower appends the batches in b, which the leader gave their
// offsets and epochs, and commits them. A last batch that is incomplete is
// left out. Nothing is appended if one of the others is malformed or fails
// its CRC (ErrInvalidBatch) or does not follow the log end
// (ErrUnexpectedOffset); gaps are what the leader's compaction left.
//
// b is not kept. The result is how many bytes of b were appended.
func (l *Log) AppendAsFollower(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return 0, err
	}
	return l.appendFetchedLocked(b)
}

func (l *Log) appendFetchedLocked(b []byte) (int, error) {
	if err := l.commitLocked(); err != nil {
		return 0, err
	}
	if err := l.loadEpochsLocked(); err != nil {
		return 0, err
	}
	if err := l.loadProducersLocked(); err != nil {
		return 0, err
	}
	start := l.start.Load()
	if err := l.meetFirstBatchLocked(b); err != nil {
		return 0, err
	}
	n, err := l.checkFetchedLocked(b)
	if err != nil {
		return 0, err
	}
	if err := l.stageFetchedLocked(b[:n]); err != nil {
		l.staged.reset()
		return 0, err
	}
	if err := l.commitLocked(); err != nil {
		return 0, err
	}
	if start > l.start.Load() {
		return n, l.moveStartLocked(start)
	}
	return n, nil
}

// stageFetchedLocked stages whole batches that checkFetchedLocked found good.
func (l *Log) stageFetchedLocked(b []byte) error {
	cfg := l.Config()
	for len(b) > 0 {
		h, err := batch.ParseHeader(b)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrInvalidBatch, err)
		}
		raw := b[:h.Size()]
		b = b[h.Size():]
		marker, err := l.checkProducerLocked(&h, raw, Replication)
		if err != nil {
			return err
		}
		if err := l.makeRoomLocked(cfg, &h, h.LastOffset()); err != nil {
			return err
		}
		l.addLocked(raw, &h, marker)
	}
	return nil
}

// meetFirstBatchLocked moves an empty log down to the first batch of b if
// that contains its end: the leader's log may start inside a batch.
func (l *Log) meetFirstBatchLocked(b []byte) error {
	h, err := batch.ParseHeader(b)
	if err != nil || h.BaseOffset >= l.next || h.LastOffset() < l.next {
		return nil // checkFetchedLocked has the answer
	}
	for _, s := range l.segmentList() {
		if s.size.Load() > 0 {
			return nil
		}
	}
	return l.truncateFullyLocked(h.BaseOffset)
}

// checkFetchedLocked checks all complete batches in b and returns their
// length.
func (l *Log) checkFetchedLocked(b []byte) (int, error) {
	next := l.next
	epoch, _ := l.epochs.latest()
	at := 0
	for at < len(b) {
		if len(b)-at < batch.HeaderSize {
			break
		}
		h, err := batch.ParseHeader(b[at:])
		if err != nil {
			return 0, fmt.Errorf("%w at offset %d: %w", ErrInvalidBatch, next, err)
		}
		if h.Size() > len(b)-at {
			break
		}
		raw := b[at : at+h.Size()]
		switch {
		case !batch.CheckCRC(raw) && !planted.On(planted.FollowerTakesBadCRC):
			return 0, fmt.Errorf("%w at offset %d: CRC mismatch", ErrInvalidBatch, h.BaseOffset)
		case h.BaseOffset < next:
			return 0, fmt.Errorf("batch at offset %d, log end %d: %w", h.BaseOffset, next, ErrUnexpectedOffset)
		case h.PartitionLeaderEpoch >= 0 && h.PartitionLeaderEpoch < epoch:
			return 0, fmt.Errorf("%w at offset %d: leader epoch %d after %d", ErrInvalidBatch, h.BaseOffset, h.PartitionLeaderEpoch, epoch)
		case h.IsControl() && h.HasProducerID():
			if _, _, _, err := batch.ParseMarker(raw); err != nil {
				return 0, fmt.Errorf("%w at offset %d: %w", ErrInvalidBatch, h.BaseOffset, err)
			}
		}
		next, epoch = h.NextOffset(), max(epoch, h.PartitionLeaderEpoch)
		at += h.Size()
	}
	return at, nil
}
