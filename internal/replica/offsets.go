package replica

import "github.com/brolga-io/brolga/internal/batch"

// Timestamps of ListOffsets with a meaning of their own.
const (
	LatestTimestamp                int64 = -1
	EarliestTimestamp              int64 = -2
	MaxTimestamp                   int64 = -3 // KIP-734
	EarliestLocalTimestamp         int64 = -4 // KIP-405
	LatestTieredTimestamp          int64 = -5 // KIP-1005
	EarliestPendingUploadTimestamp int64 = -6 // KIP-1023
)

// OffsetQuery asks for an offset by time.
type OffsetQuery struct {
	Timestamp     int64 // milliseconds, or one of the constants above
	LeaderEpoch   int32 // that the client knows, -1 for none
	CommittedOnly bool  // up to the last stable offset
	ToLogEnd      bool  // up to the end of the log, for other brokers
}

// FoundOffset is the answer; all -1 when no record is late enough.
type FoundOffset struct {
	Offset      int64
	Timestamp   int64
	LeaderEpoch int32
}

var nothingFound = FoundOffset{Offset: unknownOffset, Timestamp: batch.NoTimestamp, LeaderEpoch: -1}

// OffsetFor answers one partition of ListOffsets.
func (p *Partition) OffsetFor(q OffsetQuery) (FoundOffset, error) {
	l, err := p.leaderFor(q.LeaderEpoch)
	if err == nil && !q.ToLogEnd && !p.topic.set.alive() {
		err = ErrNotLeader
	}
	if err != nil {
		return nothingFound, err
	}
	if err := p.log.Load(); err != nil {
		return nothingFound, err
	}
	watermark := p.HighWatermark() // looked at once: it moves
	end, err := p.fetchableEnd(q, watermark)
	if err != nil {
		return nothingFound, err
	}
	// A new leader does not know yet how far consumers have been served.
	behind := !q.ToLogEnd && l.epochStart > watermark
	switch q.Timestamp {
	case LatestTimestamp:
		if behind {
			return nothingFound, ErrOffsetNotAvailable
		}
		return FoundOffset{Offset: end, Timestamp: batch.NoTimestamp, LeaderEpoch: l.epoch}, nil
	case EarliestTimestamp, EarliestLocalTimestamp:
		start := p.log.StartOffset()
		return FoundOffset{Offset: start, Timestamp: batch.NoTimestamp, LeaderEpoch: p.log.EpochAt(start)}, nil
	case LatestTieredTimestamp, EarliestPendingUploadTimestamp:
		return nothingFound, nil // nothing is tiered
	}
	found, ok, err := p.lookUp(q.Timestamp)
	switch {
	case err != nil:
		return nothingFound, err
	case ok && found.Offset < end:
		return found, nil
	case behind:
		return nothingFound, ErrOffsetNotAvailable
	}
	return nothingFound, nil
}

// fetchableEnd is the exclusive offset up to which the asker may read.
func (p *Partition) fetchableEnd(q OffsetQuery, watermark int64) (int64, error) {
	switch {
	case q.ToLogEnd:
		return p.log.EndOffset(), nil
	case q.CommittedOnly:
		return p.log.LastStableOffset(watermark)
	}
	return watermark, nil
}

func (p *Partition) lookUp(timestamp int64) (FoundOffset, bool, error) {
	if timestamp == MaxTimestamp {
		f, ok, err := p.log.MaxTimestamp()
		return FoundOffset(f), ok, err
	}
	f, ok, err := p.log.OffsetForTime(timestamp)
	return FoundOffset(f), ok, err
}

// EndOfEpoch answers one partition of OffsetForLeaderEpoch: the largest leader
// epoch not above epoch that the log has, and the offset at which it ends; both
// -1 when the log cannot tell. clientEpoch is what the asker believes to be the
// current one, -1 for none.
func (p *Partition) EndOfEpoch(clientEpoch, epoch int32) (found int32, endOffset int64, err error) {
	l, err := p.leaderFor(clientEpoch)
	if err != nil {
		return -1, unknownOffset, err
	}
	if err := p.log.Load(); err != nil {
		return -1, unknownOffset, err
	}
	if epoch == l.epoch {
		return epoch, p.log.EndOffset(), nil
	}
	found, endOffset = p.log.EndOffsetForEpoch(epoch)
	return found, endOffset, nil
}
