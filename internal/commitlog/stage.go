package commitlog

import (
	"fmt"
	"math"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/planted"
)

// AppendCheck says what Stage has to check.
type AppendCheck struct {
	Origin Origin
	// Header is that of the batch, if the caller has decoded it already.
	Header *batch.Header
	// NotFirst says that the batch is not the first one of its producer: a log that does
	// not know the producer must not begin with it.
	NotFirst bool
}

// AppendInfo is the answer to an append.
type AppendInfo struct {
	BaseOffset      int64
	LastOffset      int64
	LogAppendTimeMs int64 // batch.NoTimestamp unless the topic uses LogAppendTime
	LogStartOffset  int64
	// Duplicate says that the batch was in the log already; the offsets are
	// those it got then. It may be staged and not yet committed.
	Duplicate bool
}

// staged are batches that have their offsets but are not in the file yet.
type staged struct {
	bufs  [][]byte
	bytes int64
	// aborted are transactions that a staged marker ends by an abort.
	aborted []completedTxn
}

// add stages a batch. One that lies behind the last one in memory, as all in a
// follower's answer do, becomes one piece with it.
func (s *staged) add(b []byte) {
	s.bytes += int64(len(b))
	if n := len(s.bufs); n > 0 {
		last := s.bufs[n-1]
		if end := len(last); cap(last)-end >= len(b) && &last[:end+1][end] == &b[0] {
			s.bufs[n-1] = last[:end+len(b)]
			return
		}
	}
	s.bufs = append(s.bufs, b)
}

func (s *staged) reset() {
	clear(s.bufs)
	s.bufs, s.bytes, s.aborted = s.bufs[:0], 0, s.aborted[:0]
}

// Stage gives the batch b its offsets and makes it part of the next Commit.
//
// b must be one batch that passed batch.Validate (or was built here); its
// base offset, leader epoch and, for LogAppendTime topics, timestamp are
// patched in place. The log keeps b by reference: the caller must not touch
// it before a Commit of this log returned, whatever the result.
//
// epoch is the leader epoch of the caller. Errors: ErrStaleEpoch, the
// producer errors, ErrMessageTooLarge, ErrRecordListTooLarge,
// ErrInvalidBatch, ErrStorage, ErrClosed; none of them stages anything.
func (l *Log) Stage(epoch int32, b []byte, check AppendCheck) (AppendInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return AppendInfo{}, err
	}
	if err := l.checkEpochLocked(epoch); err != nil {
		return AppendInfo{}, err
	}
	h, err := check.header(b)
	if err != nil || h.Size() != len(b) {
		return AppendInfo{}, fmt.Errorf("%w: %w", ErrInvalidBatch, orSize(err))
	}
	cfg := l.Config()
	if err := checkSize(cfg, len(b), check.Origin); err != nil {
		return AppendInfo{}, err
	}
	var marker *markerInfo
	if err := l.loadProducersLocked(); err != nil {
		return AppendInfo{}, err
	}
	if h.HasProducerID() {
		if err := l.recallLocked(&h, check.Origin); err != nil {
			return AppendInfo{}, err
		}
		if dup := l.duplicateLocked(&h, check.Origin); dup != nil {
			return l.duplicateInfo(dup), nil
		}
		if check.NotFirst && l.producers.byID[h.ProducerID] == nil {
			return AppendInfo{}, fmt.Errorf("producer %d sequence %d before an earlier one: %w", h.ProducerID, h.BaseSequence, ErrOutOfOrderSequence)
		}
		if marker, err = l.checkProducerLocked(&h, b, check.Origin); err != nil {
			return AppendInfo{}, err
		}
	}
	if err := l.makeRoomLocked(cfg, &h, l.next+int64(h.LastOffsetDelta)); err != nil {
		return AppendInfo{}, err
	}
	return l.assignLocked(cfg, epoch, b, &h, marker)
}

func (c *AppendCheck) header(b []byte) (batch.Header, error) {
	if c.Header != nil {
		return *c.Header, nil
	}
	return batch.ParseHeader(b)
}

func orSize(err error) error {
	if err == nil {
		return errWrongSize
	}
	return err
}

var errWrongSize = &batch.Error{Kind: batch.Corrupt, Message: "Record batch is corrupt (its length is not that of its bytes)"}

func (l *Log) checkEpochLocked(epoch int32) error {
	if err := l.loadEpochsLocked(); err != nil {
		return err
	}
	latest, _ := l.epochs.latest()
	if latest = max(latest, l.fence.Load()); epoch < latest && !planted.On(planted.StaleLeaderAppends) {
		return fmt.Errorf("leader epoch %d, newest %d: %w", epoch, latest, ErrStaleEpoch)
	}
	return nil
}

func checkSize(cfg *Config, size int, origin Origin) error {
	if origin != Replication && origin != RaftLeader && int64(size) > cfg.MaxMessageBytes {
		return fmt.Errorf("batch of %d bytes, max.message.bytes is %d: %w", size, cfg.MaxMessageBytes, ErrMessageTooLarge)
	}
	if int64(size) > cfg.SegmentBytes && origin != RaftLeader {
		return fmt.Errorf("batch of %d bytes, segment.bytes is %d: %w", size, cfg.SegmentBytes, ErrRecordListTooLarge)
	}
	return nil
}

// markerInfo is the content of a transaction marker.
type markerInfo struct {
	batch.EndTxnMarker
	timestampMs int64
}

func (l *Log) duplicateLocked(h *batch.Header, origin Origin) *batchMeta {
	if origin != Client || h.IsControl() {
		return nil
	}
	if p := l.producers.byID[h.ProducerID]; p != nil {
		return p.duplicate(h)
	}
	return nil
}

func (l *Log) duplicateInfo(m *batchMeta) AppendInfo {
	info := AppendInfo{BaseOffset: m.firstOffset(), LastOffset: m.lastOffset, LogAppendTimeMs: batch.NoTimestamp,
		LogStartOffset: l.start.Load(), Duplicate: true}
	if l.Config().LogAppendTime {
		info.LogAppendTimeMs = m.timestamp
	}
	return info
}

func (l *Log) checkProducerLocked(h *batch.Header, b []byte, origin Origin) (*markerInfo, error) {
	if origin == Client || origin == Coordinator {
		if err := l.producers.check(h, origin); err != nil {
			return nil, err
		}
	}
	if !h.IsControl() {
		return nil, nil
	}
	m, timestampMs, ok, err := batch.ParseMarker(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidBatch, err)
	}
	if !ok {
		return nil, nil
	}
	if origin == Client || origin == Coordinator {
		if err := l.producers.checkMarker(h, m); err != nil {
			return nil, err
		}
	}
	return &markerInfo{m, timestampMs}, nil
}

// assignLocked patches b and makes it part of the log's state.
func (l *Log) assignLocked(cfg *Config, epoch int32, b []byte, h *batch.Header, marker *markerInfo) (AppendInfo, error) {
	if l.next > math.MaxInt64-int64(h.LastOffsetDelta)-1 {
		return AppendInfo{}, fmt.Errorf("%w: no offsets are left", ErrInvalidBatch)
	}
	info := AppendInfo{BaseOffset: l.next, LastOffset: l.next + int64(h.LastOffsetDelta),
		LogAppendTimeMs: batch.NoTimestamp, LogStartOffset: l.start.Load()}
	batch.SetBaseOffset(b, l.next)
	batch.SetLeaderEpoch(b, epoch)
	if cfg.LogAppendTime && !h.IsControl() {
		info.LogAppendTimeMs = l.env.Now()
		batch.SetLogAppendTime(b, info.LogAppendTimeMs)
		h.MaxTimestamp = info.LogAppendTimeMs
	}
	h.BaseOffset, h.PartitionLeaderEpoch = l.next, epoch
	l.addLocked(b, h, marker)
	return info, nil
}

// addLocked stages a batch that has its offsets. The active segment has room
// for it.
func (l *Log) addLocked(b []byte, h *batch.Header, marker *markerInfo) {
	list := l.segmentList()
	s := list[len(list)-1]
	l.noteEpochLocked(h)
	s.ix.Load().note(s.base, h, s.size.Load()+l.staged.bytes, l.Config().IndexIntervalBytes)
	if h.HasProducerID() {
		l.updateProducersLocked(h, marker)
	}
	l.staged.add(b)
	l.next = h.NextOffset()
	l.flush.records += int64(h.LastOffsetDelta) + 1
}

func (l *Log) updateProducersLocked(h *batch.Header, marker *markerInfo) {
	switch {
	case !h.IsControl():
		l.producers.update(h)
		if h.IsTransactional() {
			l.noteTxnStateLocked()
		}
	case marker != nil:
		t, ok := l.producers.complete(h, marker.EndTxnMarker, marker.timestampMs)
		if !ok {
			return
		}
		l.undecided = append(l.undecided, t)
		if t.aborted {
			l.staged.aborted = append(l.staged.aborted, t)
		}
		l.noteTxnStateLocked()
	}
}
